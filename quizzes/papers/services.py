"""Writing quizzes: create, edit, fill the pool, publish, close, arrange for one person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, select

from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError
from lms.learning.enums import Dimension
from lms.learning.services import create_activity
from lms.people.models import Person
from lms.people.rules import can_assign_to, can_see_shop, require, require_visible
from quizzes.bank.models import Item
from quizzes.papers.balancing import choose_balanced
from quizzes.papers.checking import Problem
from quizzes.papers.enums import QuizKind, QuizState
from quizzes.papers.labels import problem_text
from quizzes.papers.models import Allowance, Quiz, QuizItem
from quizzes.papers.pairs import pair_of, pair_problems, post_title, take_from_pre
from quizzes.papers.policies import Policy
from quizzes.papers.queries import (
    ItemFilter,
    candidates_for,
    candidates_of,
    competencies_of,
    drawable,
    problems_of,
)
from quizzes.papers.rules import can_see_quiz
from quizzes.permissions import Q

ACTIVITY_KIND = "quiz"
MAX_POOL = 500
MAX_DRAW = 100


class QuizInvalid(DomainError):
    """Settings that contradict each other."""


class QuizNotReady(Conflict):
    """No paper can be drawn from the pool, so the quiz can't be published."""


@dataclass(frozen=True, slots=True)
class QuizData:
    """Everything of a quiz that a trainer sets, but its pool."""

    title: str
    dimension: Dimension
    shop_id: int | None = None
    kind: QuizKind = QuizKind.QUIZ
    parallel_of_id: int | None = None
    description: str = ""
    draw_count: int = 20
    blueprint: dict[str, int] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    open_practice: bool = False
    opens_at: datetime | None = None
    closes_at: datetime | None = None


def create_quiz(*, actor: Person, data: QuizData, at: datetime) -> Quiz:
    """Make a draft with an empty pool."""
    require(Q.QUIZZES_EDIT, of=actor)
    require_visible(can_see_shop(actor, data.shop_id))
    quiz = Quiz(state=QuizState.DRAFT, shop_id=data.shop_id, created_by_id=actor.id, created_at=at)
    _apply(quiz, data, at)
    db.session.add(quiz)
    _join(actor, quiz, data.parallel_of_id)
    db.session.flush()
    return quiz


def update_quiz(*, actor: Person, quiz: Quiz, data: QuizData, at: datetime) -> Quiz:
    """Change a quiz. Running and past attempts keep the policy, draw and cut score that were frozen on them.

    The shop stays what it was once the quiz has been published: results must not move to another shop's people.
    """
    _may_edit(actor, quiz)
    require_visible(can_see_shop(actor, data.shop_id))
    if quiz.activity_id is not None and data.shop_id != quiz.shop_id:
        raise QuizInvalid(_("测验发布后不能更换所属店铺。"), hint=_("可以复制一份到另一家店铺。"))
    quiz.shop_id = data.shop_id
    _apply(quiz, data, at)
    _join(actor, quiz, data.parallel_of_id)
    db.session.flush()
    if (pair := pair_of(quiz)) is not None:
        take_from_pre(pair.post, pair.pre)
        db.session.flush()
    if quiz.state is QuizState.OPEN:
        _require_drawable(quiz)
    if quiz.activity is not None:
        quiz.activity.title, quiz.activity.dimension = quiz.title, quiz.dimension
    db.session.flush()
    return quiz


def _apply(quiz: Quiz, data: QuizData, at: datetime) -> None:
    policy = data.policy
    if not data.title.strip():
        raise QuizInvalid(_("请填写测验名称。"))
    if not 1 <= data.draw_count <= MAX_DRAW:
        raise QuizInvalid(_("每份试卷要有 1 到 %(n)s 题。", n=MAX_DRAW))
    if any(number < 0 for number in data.blueprint.values()) or sum(data.blueprint.values()) > data.draw_count:
        raise QuizInvalid(_("各维度的题数加起来不能超过每份试卷的题数。"))
    if not 0 <= policy.cut_score <= 1:
        raise QuizInvalid(_("合格线要在 0% 到 100% 之间。"))
    if policy.time_limit_seconds is not None and policy.time_limit_seconds < 60:
        raise QuizInvalid(_("限时至少 1 分钟。"))
    if policy.attempts_allowed is not None and policy.attempts_allowed < 1:
        raise QuizInvalid(_("至少要允许作答 1 次。"))
    if policy.cooldown_seconds < 0 or any(mark <= 0 for mark in policy.type_marks.values()):
        raise QuizInvalid(_("间隔时间不能为负，分值要大于 0。"))
    if data.opens_at and data.closes_at and data.closes_at <= data.opens_at:
        raise QuizInvalid(_("关闭时间要晚于开放时间。"))
    quiz.kind = data.kind
    quiz.title, quiz.description, quiz.dimension = data.title.strip(), data.description.strip(), data.dimension
    quiz.draw_count = data.draw_count
    quiz.blueprint = {name: number for name, number in data.blueprint.items() if number}
    quiz.open_practice, quiz.opens_at, quiz.closes_at = data.open_practice, data.opens_at, data.closes_at
    quiz.cut_score, quiz.time_limit_seconds = policy.cut_score, policy.time_limit_seconds
    quiz.attempts_allowed, quiz.cooldown_seconds = policy.attempts_allowed, policy.cooldown_seconds
    quiz.keep, quiz.show_answers = policy.keep, policy.show_answers
    quiz.shuffle_items, quiz.shuffle_options = policy.shuffle_items, policy.shuffle_options
    quiz.partial_credit, quiz.type_marks = policy.partial_credit, dict(policy.type_marks)
    quiz.updated_at = at


