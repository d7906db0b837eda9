"""Sessions as rows of a sheet. Confidential ones are left out, whoever asks: a file goes from hand to hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext as _

from lms.coaching.sessions.labels import STATES
from lms.coaching.sessions.models import CoachingSession
from lms.kernel.clock import to_local


def session_headers() -> list[str]:
    """The columns of :func:`session_rows`."""
    return [_("客服"), _("主持人"), _("主题"), _("状态"), _("面谈时间"), _("进行时间"), _("签字时间")]


def session_rows(sessions: Iterable[CoachingSession]) -> Iterator[list[Any]]:
    """A row a session that is not confidential; no notes, no rating."""
    for session in sessions:
        if not session.confidential:
            yield [
                session.agent.name,
                session.coach.name,
                session.title,
                str(STATES[session.state][0]),
                *(_moment(at) for at in (session.planned_at, session.held_at, session.signed_at)),
            ]


def _moment(at: Any) -> str:
    return to_local(at).strftime("%Y-%m-%d %H:%M") if at is not None else ""
