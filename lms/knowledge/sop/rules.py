"""Who may read, change and flag an entry. The list twin is ``queries.entries_visible_to``."""

from __future__ import annotations

from datetime import date

from lms.knowledge.permissions import P
from lms.knowledge.sop.models import SopEntry
from lms.people.models import Person
from lms.people.rules import can_see_shop, has_permission


def can_read_entry(viewer: Person, entry: SopEntry) -> bool:
    """Whoever sees the shop; entries that were archived only those who may edit."""
    visible = has_permission(viewer, P.SOP_READ) and can_see_shop(viewer, entry.shop_id)
    return visible and (entry.archived_at is None or has_permission(viewer, P.SOP_EDIT))


def can_edit_entry(actor: Person, entry: SopEntry) -> bool:
    """Trainers and administrators of the shop."""
    return has_permission(actor, P.SOP_EDIT) and can_see_shop(actor, entry.shop_id)


def can_review_entry(actor: Person, entry: SopEntry) -> bool:
    """Who may edit it, and its owner, whatever their role."""
    return entry.archived_at is None and (
        can_edit_entry(actor, entry) or (entry.owner_id == actor.id and can_read_entry(actor, entry))
    )


def is_overdue(entry: SopEntry, day: date) -> bool:
    """Nobody has looked at it when it was due; the list twin is ``queries.overdue``."""
    return entry.archived_at is None and entry.review_due < day