def _join(actor: Person, quiz: Quiz, pre_id: int | None) -> None:
    """Make the quiz the 后测 of another, or of none. Once people may have taken it the pair stays as it is."""
    if pre_id == quiz.parallel_of_id:
        return
    if quiz.activity_id is not None:
        raise QuizInvalid(_("测验发布后不能再更换配对的前测。"))
    if pre_id is None:
        quiz.parallel_of_id = None
        return
    pre = db.session.get(Quiz, pre_id)
    require_visible(pre is not None and can_see_quiz(actor, pre))
    assert pre is not None
    if pre.id == quiz.id or pre.parallel_of_id is not None or (quiz.id is not None and pair_of(quiz) is not None):
        raise QuizInvalid(_("后测不能再作为别的测验的前测。"))
    if pair_of(pre) is not None:
        raise QuizInvalid(_("“%(title)s”已有配对的后测。", title=pre.title))
    if pre.shop_id != quiz.shop_id:
        raise QuizInvalid(_("前测和后测要属于同一家店铺。"))
    quiz.parallel_of_id = pre.id
    take_from_pre(quiz, pre)


def create_post_test(*, actor: Person, pre: Quiz, at: datetime) -> Quiz:
    """A draft of the 后测 of ``pre``: its settings and its pool; each person gets other items in it."""
    _may_edit(actor, pre)
    if (pair := pair_of(pre)) is not None:
        raise QuizInvalid(_("“%(title)s”已有配对的后测。", title=pair.pre.title))
    return _duplicate(actor, pre, title=post_title(pre), parallel_of_id=pre.id, at=at)


def add_items(*, actor: Person, quiz: Quiz, item_ids: Iterable[int], at: datetime) -> int:
    """Put items into the pool; returns how many were new. What may not be drawn for this quiz is refused as a whole."""
    _may_edit(actor, quiz)
    wanted = set(item_ids)
    fitting = set(db.session.scalars(select(Item.id).where(Item.id.in_(wanted), drawable(quiz.shop_id))))
    if wanted - fitting:
        raise QuizInvalid(
            _("有 %(n)s 道题不能加入：未通过审核、已过期，或属于别的店铺。", n=len(wanted - fitting)),
            hint=_("请刷新页面后重新选择。"),
        )
    inside = set(db.session.scalars(select(QuizItem.item_id).where(QuizItem.quiz_id == quiz.id)))
    new = sorted(fitting - inside)
    if len(inside) + len(new) > MAX_POOL:
        raise QuizInvalid(_("一个测验的备选题最多 %(n)s 道。", n=MAX_POOL))
    db.session.add_all([QuizItem(quiz_id=quiz.id, item_id=item_id, added_at=at) for item_id in new])
    quiz.updated_at = at
    db.session.flush()
    return len(new)


def remove_items(*, actor: Person, quiz: Quiz, item_ids: Iterable[int], at: datetime) -> int:
    """Take items out of the pool; papers drawn before keep them. Returns how many were taken out."""
    _may_edit(actor, quiz)
    wanted = set(item_ids)
    found = db.session.scalars(select(QuizItem).where(QuizItem.quiz_id == quiz.id, QuizItem.item_id.in_(wanted))).all()
    for row in found:
        db.session.delete(row)
    db.session.flush()
    if quiz.state is QuizState.OPEN:
        _require_drawable(quiz)
    quiz.updated_at = at
    return len(found)


def choose_items(*, actor: Person, quiz: Quiz, count: int, wanted: ItemFilter, at: datetime) -> int:
    """自动选题: add up to `count` items, balanced over types, dimensions and products, the hottest first."""
    _may_edit(actor, quiz)
    chosen = choose_balanced(candidates_for(quiz, wanted), count=count, taken=candidates_of(quiz))
    return add_items(actor=actor, quiz=quiz, item_ids=[one.item_id for one in chosen], at=at)


