"""Scorecards as their pages show them, each list limited to what its viewer may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import joinedload

from lms.kernel.db import db
from lms.kernel.plugins import plugins
from lms.learning.models import BY_CODE, Competency
from lms.people.models import Person
from lms.people.queries import shop_filter
from lms.people.rules import has_permission, require_visible
from lms.qa.permissions import Q
from lms.qa.scorecards.definition import Definition
from lms.qa.scorecards.guiding import Guided, guided
from lms.qa.scorecards.models import Scorecard, ScorecardVersion
from lms.qa.scorecards.rules import can_see_scorecard


def editable_filter(viewer: Person) -> ColumnElement[bool]:
    """The list side of ``rules.can_edit_scorecard``."""
    if not has_permission(viewer, Q.SCORECARDS_EDIT):
        return false()
    if viewer.access.shop_ids is None:
        return shop_filter(viewer, Scorecard.shop_id)
    return Scorecard.shop_id.in_(viewer.access.shop_ids)


def scorecard_filter(viewer: Person) -> ColumnElement[bool]:
    """The list side of ``rules.can_see_scorecard``."""
    published = and_(Scorecard.current_number.is_not(None), shop_filter(viewer, Scorecard.shop_id))
    return or_(published, editable_filter(viewer))


def scorecards_visible_to(viewer: Person, *, archived: bool = False) -> Any:
    """(scorecard, version in force or None), those of one's shops first, by title."""
    state = Scorecard.archived_at.is_not(None) if archived else Scorecard.archived_at.is_(None)
    return (
        select(Scorecard, ScorecardVersion)
        .outerjoin(
            ScorecardVersion,
            and_(ScorecardVersion.scorecard_id == Scorecard.id, ScorecardVersion.number == Scorecard.current_number),
        )
        .where(scorecard_filter(viewer), state)
        .options(joinedload(Scorecard.shop), joinedload(ScorecardVersion.published_by).lazyload(Person.grants))
        .order_by(Scorecard.shop_id.is_(None), Scorecard.title, Scorecard.id)
    )


def visible_scorecard(viewer: Person, scorecard_id: int) -> Scorecard:
    """The scorecard. NotFound unless the viewer may see it."""
    found = db.session.get(Scorecard, scorecard_id, options=[joinedload(Scorecard.shop)])
    require_visible(found is not None and can_see_scorecard(viewer, found))
    assert found is not None
    return found


def versions_of(scorecard: Scorecard) -> list[ScorecardVersion]:
    """All versions, the newest first, with who published them."""
    query = (
        select(ScorecardVersion)
        .where(ScorecardVersion.scorecard_id == scorecard.id)
        .options(joinedload(ScorecardVersion.published_by).lazyload(Person.grants))
        .order_by(ScorecardVersion.number.desc())
    )
    return list(db.session.scalars(query))


def competencies_for(shop_id: int | None) -> list[Competency]:
    """What a criterion of the shop can be tied to: the shop's own and everybody's, in the order A, K, S."""
    own: ColumnElement[bool] = Competency.shop_id.is_(None)
    if shop_id is not None:
        own = or_(own, Competency.shop_id == shop_id)
    return list(
        db.session.scalars(
            select(Competency)
            .where(own, Competency.archived_at.is_(None))
            .order_by(Competency.dimension, Competency.shop_id, *BY_CODE)
        )
    )


def check_choices() -> list[tuple[str, str]]:
    """(name, label) of the automatic checks that plugins offer."""
    return [(check.name, str(check.label)) for check in plugins().all("qa_checks")]


@dataclass(frozen=True)
class OrphanRow:
    """A criterion in force that lacks a lesson, a sample answer or an item."""

    scorecard: Scorecard
    one: Guided


def orphans_for(viewer: Person) -> list[OrphanRow]:
    """没教过就在考核的评分项, over the scorecards in force that the viewer sees. The plugins are asked once a shop."""
    pairs = [
        (scorecard, Definition.from_json(version.definition))
        for scorecard, version in db.session.execute(scorecards_visible_to(viewer))
        if version is not None
    ]
    by_shop: dict[int | None, list[tuple[Scorecard, Definition]]] = {}
    for scorecard, definition in pairs:
        by_shop.setdefault(scorecard.shop_id, []).append((scorecard, definition))
    rows = []
    for shop_id, some in by_shop.items():
        sections = tuple(section for _card, definition in some for section in definition.sections)
        told = iter(guided(Definition(sections), shop_id))
        for scorecard, definition in some:
            rows += [OrphanRow(scorecard, one) for one in (next(told) for _spec in definition.criteria)]
    return [row for row in rows if row.one.is_orphan]
