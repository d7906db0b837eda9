"""What stands behind a criterion: a lesson that teaches it, a sample answer, an item that tests it (no demand without
guidance)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from lms.kernel.plugins import plugins
from lms.qa.scorecards.definition import CriterionSpec, Definition

LESSON, SAMPLE, ITEM = "lesson", "sample", "item"
LABELS = {LESSON: _l("课时"), SAMPLE: _l("示范回复"), ITEM: _l("试题")}


@dataclass(frozen=True)
class Behind:
    """How many lessons and items a competency has in a shop."""

    lessons: int = 0
    items: int = 0


@dataclass(frozen=True)
class Guided:
    """A criterion, what its competency has, and what it lacks (of lesson, sample, item)."""

    spec: CriterionSpec
    behind: Behind
    lacks: tuple[str, ...]

    @property
    def is_orphan(self) -> bool:
        return bool(self.lacks)


def guidance_of(competency_ids: Iterable[int | None], shop_id: int | None) -> dict[int, Behind]:
    """What the plugins have for each competency in a shop; None asks for what all shops share."""
    wanted = sorted({ident for ident in competency_ids if ident is not None})
    lessons, items = dict.fromkeys(wanted, 0), dict.fromkeys(wanted, 0)
    if wanted:
        for _plugin, told in plugins().each("guidance", competency_ids=wanted, shop_id=shop_id):
            for kind, counts in ((LESSON, lessons), (ITEM, items)):
                for ident, count in told.get(kind, {}).items():
                    counts[ident] = counts.get(ident, 0) + count
    return {ident: Behind(lessons[ident], items[ident]) for ident in wanted}


def lacks_of(spec: CriterionSpec, behind: Behind) -> tuple[str, ...]:
    """What a criterion asks for without having given it."""
    has = {LESSON: behind.lessons > 0, SAMPLE: any(text.strip() for text in spec.good), ITEM: behind.items > 0}
    return tuple(kind for kind, there in has.items() if not there)


def guided(definition: Definition, shop_id: int | None) -> list[Guided]:
    """Every criterion with what stands behind it, in order."""
    found = guidance_of((spec.competency_id for spec in definition.criteria), shop_id)
    rows = ((spec, found.get(spec.competency_id or 0, Behind())) for spec in definition.criteria)
    return [Guided(spec, behind, lacks_of(spec, behind)) for spec, behind in rows]


def orphans(definition: Definition, shop_id: int | None) -> list[Guided]:
    """The criteria that lack something."""
    return [one for one in guided(definition, shop_id) if one.is_orphan]
