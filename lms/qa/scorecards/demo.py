"""The demo's shop has a scorecard of its own beside the one that ships: two versions, and a line nobody taught yet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from lms.kernel.db import db
from lms.kernel.hookspecs import DemoStep
from lms.learning.enums import Dimension
from lms.learning.models import Competency
from lms.qa.scorecards.definition import CriterionSpec, Definition
from lms.qa.scorecards.models import Scorecard
from lms.qa.scorecards.services import copy_scorecard, draft_of, publish, save_draft
from lms.qa.scorecards.starter import SLUG, load_starter

TITLE = "松果文具售后评分表"
NEW_WEIGHTS = {"time-told": 10.0, "courtesy": 3.0}


def run(context: Any) -> str:
    """Copy what ships into the shop, publish it, and a second version three weeks later."""
    load_starter(at=context.at)
    shop, actor = context.shop("songguo"), context.person("supervisor")
    shipped = db.session.scalars(select(Scorecard).where(Scorecard.slug == SLUG)).one()
    scorecard = copy_scorecard(
        actor=actor, scorecard=shipped, title=TITLE, shop_id=shop.id, at=context.days_ago(45, hour=10)
    )
    publish(actor=actor, scorecard=scorecard, at=context.days_ago(45, hour=11), note="按本店售后的情况启用")
    gift = Competency(code="K-ZP", name="赠品规则", dimension=Dimension.KNOWLEDGE, shop_id=shop.id)
    db.session.add(gift)
    db.session.flush()
    definition = draft_of(scorecard)
    extra = CriterionSpec(
        code="gift-told",
        name="赠品说得清",
        weight=4,
        competency_id=gift.id,
        guide="赠品是否随单、断货怎么补，要说清楚。",
    )
    sections = tuple(
        replace(
            section,
            criteria=tuple(replace(spec, weight=NEW_WEIGHTS.get(spec.code, spec.weight)) for spec in section.criteria)
            + ((extra,) if section.title == "准确" else ()),
        )
        for section in definition.sections
    )
    at = context.days_ago(20, hour=16)
    save_draft(actor=actor, scorecard=scorecard, title=TITLE, definition=Definition(sections), at=at)
    publish(actor=actor, scorecard=scorecard, at=at, note="大促前提高时间承诺的权重，加看赠品")
    return f"《{TITLE}》两版"


DEMO_STEPS = (DemoStep(80, "质检评分表", run),)
