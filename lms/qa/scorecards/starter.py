"""The scorecard that ships: put into a home once, and kept up to date while nobody has edited it."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lms.kernel.db import db
from lms.learning.enums import Dimension
from lms.learning.models import Competency
from lms.qa.enums import Scale
from lms.qa.scorecards.definition import CriterionSpec, Definition, Section
from lms.qa.scorecards.models import Scorecard
from lms.qa.scorecards.services import bare, create_scorecard, publish, version_in_force

SLUG = "qa-default"
FILE = Path(__file__).with_name("starter.toml")
NOTE = "随系统提供的评分表"
DIMENSIONS = {"A": Dimension.ATTITUDE, "K": Dimension.KNOWLEDGE, "S": Dimension.SKILL}


def load_starter(*, at: datetime) -> str | None:
    """Publish the scorecard that ships, for all shops. Safe on every start.

    What somebody edited, published or archived stays as it is: it is renewed only while its newest version is ours.
    """
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    scorecard = db.session.scalars(select(Scorecard).where(Scorecard.slug == SLUG)).one_or_none()
    if scorecard is None:
        definition = _definition(told)
        scorecard = create_scorecard(
            actor=None, title=told["title"], shop_id=None, definition=definition, at=at, slug=SLUG
        )
        publish(actor=None, scorecard=scorecard, at=at, note=NOTE)
        return f"质检评分表“{scorecard.title}”"
    version = version_in_force(scorecard)
    if version is None or version.published_by_id is not None or scorecard.draft or scorecard.archived_at:
        return None
    definition = _definition(told)
    if bare(Definition.from_json(version.definition)) == definition:
        return None
    scorecard.draft = definition.to_json()
    publish(actor=None, scorecard=scorecard, at=at, note=NOTE)
    return f"质检评分表“{scorecard.title}”更新到第 {scorecard.current_number} 版"


def _definition(told: dict[str, Any]) -> Definition:
    names = {one["competency"] for section in told["sections"] for one in section["criteria"]}
    competencies = _competencies(names)
    return Definition(
        tuple(
            Section(section["title"], tuple(_criterion(one, competencies) for one in section["criteria"]))
            for section in told["sections"]
        )
    )


def _criterion(told: dict[str, Any], competencies: dict[str, int]) -> CriterionSpec:
    return CriterionSpec(
        code=told["code"],
        name=told["name"],
        scale=Scale(told.get("scale", Scale.YES_NO)),
        top=told.get("top", 1),
        pass_from=told.get("pass_from", 1),
        weight=told["weight"],
        critical=told.get("critical", False),
        na_allowed=told.get("na_allowed", True),
        competency_id=competencies[told["competency"]],
        guide=told["guide"],
        good=tuple(told["good"]),
        bad=tuple(told["bad"]),
        checks=tuple(told.get("checks", ())),
    )


def _competencies(names: set[str]) -> dict[str, int]:
    """{"K1 退换货规则": id} of the competencies of all shops; one that no lesson brought yet is made."""
    codes = {name.partition(" ")[0]: name for name in sorted(names)}
    query = select(Competency).where(Competency.shop_id.is_(None), Competency.code.in_(codes))
    known = {competency.code: competency for competency in db.session.scalars(query)}
    for code, name in codes.items():
        if code not in known:
            known[code] = Competency(code=code, name=name.partition(" ")[2], dimension=DIMENSIONS[code[0]])
            db.session.add(known[code])
    db.session.flush()
    return {name: known[code].id for code, name in codes.items()}
