"""Setting the rules."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from lms.coaching.loop.deciding import RuleSettings
from lms.coaching.loop.models import (
    LoopRule,
    LoopRuleChange,
)
from lms.kernel.db import db
from lms.people.models import Person
from lms.people.rules import can_see_shop, require_visible


def save_rule(
    *, actor: Person, shop_id: int, criterion_id: int | None, settings: RuleSettings, at: datetime
) -> LoopRule:
    """Set the rule of a criterion, or the shop's; open cases keep the settings they were opened with."""
    require_visible(can_see_shop(actor, shop_id))
    query = select(LoopRule).where(
        LoopRule.shop_id == shop_id,
        LoopRule.criterion_id.is_(None) if criterion_id is None else LoopRule.criterion_id == criterion_id,
    )
    rule = db.session.scalars(query).one_or_none()
    if rule is None:
        rule = LoopRule(shop_id=shop_id, criterion_id=criterion_id)
        db.session.add(rule)
    for name, value in settings.to_json().items():
        setattr(rule, name, value)
    rule.changed_by_id, rule.changed_at = actor.id, at
    db.session.flush()
    db.session.add(LoopRuleChange(rule_id=rule.id, settings=settings.to_json(), by_id=actor.id, at=at))
    db.session.flush()
    return rule
