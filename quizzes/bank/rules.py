"""Who may see an item, and what may be done with it in its state. The list twin is ``queries.items_visible_to``."""

from __future__ import annotations

from lms.people.models import Person
from lms.people.rules import can_see_shop
from quizzes.bank.enums import ItemState
from quizzes.bank.models import DraftBatch, Item


def can_see_item(viewer: Person, item: Item) -> bool:
    return can_see_shop(viewer, item.shop_id)


def can_see_batch(viewer: Person, batch: DraftBatch) -> bool:
    return can_see_shop(viewer, batch.shop_id)


def is_drawable(item: Item) -> bool:
    """Whether an item may be drawn for a paper: reviewed, and its ground still holds."""
    return item.state is ItemState.ACCEPTED and not item.stale and item.current_version_id is not None


def can_decide(item: Item) -> bool:
    """Only what waits for review can be accepted or rejected."""
    return item.state is ItemState.DRAFT
