"""Signing the points of a checklist, and completing it once all of them are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from courses.lessons.models import Lesson, LessonVersion
from courses.lessons.queries import latest_task
from courses.lessons.services import complete_lesson
from courses.signoffs.enums import SignVerdict
from courses.signoffs.models import SignOff
from courses.signoffs.queries import Sheet, sheet_of
from courses.signoffs.rules import can_sign
from lms.inbox.services import notify
from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError
from lms.learning.models import Assignment, Record
from lms.people.models import Person
from lms.people.rules import require_visible

LONGEST_NOTE = 300


class SignError(DomainError):
    """A verdict that can't be kept like this."""


class ChecklistChanged(Conflict):
    """The checklist reads differently from what the lead had before them."""


@dataclass(frozen=True)
class Mark:
    """What a lead says of one point."""

    verdict: SignVerdict
    note: str = ""


def sign(
    *,
    actor: Person,
    person: Person,
    lesson: Lesson,
    version: LessonVersion,
    marks: Mapping[str, Mark],
    at: datetime,
) -> list[SignOff]:
    """Add the lead's verdicts by the keys of the points, and complete the lesson when the last point is right.

    A verdict that stands already adds nothing, so that sending twice does no harm. A later row corrects an earlier
    one; a completion that was written stays. Tells the person. Raises NotFound for people and lessons that the actor
    does not sign, ChecklistChanged for points that are not there any more.
    """
    require_visible(can_sign(actor, person, lesson))
    task = latest_task(person, lesson.activity_id)
    sheet = sheet_of(person, lesson, version, task)
    standing = {one.point.key: one for one in sheet.points}
    if any(key not in standing for key in marks):
        raise ChecklistChanged(_("清单刚刚改过，有的条目已经不在了。"), hint=_("请重新打开这一页，再签一次。"))
    added = []
    for key, mark in marks.items():
        note = " ".join(mark.note.split())
        if len(note) > LONGEST_NOTE:
            raise SignError(_("说明太长了，最多 %(n)s 个字。", n=LONGEST_NOTE), where=standing[key].point.text)
        if mark.verdict is SignVerdict.REDO and not note:
            raise SignError(_("再练的条目要写一句说明：哪里不对，怎么改。"), where=standing[key].point.text)
        known = standing[key].sign
        if known is not None and (known.verdict, known.note) == (mark.verdict, note):
            continue
        added.append(
            SignOff(
                lesson_id=lesson.id,
                version_number=version.number,
                person_id=person.id,
                item=key,
                verdict=mark.verdict,
                note=note,
                signed_by_id=actor.id,
                at=at,
            )
        )
    if not added:
        return []
    db.session.add_all(added)
    db.session.flush()
    sheet = sheet_of(person, lesson, version, task)
    completed = complete_if_signed(person=person, lesson=lesson, version=version, sheet=sheet, task=task, at=at)
    _tell(person, lesson, sheet, added, completed, at)
    return added


def complete_if_signed(
    *, person: Person, lesson: Lesson, version: LessonVersion, sheet: Sheet, task: Assignment | None, at: datetime
) -> Record | None:
    """Write "completed" when every point is right, naming who signed last; None otherwise."""
    if not sheet.complete:
        return None
    last = max((one.sign for one in sheet.points if one.sign is not None), key=lambda sign: sign.id)
    context = {"signed_by": last.signed_by_id, "points": len(sheet.points)}
    return complete_lesson(person=person, lesson=lesson, version=version, at=at, task=task, context=context)


def _tell(
    person: Person, lesson: Lesson, sheet: Sheet, added: list[SignOff], completed: Record | None, at: datetime
) -> None:
    redo = [sign for sign in added if sign.verdict is SignVerdict.REDO]
    left = len(sheet.points) - sheet.done
    if completed is not None and not redo:
        title = _("带教清单全部签完：%(title)s", title=lesson.activity.title)
    elif redo:
        title = _("带教清单有 %(n)s 条要再练：%(title)s", n=len(redo), title=lesson.activity.title)
    else:
        title = _("带教清单又签了 %(n)s 条：%(title)s", n=len(added), title=lesson.activity.title)
    notify(
        people=[person.id],
        kind="checklist",
        key=f"sign-off:{added[-1].id}",
        title=title,
        body=redo[0].note if redo else "" if completed else _("还差 %(n)s 条。", n=left),
        url=f"/lessons/{lesson.id}",
        at=at,
    )
