"""Reading quizzes and their pools."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from lms.kernel.db import db
from lms.learning.enums import AssignmentState, Dimension
from lms.learning.models import Assignment, Competency
from lms.people.accounts import normalise_account
from lms.people.models import Person
from lms.people.queries import shop_filter
from quizzes.bank.models import Item, ItemCompetency, ItemVersion
from quizzes.bank.queries import drawable as reviewed
from quizzes.bank.queries import question_types
from quizzes.mining.models import QuestionGroup
from quizzes.papers.checking import Problem, check_pool
from quizzes.papers.drawing import Candidate
from quizzes.papers.enums import QuizState
from quizzes.papers.models import Allowance, Quiz, QuizItem


@dataclass(frozen=True, slots=True)
class PoolRow:
    """An item of the bank as the pool pages show it. `drawable` is False for what left the draws."""

    item: Item
    version: ItemVersion
    heat: int
    product: str
    drawable: bool


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """What the trainer picks from; empty means any."""

    text: str = ""
    type: str = ""
    dimension: str = ""
    product: str = ""


def quizzes_visible_to(viewer: Person) -> Select[tuple[Quiz]]:
    """The list side of ``rules.can_see_quiz``."""
    return select(Quiz).where(shop_filter(viewer, Quiz.shop_id))


def quiz_list(viewer: Person, *, state: QuizState | None = None, text: str = "") -> Select[tuple[Quiz, int, int]]:
    """Quizzes with the size of their pool and the number of people who have them as a task; what changed last first."""
    pool = select(func.count()).where(QuizItem.quiz_id == Quiz.id).correlate(Quiz).scalar_subquery()
    assigned = (
        select(func.count(Assignment.person_id.distinct()))
        .where(Assignment.activity_id == Quiz.activity_id, Assignment.state != AssignmentState.CANCELLED)
        .correlate(Quiz)
        .scalar_subquery()
    )
    query = quizzes_visible_to(viewer).add_columns(pool.label("pool_size"), assigned.label("assigned"))
    if state is not None:
        query = query.where(Quiz.state == state)
    if text:
        query = query.where(Quiz.title.icontains(text, autoescape=True))
    return query.options(joinedload(Quiz.shop)).order_by(Quiz.updated_at.desc(), Quiz.id.desc())


def drawable(quiz_shop_id: int | None) -> ColumnElement[bool]:
    """Items that may be drawn now: accepted, not stale, of a type that is there, of the quiz's shop or of all shops."""
    return (
        reviewed() & Item.type.in_(list(question_types())) & or_(Item.shop_id.is_(None), Item.shop_id == quiz_shop_id)
    )


def _candidate_columns() -> Any:
    """SELECT of what a Candidate needs; its type has seven parts, which says nothing."""
    return select(
        Item.id,
        Item.current_version_id,
        Item.type,
        Item.dimension,
        Item.group_id,
        QuestionGroup.product_label,
        QuestionGroup.count,
    ).outerjoin(QuestionGroup, QuestionGroup.id == Item.group_id)


def _candidates(query: Any) -> list[Candidate]:
    return [
        Candidate(item_id, version_id, kind, str(dimension), group_id, product or "", heat or 0)
        for item_id, version_id, kind, dimension, group_id, product, heat in db.session.execute(query)
    ]


def candidates_of(quiz: Quiz) -> list[Candidate]:
    """What of the pool may be drawn now, in the order in which it was put in."""
    query = _candidate_columns().join(QuizItem, QuizItem.item_id == Item.id)
    query = query.where(QuizItem.quiz_id == quiz.id, drawable(quiz.shop_id)).order_by(QuizItem.added_at, Item.id)
    return _candidates(query)


def candidates_for(quiz: Quiz, wanted: ItemFilter) -> list[Candidate]:
    """What of the bank could be put into the pool and is not in it yet."""
    inside = select(QuizItem.item_id).where(QuizItem.quiz_id == quiz.id)
    query = _candidate_columns().where(drawable(quiz.shop_id), Item.id.not_in(inside), *_wanted(wanted))
    if wanted.text:
        query = query.join(ItemVersion, ItemVersion.id == Item.current_version_id)
    return _candidates(query)


