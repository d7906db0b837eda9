"""The lesson type "checklist": done on the job, point by point, and signed by the team lead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from courses.signoffs.points import points_of, without_points
from courses.signoffs.queries import sheet_of
from courses.signoffs.rules import CHECKLIST
from courses.signoffs.services import complete_if_signed
from courses.types import blocks
from courses.types.markdown import MarkdownLesson
from courses.types.protocol import Panel, Place, Problem


class ChecklistLesson(MarkdownLesson):
    """Markdown with checklists; each of their lines is a point that the lead signs. Complete when all are right."""

    name = CHECKLIST
    label: Any = _l("带教清单")
    icon = "checklist"
    hint: Any = _l("在岗位上一条条做给组长看，组长全部签字才算学完")
    by_reading = False

    def problems(self, body: str, settings: Mapping[str, Any] = MappingProxyType({})) -> list[Problem]:
        found = super().problems(body, settings)
        if not found and not points_of(body):
            found.append(Problem(1, _("带教清单要有至少一条，请写成 ```清单，一行一条：做什么 ｜ 怎样算做到。")))
        return found

    def parts(self, body: str, place: Place) -> list[blocks.Part]:
        parts = blocks.split(body)
        return without_points(parts) if place.with_panel else parts

    def panel(
        self, *, person: Any, lesson: Any, version: Any, at: datetime, opening: Any, place: Place
    ) -> Panel | None:
        """What is signed, by whom and when. Completes a new version whose points were all signed in the old one."""
        sheet = sheet_of(person, lesson, version, opening.task)
        completed = opening.completed or complete_if_signed(
            person=person, lesson=lesson, version=version, sheet=sheet, task=opening.task, at=at
        )
        return Panel("courses/types/checklist_panel.html", {"sheet": sheet, "completed": completed}, False, completed)
