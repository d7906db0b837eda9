"""Writing cases, noting that one was read, and that it happened again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from courses.cases.enums import CaseState
from courses.cases.models import CaseRecurrence, CaseStudy
from courses.cases.permissions import K
from courses.cases.queries import KIND, criteria_for, quizzes_for, read_key
from courses.cases.rules import can_edit_case, can_read_case, can_write_for
from lms.kernel.clock import to_local
from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.learning.enums import Dimension, Verb
from lms.learning.models import Record
from lms.learning.services import create_activity, write_record
from lms.people.models import Person, Team
from lms.people.rules import require, require_visible

PARTS = ("motive", "events", "failed_check", "loss", "new_rule")
NEEDED = ("events", "failed_check", "new_rule")


class CaseError(DomainError):
    """A case that can't be kept or published like this; ``where`` names the form field."""


@dataclass(frozen=True)
class CaseText:
    """What an author writes. ``teams`` may read it; none of them means everybody of the shop."""

    title: str
    motive: str = ""
    events: str = ""
    failed_check: str = ""
    loss: str = ""
    new_rule: str = ""
    quiz_activity_id: int | None = None
    criterion_id: int | None = None
    teams: tuple[Team, ...] = ()


def create_case(*, actor: Person, text: CaseText, shop_id: int | None, at: datetime) -> CaseStudy:
    """A draft. Raises CaseError without a title or with a quiz that the actor can't see."""
    require(K.CASES_EDIT, of=actor)
    require_visible(can_write_for(actor, shop_id))
    activity = create_activity(
        actor=actor, kind=KIND, title=text.title.strip()[:200], dimension=Dimension.ATTITUDE, shop_id=shop_id, at=at
    )
    activity.archived_at = at
    case = CaseStudy(activity=activity, shop_id=shop_id, title="", created_by_id=actor.id, created_at=at)
    db.session.add(case)
    _write(actor, case, text, at)
    return case


def edit_case(*, actor: Person, case: CaseStudy, text: CaseText, at: datetime) -> CaseStudy:
    """Change what it says and whom it is for."""
    require_visible(can_edit_case(actor, case))
    _write(actor, case, text, at)
    if case.state is CaseState.PUBLISHED:
        _check_whole(case)
    return case


def publish_case(*, actor: Person, case: CaseStudy, at: datetime) -> CaseStudy:
    """Let its scope read it. Raises CaseError while a part that teaches is empty."""
    require_visible(can_edit_case(actor, case))
    _check_whole(case)
    if case.state is not CaseState.PUBLISHED:
        case.state, case.published_at = CaseState.PUBLISHED, at
        db.session.flush()
    return case


def archive_case(*, actor: Person, case: CaseStudy) -> CaseStudy:
    """Take it away from readers; who has read it and what happened again stay."""
    require_visible(can_edit_case(actor, case))
    case.state = CaseState.ARCHIVED
    db.session.flush()
    return case


def read_case(*, actor: Person, case: CaseStudy, at: datetime) -> Record:
    """Note that the actor has read it. A second call returns the first record."""
    require_visible(can_read_case(actor, case))
    return write_record(
        actor=actor,
        verb=Verb.COMPLETED,
        activity=case.activity,
        at=at,
        idempotency_key=read_key(actor, case),
        completion=True,
        context={"case": case.id},
    )


def report_recurrence(*, actor: Person, case: CaseStudy, happened_on: date, note: str, at: datetime) -> CaseRecurrence:
    """Note that the same thing happened again. Raises CaseError for a day to come or before the case."""
    require(K.CASES_EDIT, of=actor)
    require_visible(can_read_case(actor, case))
    if happened_on > to_local(at).date():
        raise CaseError(_("日期还没到。"), where="happened_on")
    row = CaseRecurrence(
        case_id=case.id, happened_on=happened_on, note=note.strip()[:500], reported_by_id=actor.id, at=at
    )
    db.session.add(row)
    db.session.flush()
    return row


def _write(actor: Person, case: CaseStudy, text: CaseText, at: datetime) -> None:
    title = " ".join(text.title.split())
    if not title:
        raise CaseError(_("请填写标题。"), where="title")
    if text.quiz_activity_id not in (None, case.quiz_activity_id):
        require_visible(text.quiz_activity_id in dict(quizzes_for(actor)))
    case.title = case.activity.title = title[:200]
    for part in PARTS:
        setattr(case, part, getattr(text, part).replace("\r\n", "\n").strip())
    if text.criterion_id not in (None, case.criterion_id):
        require_visible(text.criterion_id in dict(criteria_for(actor)))
    case.quiz_activity_id = text.quiz_activity_id
    case.criterion_id = text.criterion_id
    case.teams = _tidy(text.teams)
    case.updated_at = at
    db.session.flush()


def _tidy(teams: Sequence[Team]) -> list[Team]:
    """Without those that stand below another one: they are in already."""
    return [t for t in teams if not any(t.id != other.id and t.path.startswith(other.path) for other in teams)]


def _check_whole(case: CaseStudy) -> None:
    empty = [part for part in NEEDED if not getattr(case, part)]
    if empty:
        raise CaseError(_("“经过”“哪道检查没做到”“新规矩”都写上，案例才有用。"), where=empty[0])
