"""Words and colours of coaching sessions on screen."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.coaching.enums import SessionState
from lms.coaching.sessions.models import CoachingSession
from lms.coaching.sessions.rules import is_unsigned
from lms.people.models import Person

STATES = {
    SessionState.PLANNED: (_l("待面谈"), "blue"),
    SessionState.HELD: (_l("待签字"), "orange"),
    SessionState.SIGNED: (_l("已签字"), "green"),
    SessionState.CANCELLED: (_l("已取消"), "secondary"),
}
RATINGS = {
    5: _l("5 · 很有帮助"),
    4: _l("4 · 有帮助"),
    3: _l("3 · 一般"),
    2: _l("2 · 帮助不大"),
    1: _l("1 · 没有帮助"),
}
TABS = {
    "all": _l("全部"),
    "mine": _l("我主持的"),
    "planned": _l("待面谈"),
    "held": _l("待签字"),
    "unsigned": _l("超 48 小时未签"),
    "signed": _l("已签字"),
}


def state_shown(session: CoachingSession, at: datetime) -> tuple[str, str]:
    """The word and the colour for a session at a moment."""
    if is_unsigned(session, at):
        return _("超 48 小时未签字"), "red"
    word, colour = STATES[session.state]
    return str(word), colour


def lacking(session: CoachingSession, viewer: Person) -> str:
    """Whose signature is lacking, in a line; "" when the session is not to be signed."""
    if session.state is not SessionState.HELD:
        return ""
    signed = {signature.person_id for signature in session.signatures}
    if viewer.id in (session.coach_id, session.agent_id) and viewer.id not in signed:
        return _("等您签字")
    names = [who.name for who in (session.coach, session.agent) if who.id not in signed]
    return _("等%(names)s签字", names="、".join(names))


TEMPLATE_HELPERS = {"state_shown": state_shown, "lacking": lacking, "rating_labels": RATINGS}