def _wanted(wanted: ItemFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.text:
        conditions.append(ItemVersion.stem.icontains(wanted.text, autoescape=True))
    if wanted.type:
        conditions.append(Item.type == wanted.type)
    if wanted.dimension in set(Dimension):
        conditions.append(Item.dimension == Dimension(wanted.dimension))
    if wanted.product:
        conditions.append(QuestionGroup.product_label == wanted.product)
    return conditions


def pool_query(quiz: Quiz) -> Any:
    """The pool, also what left the draws, in the order in which it was put in; for ``pool_rows``."""
    return (
        select(Item, ItemVersion, QuestionGroup.count, QuestionGroup.product_label, drawable(quiz.shop_id))
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .join(QuizItem, QuizItem.item_id == Item.id)
        .outerjoin(QuestionGroup, QuestionGroup.id == Item.group_id)
        .where(QuizItem.quiz_id == quiz.id)
        .order_by(QuizItem.added_at, Item.id)
    )


def pool_rows(found: Iterable[Any]) -> list[PoolRow]:
    """What ``pool_query`` found, for a page."""
    return [
        PoolRow(item, version, heat or 0, product or "", bool(fits)) for item, version, heat, product, fits in found
    ]


def pickable(quiz: Quiz, wanted: ItemFilter) -> Any:
    """Items that may stand in the quiz, the hottest first: item, version, heat, product, in the pool already."""
    inside = (
        select(QuizItem.item_id)
        .where(QuizItem.quiz_id == quiz.id, QuizItem.item_id == Item.id)
        .correlate(Item)
        .exists()
    )
    heat = func.coalesce(QuestionGroup.count, 0)
    product = func.coalesce(QuestionGroup.product_label, "")
    return (
        select(Item, ItemVersion, heat.label("heat"), product.label("product"), inside.label("in_pool"))
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .outerjoin(QuestionGroup, QuestionGroup.id == Item.group_id)
        .where(drawable(quiz.shop_id), *_wanted(wanted))
        .order_by(heat.desc(), Item.id)
    )


def products_for(quiz: Quiz) -> list[str]:
    """Products that the pick page can filter by."""
    query = (
        select(QuestionGroup.product_label)
        .join(Item, Item.group_id == QuestionGroup.id)
        .where(drawable(quiz.shop_id), QuestionGroup.product_label.is_not(None), QuestionGroup.product_label != "")
        .distinct()
        .order_by(QuestionGroup.product_label)
        .limit(100)
    )
    return [label for label in db.session.scalars(query) if label]


def problems_of(quiz: Quiz, candidates: Sequence[Candidate], *, pool_size: int) -> list[Problem]:
    """What stands against drawing a paper from this quiz, whose pool has `pool_size` items, now."""
    return check_pool(candidates, pool_size=pool_size, draw_count=quiz.draw_count, blueprint=quiz.blueprint or {})


def versions_of(version_ids: Sequence[int]) -> dict[int, ItemVersion]:
    """Item versions by id."""
    query = select(ItemVersion).where(ItemVersion.id.in_(version_ids))
    return {version.id: version for version in db.session.scalars(query)}


def competencies_of(quiz: Quiz) -> list[Competency]:
    """What the quiz tests: the competencies of the items in its pool."""
    query = (
        select(Competency)
        .join(ItemCompetency, ItemCompetency.competency_id == Competency.id)
        .join(QuizItem, QuizItem.item_id == ItemCompetency.item_id)
        .where(QuizItem.quiz_id == quiz.id)
        .distinct()
        .order_by(Competency.id)
    )
    return list(db.session.scalars(query))


def quiz_of_activity(activity_id: int) -> Quiz | None:
    """The quiz behind a learning activity."""
    return db.session.scalars(select(Quiz).where(Quiz.activity_id == activity_id)).one_or_none()


def allowances_of(quiz: Quiz) -> list[Allowance]:
    """Individual arrangements of a quiz, by name."""
    query = select(Allowance).join(Allowance.person).where(Allowance.quiz_id == quiz.id)
    return list(db.session.scalars(query.options(joinedload(Allowance.person)).order_by(Person.name, Person.id)))


def person_with_account(account: str) -> Person | None:
    """The person who signs in with this name; whether the viewer may know of them is for the service to judge."""
    return db.session.scalars(
        select(Person).where(Person.account == normalise_account(account), Person.active)
    ).one_or_none()


def allowance_for(quiz: Quiz, person: Person) -> Allowance | None:
    """What was arranged for this person, if anything."""
    return db.session.get(Allowance, (quiz.id, person.id))
