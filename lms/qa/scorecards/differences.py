"""What changed between two versions of a scorecard, in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from lms.qa.scorecards.definition import CriterionSpec, Definition


def shares(definition: Definition) -> dict[str, float]:
    """What each criterion counts for, in percent of all weights: {code: 0–100}; nothing when no weight is positive."""
    whole = sum(spec.weight for spec in definition.criteria)
    return {spec.code: 100 * spec.weight / whole for spec in definition.criteria} if whole > 0 else {}


@dataclass(frozen=True)
class Change:
    """One change: ``kind`` is added, dropped, weight or wording; ``text`` is a sentence."""

    kind: str
    text: str


def differences(old: Definition | None, new: Definition) -> list[Change]:
    """What was added, dropped, re-weighted and re-worded, in that order; criteria are the same by their code."""
    before = {spec.code: spec for spec in old.criteria} if old else {}
    after = {spec.code: spec for spec in new.criteria}
    old_shares, new_shares = shares(old) if old else {}, shares(new)
    added = [
        Change("added", _("新增“%(name)s”，占 %(share)s", name=spec.name, share=_percent(new_shares.get(code, 0))))
        if not spec.critical
        else Change("added", _("新增致命项“%(name)s”", name=spec.name))
        for code, spec in after.items()
        if code not in before
    ]
    dropped = [
        Change("dropped", _("去掉“%(name)s”", name=spec.name)) for code, spec in before.items() if code not in after
    ]
    both = [(before[code], spec) for code, spec in after.items() if code in before]
    weights = [
        Change(
            "weight",
            _(
                "“%(name)s”的权重从 %(old)s 改为 %(new)s（占比 %(was)s → %(now)s）",
                name=spec.name,
                old=f"{was.weight:g}",
                new=f"{spec.weight:g}",
                was=_percent(old_shares.get(was.code, 0)),
                now=_percent(new_shares.get(spec.code, 0)),
            ),
        )
        for was, spec in both
        if was.weight != spec.weight
    ]
    wording = [Change("wording", text) for was, spec in both for text in _reworded(was, spec)]
    moved = [spec.code for spec, _now in both] != [code for code in before if code in after]
    sections = old is not None and [s.title for s in old.sections] != [s.title for s in new.sections]
    if moved or sections:
        wording.append(Change("wording", _("调整了部分的名称或顺序")))
    return added + dropped + weights + wording


def _percent(share: float) -> str:
    return f"{share:.1f}".removesuffix(".0") + "%"


def _reworded(was: CriterionSpec, now: CriterionSpec) -> list[str]:
    said = []
    if was.name != now.name:
        said.append(_("“%(old)s”改名为“%(new)s”", old=was.name, new=now.name))
    if was.critical != now.critical:
        text = _("“%(name)s”改为致命项") if now.critical else _("“%(name)s”不再是致命项")
        said.append(text % {"name": now.name})
    if (was.scale, was.top, was.pass_from) != (now.scale, now.top, now.pass_from):
        said.append(_("“%(name)s”的评分档改了", name=now.name))
    if was.na_allowed != now.na_allowed:
        text = _("“%(name)s”可以选不适用") if now.na_allowed else _("“%(name)s”不再能选不适用")
        said.append(text % {"name": now.name})
    if was.competency_id != now.competency_id:
        said.append(_("“%(name)s”换了能力项", name=now.name))
    parts = [
        label
        for label, old, new in (
            (_("评分说明"), was.guide, now.guide),
            (_("示范回复"), was.good, now.good),
            (_("反面例子"), was.bad, now.bad),
            (_("自动检查"), was.checks, now.checks),
        )
        if old != new
    ]
    if parts:
        said.append(_("“%(name)s”改了%(parts)s", name=now.name, parts="、".join(parts)))
    return said
