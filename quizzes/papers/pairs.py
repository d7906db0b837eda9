"""前测 and 后测: which quizzes belong together, and making the second of a pair."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from lms.kernel.db import db
from lms.people.models import Person
from lms.people.queries import shop_filter
from quizzes.papers.checking import Fault, Problem
from quizzes.papers.drawing import Candidate
from quizzes.papers.models import Quiz
from quizzes.papers.parallel import halves, missing_for_two
from quizzes.papers.queries import candidates_of

TAKEN_FROM_PRE = ("draw_count", "blueprint", "cut_score", "partial_credit", "type_marks")
"""What makes two papers comparable: the 后测 has it from its 前测."""


@dataclass(frozen=True, slots=True)
class QuizPair:
    """Two parallel papers."""

    pre: Quiz
    post: Quiz

    def other(self, quiz: Quiz) -> Quiz:
        """The partner of one of them."""
        return self.post if quiz.id == self.pre.id else self.pre


def pair_of(quiz: Quiz) -> QuizPair | None:
    """The pair that the quiz belongs to, as either form; None for a quiz of its own. One statement."""
    if quiz.parallel_of_id is not None:
        return QuizPair(db.session.get_one(Quiz, quiz.parallel_of_id), quiz)
    post = db.session.scalars(select(Quiz).where(Quiz.parallel_of_id == quiz.id)).one_or_none()
    return QuizPair(quiz, post) if post is not None else None


def may_be_pre_test(viewer: Person, *, of: Quiz | None = None) -> list[Quiz]:
    """Quizzes that ``of`` (a new quiz, or a draft) may be the 后测 of: in sight, and without a partner so far."""
    other = aliased(Quiz)
    own: ColumnElement[bool] = Quiz.id == (of.parallel_of_id if of is not None else None)
    free = Quiz.parallel_of_id.is_(None) & ~select(other.id).where(other.parallel_of_id == Quiz.id).exists()
    query = select(Quiz).where(shop_filter(viewer, Quiz.shop_id), or_(free, own))
    if of is not None:
        query = query.where(Quiz.id != of.id)
    return list(db.session.scalars(query.order_by(Quiz.updated_at.desc(), Quiz.id.desc()).limit(200)))


def take_from_pre(post: Quiz, pre: Quiz) -> None:
    """Give the 后测 what it must have in common with its 前测."""
    for name in TAKEN_FROM_PRE:
        value = getattr(pre, name)
        setattr(post, name, dict(value or {}) if isinstance(value, dict) else value)


def own_half(pair: QuizPair, quiz: Quiz, candidates: list[Candidate]) -> list[Candidate]:
    """Those of ``candidates``, the pool of ``quiz``, that this form draws from."""
    partner = candidates_of(pair.other(quiz))
    if quiz.id == pair.pre.id:
        return halves(candidates, partner)[0]
    return halves(partner, candidates)[1]


def pair_problems(quiz: Quiz, pair: QuizPair | None, candidates: list[Candidate]) -> list[Problem]:
    """What the pools of a pair lack for two papers without a common question; empty for a quiz of its own."""
    if pair is None:
        return []
    partner = candidates_of(pair.other(quiz))
    first, second = (candidates, partner) if quiz.id == pair.pre.id else (partner, candidates)
    blueprint = dict(pair.pre.blueprint or {})
    if sum(blueprint.values()) > pair.pre.draw_count:
        return []  # said already, of each of them
    return [
        Problem(Fault.TOO_FEW_FOR_PAIR, one.wanted, one.found, one.dimension)
        for one in missing_for_two(first, second, count=pair.pre.draw_count, blueprint=blueprint)
    ]


def post_title(pre: Quiz) -> str:
    """What a 后测 made from this 前测 is called."""
    title = pre.title.replace(_("前测"), _("后测"))
    return title if title != pre.title else _("%(title)s（后测）", title=pre.title[:190])
