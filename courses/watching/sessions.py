"""Names one opening of a player: who has it, for which lesson, since when; signed, so that nobody can date it back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeSerializer

from lms.kernel.errors import Conflict

LONGEST = timedelta(days=7)
"""A page that lies open longer has to be loaded again; what it kept while offline is taken until then."""


class PlayerTooOld(Conflict):
    """The player was handed out long ago, or to somebody else."""


@dataclass(frozen=True)
class PlayerSession:
    """One opening of the page by one person; ``since`` is when the server handed it out."""

    name: str
    since: datetime


def issue(*, person_id: int, lesson_id: int, at: datetime) -> str:
    """A token for a page that is being sent."""
    return str(_signer().dumps([secrets.token_hex(8), person_id, lesson_id, at.timestamp()]))


def read(token: str, *, person_id: int, lesson_id: int, at: datetime) -> PlayerSession:
    """The session that a token names. Raises PlayerTooOld for one of somebody else, of another lesson or time."""
    try:
        name, whose, of, since = _signer().loads(token)
        began = datetime.fromtimestamp(since, UTC)
    except (BadData, ValueError, TypeError):
        whose = of = 0
        name, began = "", at
    if (whose, of) != (person_id, lesson_id) or not timedelta(0) <= at - began <= LONGEST:
        raise PlayerTooOld(_("这个页面打开得太久了，请刷新后接着看。"))
    return PlayerSession(str(name), began)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="kefu-player")
