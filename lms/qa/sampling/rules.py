"""Who works on a shop's queue. The list twins stand in ``queries``; a test holds the two together."""

from __future__ import annotations

from lms.people.models import Person
from lms.people.rules import can_see_shop, has_permission
from lms.qa.enums import EntryState
from lms.qa.permissions import Q
from lms.qa.sampling.models import QueueEntry, Reviewer


def is_reviewer(person: Person, shop_id: int, line: Reviewer | None) -> bool:
    """Evaluators of the shop, and whom its list of reviewers names (``line``); who is suspended there is none."""
    if not can_see_shop(person, shop_id):
        return False
    if line is not None and line.removed_at is None:
        return line.suspended_at is None
    return has_permission(person, Q.EVALUATIONS_EDIT)


def can_claim(person: Person, entry: QueueEntry, line: Reviewer | None) -> bool:
    """Whether the person may take the chat: it waits, it is not their own, and they review for the shop."""
    return (
        entry.state is EntryState.WAITING and entry.agent_id != person.id and is_reviewer(person, entry.shop_id, line)
    )
