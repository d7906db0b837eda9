"""今日考勤: who is on which day of a programme today, who has begun, who is late. From what enrolments keep alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from courses.programmes.definition import Day, Definition
from courses.programmes.enums import Attended, EnrolmentState
from courses.programmes.matrix import PER_PAGE, Member, Wanted, enrolled
from courses.programmes.models import Enrolment, Programme
from courses.programmes.progress import GRACE
from lms.kernel.clock import from_local, shift_date
from lms.kernel.db import db
from lms.people.models import Person
from lms.web.paging import Page


@dataclass(frozen=True)
class RollLine:
    """A person's open day: the mark so far, and whether the start or the end of the day went by."""

    enrolment: Enrolment
    member: Member
    day: Day
    mark: Attended | None
    missed_start: bool
    behind: bool


@dataclass(frozen=True)
class Roll:
    """A page of lines, and how many there are: expected today, unmarked, late in the morning, behind."""

    page: Page[RollLine]
    expected: int
    unmarked: int
    missed: int
    behind: int


ONLY = ("unmarked", "missed", "behind")


def roll_of(
    viewer: Person,
    programme: Programme,
    definitions: dict[int, Definition],
    wanted: Wanted,
    at: datetime,
    *,
    only: str,
    number: int,
) -> Roll:
    """Everybody under way whose open day is today's or earlier, those to look after first. One statement."""
    query = enrolled(viewer, programme, wanted, at).where(
        Enrolment.state == EnrolmentState.ACTIVE, Enrolment.day_date <= shift_date(at)
    )
    rows = db.session.execute(query.order_by(Enrolment.day_due_at, Person.name, Person.id))
    lines = [_line(row[0], Member(*row[1:]), definitions, at) for row in rows]
    lines = [line for line in lines if line.day.attendance or line.behind]
    chosen = [line for line in lines if _is(line, only)]
    chosen.sort(key=lambda line: (not line.behind, not line.missed_start, line.mark is not None))
    pages = max(1, -(-len(chosen) // PER_PAGE))
    number = min(max(1, number), pages)
    shown = chosen[(number - 1) * PER_PAGE : number * PER_PAGE]
    return Roll(
        Page(shown, number, PER_PAGE, len(chosen)),
        expected=len(lines),
        unmarked=sum(_is(line, "unmarked") for line in lines),
        missed=sum(_is(line, "missed") for line in lines),
        behind=sum(line.behind for line in lines),
    )


def _line(enrolment: Enrolment, member: Member, definitions: dict[int, Definition], at: datetime) -> RollLine:
    day = definitions[enrolment.version_number].days[enrolment.current_day - 1]
    mark = (enrolment.marks or {}).get(str(enrolment.current_day))
    start = day.start_time
    missed = (
        enrolment.day_begun_at is None
        and start is not None
        and enrolment.day_date is not None
        and at > from_local(datetime.combine(enrolment.day_date, start)) + GRACE
    )
    behind = enrolment.day_due_at is not None and enrolment.day_due_at < at
    return RollLine(enrolment, member, day, Attended(mark) if mark else None, missed, behind)


def _is(line: RollLine, only: str) -> bool:
    if only == "unmarked":
        return line.mark is None
    if only == "missed":
        return line.mark is Attended.LATE or (line.missed_start and line.mark is not Attended.EXCUSED)
    return line.behind if only == "behind" else True
