"""Two versions of a lesson side by side, as pages show them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from courses.lessons.differences import Gap, Row, compare, counts, folded
from courses.lessons.models import LessonVersion


@dataclass(frozen=True)
class Fact:
    """Something beside the text that changed."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Comparison:
    """What changed from ``old`` to ``new``."""

    old: LessonVersion
    new: LessonVersion
    facts: tuple[Fact, ...]
    parts: Sequence[Row | Gap]
    added: int
    removed: int

    @property
    def empty(self) -> bool:
        return not self.facts and not self.parts


def compare_versions(old: LessonVersion, new: LessonVersion) -> Comparison:
    """The comparison of title, summary, minutes, settings and text."""
    rows = compare(old.body.rstrip("\n"), new.body.rstrip("\n"))
    added, removed = counts(rows)
    shown = (
        (_("标题"), old.title, new.title),
        (_("一句话简介"), old.summary, new.summary),
        (_("学习时长"), _("%(n)s 分钟", n=old.minutes), _("%(n)s 分钟", n=new.minutes)),
        (_("设置"), _settings(old), _settings(new)),
    )
    facts = tuple(Fact(label, before, after) for label, before, after in shown if before != after)
    return Comparison(old, new, facts, folded(rows), added, removed)


def _settings(version: LessonVersion) -> str:
    stored = version.settings or {}
    return json.dumps(stored, ensure_ascii=False, sort_keys=True) if stored else ""
