"""Tells the two about their session; of a confidential one nobody else hears anything."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from lms.coaching.sessions.models import CoachingSession
from lms.coaching.sessions.queries import unsigned
from lms.inbox.services import Told, notify, notify_each
from lms.kernel.clock import to_local
from lms.kernel.db import db
from lms.people.enums import Role
from lms.people.models import Person
from lms.people.queries import branch_heads

KIND = "coaching_session"


def url_of(session: CoachingSession) -> str:
    return f"/coaching/sessions/{session.id}"


def tell_planned(session: CoachingSession, at: datetime) -> None:
    """The agent hears when and with whom."""
    when = to_local(session.planned_at).strftime("%m-%d %H:%M")
    notify(
        people=[session.agent_id],
        kind=KIND,
        key=f"session:{session.id}:planned:{when}",
        title=_("%(coach)s约您 %(when)s 面谈：%(title)s", coach=session.coach.name, when=when, title=session.title),
        body=_("这次面谈保密，只有您和对方能看到。") if session.confidential else "",
        at=at,
        url=url_of(session),
    )


def tell_cancelled(session: CoachingSession, at: datetime) -> None:
    notify(
        people=[session.agent_id],
        kind=KIND,
        key=f"session:{session.id}:cancelled",
        title=_("面谈已取消：%(title)s", title=session.title),
        at=at,
        url=url_of(session),
    )


def tell_to_sign(session: CoachingSession, at: datetime) -> None:
    """The agent is asked to read and sign what was agreed on."""
    notify(
        people=[session.agent_id],
        kind=KIND,
        key=f"session:{session.id}:sign",
        title=_("请确认并签字：%(title)s", title=session.title),
        body=_("请看一遍面谈记录和辅导计划，没有问题就签字。签字后内容不能再改。"),
        at=at,
        url=url_of(session),
    )


def tell_signed(session: CoachingSession, at: datetime) -> None:
    """Both have signed; the agent may say how it was."""
    notify(
        people=[session.coach_id],
        kind=KIND,
        key=f"session:{session.id}:signed",
        title=_("双方已签字：%(title)s", title=session.title),
        at=at,
        url=url_of(session),
    )
    notify(
        people=[session.agent_id],
        kind=KIND,
        key=f"session:{session.id}:rate",
        title=_("这次面谈对您有帮助吗？"),
        body=_("请给“%(title)s”打个分，只有您和对方看得到。", title=session.title),
        at=at,
        url=url_of(session),
    )


def remind_unsigned(*, at: datetime) -> int:
    """Once a session: whoever has not signed within 48 hours, and the agent's supervisors. Returns how many were told.

    Of a confidential session only the two hear.
    """
    query = (
        select(CoachingSession)
        .where(unsigned(at))
        .options(
            joinedload(CoachingSession.agent).joinedload(Person.team),
            joinedload(CoachingSession.coach).lazyload(Person.grants),
            selectinload(CoachingSession.signatures),
        )
    )
    told = []
    for session in db.session.scalars(query):
        signed = {signature.person_id for signature in session.signatures}
        key = f"session:{session.id}:unsigned"
        title = _("面谈超过 48 小时还没签字：%(title)s", title=session.title)
        told += [
            Told(person_id, key, title, "", url_of(session))
            for person_id in (session.agent_id, session.coach_id)
            if person_id not in signed
        ]
        if session.confidential:
            continue
        body = _("%(coach)s与%(agent)s", coach=session.coach.name, agent=session.agent.name)
        above = set(branch_heads(session.agent)[Role.SUPERVISOR]) - {session.agent_id, session.coach_id}
        told += [Told(person_id, key, title, body, url_of(session)) for person_id in sorted(above)]
    return notify_each(told=told, kind=KIND, at=at)
