"""What a person's next paper may be drawn from."""

from __future__ import annotations

from sqlalchemy import select

from lms.kernel.db import db
from lms.people.models import Person
from quizzes.attempts.models import Attempt, Slot
from quizzes.bank.models import Item, ItemVersion
from quizzes.papers.drawing import Candidate
from quizzes.papers.models import Quiz
from quizzes.papers.pairs import own_half, pair_of
from quizzes.papers.parallel import without_seen


def drawn_from(person: Person, quiz: Quiz, candidates: list[Candidate]) -> list[list[Candidate]]:
    """Sets of candidates, the one to draw from first standing first; the later ones are for when it gives no paper.

    A quiz of its own has one set, its pool. A 前测 or 后测 draws from its own half; where items came and went between
    the two, from its whole pool. What the person had in the other form is in neither, nor are near-duplicates of it.
    """
    pair = pair_of(quiz)
    if pair is None:
        return [candidates]
    items, groups = _had_in(person, pair.other(quiz))
    return [without_seen(some, items=items, groups=groups) for some in (own_half(pair, quiz, candidates), candidates)]


def _had_in(person: Person, quiz: Quiz) -> tuple[set[int], set[int]]:
    """The items that the person had in this quiz, and the question groups that these belong to."""
    query = (
        select(Item.id, Item.group_id)
        .join(ItemVersion, ItemVersion.item_id == Item.id)
        .join(Slot, Slot.item_version_id == ItemVersion.id)
        .join(Attempt, Attempt.id == Slot.attempt_id)
        .where(Attempt.person_id == person.id, Attempt.quiz_id == quiz.id)
        .distinct()
    )
    rows = db.session.execute(query).all()
    return {item_id for item_id, _group in rows}, {group for _item, group in rows if group is not None}
