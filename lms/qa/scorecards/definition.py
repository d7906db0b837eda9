"""What a scorecard asks: sections of criteria. Pure; a version's JSON is read and written here only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from flask_babel import gettext as _

from lms.qa.enums import Scale

MAX_TOP = 10


@dataclass(frozen=True)
class CriterionSpec:
    """评分项 as a version words it.

    A value runs from 0 to ``top`` (1 for yes/no); below ``pass_from`` it is a fault. A fault of a critical one zeroes
    the whole score. ``guide`` says how to score; ``good`` and ``bad`` are sample replies; ``checks`` name the automatic
    checks whose hits are shown beside it. ``id`` is that of ``Criterion``, given when the version is published.
    """

    code: str
    name: str
    scale: Scale = Scale.YES_NO
    top: int = 1
    pass_from: int = 1
    weight: float = 10
    critical: bool = False
    na_allowed: bool = True
    competency_id: int | None = None
    guide: str = ""
    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    id: int | None = None

    def is_fault(self, value: int | None) -> bool:
        """Whether a value of this criterion is a fault; what does not apply never is."""
        return value is not None and value < self.pass_from


@dataclass(frozen=True)
class Section:
    """Criteria that belong together."""

    title: str
    criteria: tuple[CriterionSpec, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Why a scorecard can't be published: what is wrong, and with which criterion ("" = with the whole)."""

    text: str
    code: str = ""


@dataclass(frozen=True)
class Definition:
    """A scorecard's sections."""

    sections: tuple[Section, ...] = ()

    @property
    def criteria(self) -> list[CriterionSpec]:
        """All criteria in order."""
        return [criterion for section in self.sections for criterion in section.criteria]

    def by_id(self) -> dict[int, CriterionSpec]:
        """The criteria of a published definition by their ids."""
        return {criterion.id: criterion for criterion in self.criteria if criterion.id is not None}

    def with_ids(self, ids: dict[str, int]) -> Definition:
        """The same with the ids of ``{code: id}``."""

        def numbered(section: Section) -> Iterator[CriterionSpec]:
            return (replace(criterion, id=ids[criterion.code]) for criterion in section.criteria)

        return Definition(tuple(Section(section.title, tuple(numbered(section))) for section in self.sections))

    def to_json(self) -> dict[str, Any]:
        """As a version or a draft keeps it."""
        return {"sections": [asdict(section) for section in self.sections]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Definition:
        """Read back what :meth:`to_json` wrote; what a later program added is left out."""
        return cls(
            tuple(
                Section(section["title"], tuple(_criterion(one) for one in section["criteria"]))
                for section in data["sections"]
            )
        )

    def problems(self) -> list[Problem]:
        """What keeps it from being published, in the words of its editor."""
        found: list[Problem] = []
        if not self.criteria:
            found.append(Problem(_("至少要有一个评分项。")))
        seen: set[str] = set()
        for criterion in self.criteria:
            found += [Problem(text, criterion.code) for text in _problems_of(criterion)]
            if criterion.code in seen:
                found.append(Problem(_("有两个评分项用了同一个编号。"), criterion.code))
            seen.add(criterion.code)
        if self.criteria and not any(criterion.weight > 0 for criterion in self.criteria):
            found.append(Problem(_("至少一个评分项的权重要大于 0。")))
        if any(not section.title.strip() for section in self.sections):
            found.append(Problem(_("每个部分都要有名称。")))
        return found


def _problems_of(criterion: CriterionSpec) -> Iterator[str]:
    if not criterion.name.strip():
        yield _("请填写评分项的名称。")
    if criterion.weight < 0:
        yield _("权重不能小于 0。")
    if criterion.scale is Scale.YES_NO and (criterion.top, criterion.pass_from) != (1, 1):
        yield _("“是/否”评分项只有 0 和 1 两档。")
    if not 1 <= criterion.top <= MAX_TOP:
        yield _("分档评分项的最高档在 1 到 %(top)s 之间。", top=MAX_TOP)
    if not 1 <= criterion.pass_from <= criterion.top:
        yield _("合格档要在 1 和最高档之间。")
    if criterion.competency_id is None:
        yield _("请选择它考察的能力项，否则扣分之后找不到该补的课。")


def _criterion(data: dict[str, Any]) -> CriterionSpec:
    known = {name: data[name] for name in CriterionSpec.__dataclass_fields__ if name in data}
    known["scale"] = Scale(known.get("scale", Scale.YES_NO))
    for name in ("good", "bad", "checks"):
        known[name] = tuple(known.get(name, ()))
    return CriterionSpec(**known)