def publish_quiz(*, actor: Person, quiz: Quiz, at: datetime) -> Quiz:
    """Open a quiz: it becomes a learning activity that can be assigned. Raises QuizNotReady when no paper can be drawn.

    Publishing a closed quiz opens it again with the same activity, so its results stay together.
    """
    _may_edit(actor, quiz)
    _require_drawable(quiz)
    if quiz.activity is None:
        quiz.activity = create_activity(
            actor=actor,
            kind=ACTIVITY_KIND,
            title=quiz.title,
            dimension=quiz.dimension,
            shop_id=quiz.shop_id,
            at=at,
        )
        db.session.flush()
    quiz.activity.competencies = competencies_of(quiz)
    quiz.activity.archived_at = None
    quiz.state = QuizState.OPEN
    quiz.published_at = quiz.published_at or at
    quiz.updated_at = at
    db.session.flush()
    return quiz


def close_quiz(*, actor: Person, quiz: Quiz, at: datetime) -> Quiz:
    """Let nobody start any more; running attempts may be finished, results stay. A second call changes nothing."""
    _may_edit(actor, quiz)
    if quiz.state is QuizState.OPEN:
        quiz.state, quiz.updated_at = QuizState.CLOSED, at
        if quiz.activity is not None:
            quiz.activity.archived_at = at
        db.session.flush()
    return quiz


def copy_quiz(*, actor: Person, quiz: Quiz, at: datetime) -> Quiz:
    """A new draft with the same settings and pool."""
    _may_edit(actor, quiz)
    return _duplicate(actor, quiz, title=_("%(title)s（副本）", title=quiz.title[:190]), parallel_of_id=None, at=at)


def _duplicate(actor: Person, quiz: Quiz, *, title: str, parallel_of_id: int | None, at: datetime) -> Quiz:
    data = QuizData(
        title=title,
        kind=quiz.kind,
        parallel_of_id=parallel_of_id,
        dimension=quiz.dimension,
        shop_id=quiz.shop_id,
        description=quiz.description,
        draw_count=quiz.draw_count,
        blueprint=dict(quiz.blueprint or {}),
        policy=quiz.policy,
        open_practice=quiz.open_practice,
    )
    copy = create_quiz(actor=actor, data=data, at=at)
    items = db.session.scalars(select(QuizItem.item_id).where(QuizItem.quiz_id == quiz.id).order_by(QuizItem.item_id))
    db.session.add_all([QuizItem(quiz_id=copy.id, item_id=item_id, added_at=at) for item_id in items.all()])
    db.session.flush()
    return copy


def delete_draft(*, actor: Person, quiz: Quiz) -> None:
    """Remove a quiz that was never published; one that was is closed instead, since results hang on it."""
    _may_edit(actor, quiz)
    if quiz.activity_id is not None:
        raise QuizInvalid(_("发布过的测验不能删除，可以关闭。"))
    pair = pair_of(quiz)
    if pair is not None and pair.pre.id == quiz.id:
        raise QuizInvalid(_("它是“%(title)s”的前测，请先删除后测。", title=pair.post.title))
    db.session.execute(delete(QuizItem).where(QuizItem.quiz_id == quiz.id))
    db.session.execute(delete(Allowance).where(Allowance.quiz_id == quiz.id))
    db.session.delete(quiz)
    db.session.flush()


def grant_allowance(
    *,
    actor: Person,
    quiz: Quiz,
    person: Person,
    extra_percent: int,
    extra_attempts: int,
    reason: str,
    at: datetime,
) -> Allowance:
    """Give one person more time or further attempts; holds for attempts that start later. Replaces an earlier one."""
    _may_edit(actor, quiz)
    require_visible(can_assign_to(actor, person))
    if not 0 <= extra_percent <= 300 or not 0 <= extra_attempts <= 20:
        raise QuizInvalid(_("延长时间在 0% 到 300% 之间，增加次数在 0 到 20 次之间。"))
    found = db.session.get(Allowance, (quiz.id, person.id))
    allowance = found or Allowance(quiz_id=quiz.id, person_id=person.id)
    allowance.extra_percent, allowance.extra_attempts = extra_percent, extra_attempts
    allowance.reason, allowance.granted_by_id, allowance.at = reason.strip()[:200], actor.id, at
    db.session.add(allowance)
    db.session.flush()
    return allowance


def _may_edit(actor: Person, quiz: Quiz) -> None:
    require_visible(can_see_quiz(actor, quiz))
    require(Q.QUIZZES_EDIT, of=actor)


def _problems(quiz: Quiz) -> list[Problem]:
    candidates = candidates_of(quiz)
    alone = problems_of(quiz, candidates, pool_size=len(candidates))  # what left the draws only warns
    return (
        alone if any(problem.stops for problem in alone) else [*alone, *pair_problems(quiz, pair_of(quiz), candidates)]
    )


def _require_drawable(quiz: Quiz) -> None:
    db.session.flush()
    faults: Sequence[str] = [problem_text(problem) for problem in _problems(quiz) if problem.stops]
    if faults:
        raise QuizNotReady("".join(faults), hint=_("请补充试题或调整题数。"))
