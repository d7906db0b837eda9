"""The quizzes that ship: their settings, their pools and their publishing, while nobody has edited them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from lms.kernel.db import db
from lms.learning.enums import Dimension
from lms.learning.models import Activity
from quizzes.bank.models import Item
from quizzes.papers.enums import QuizKind, QuizState, ShowAnswers
from quizzes.papers.labels import problem_text
from quizzes.papers.models import Quiz, QuizItem
from quizzes.papers.pairs import pair_of, pair_problems, take_from_pre
from quizzes.papers.queries import candidates_of, competencies_of, drawable, problems_of
from quizzes.starter.files import StarterQuiz
from quizzes.starter.models import StarterState

KIND = "quiz"


def load_quizzes(shipped: Sequence[StarterQuiz], counts: Counter[str], notes: list[str], *, at: datetime) -> None:
    """Make or renew the quizzes in order; ``counts`` gets what was added, renewed and kept."""
    known = _known([one.slug for one in shipped])
    ours: list[tuple[Quiz, StarterQuiz, StarterState]] = []
    for one in shipped:
        quiz, state = known.get(one.slug, (None, None))
        if quiz is not None and (state is None or state.at != quiz.updated_at):
            counts["kept"] += 1
            continue
        if quiz is None:
            quiz = Quiz(shop_id=None, state=QuizState.DRAFT, created_at=at, published_at=None)
            db.session.add(quiz)
            counts["added"] += 1
        else:
            counts["renewed"] += 1
        _settle(quiz, one, at)
        _join(quiz, one)
        db.session.flush()
        _fill(quiz, one, at)
        if state is None:
            state = StarterState(name=_name(one.slug), at=at)
            db.session.add(state)
        ours.append((quiz, one, state))
    for quiz, _one, state in ours:  # only now, since the pools of a pair are judged together
        _publish(quiz, notes, at)
        quiz.updated_at = state.at = at
    db.session.flush()


def _name(slug: str) -> str:
    return f"{KIND}:{slug}"


def _known(slugs: Sequence[str]) -> dict[str, tuple[Quiz, StarterState | None]]:
    names = [_name(slug) for slug in slugs]
    rows = db.session.execute(
        select(Activity.slug, Quiz).join(Quiz, Quiz.activity_id == Activity.id).where(Activity.slug.in_(names))
    ).all()
    states = {one.name: one for one in db.session.scalars(select(StarterState).where(StarterState.name.in_(names)))}
    return {str(slug).removeprefix(f"{KIND}:"): (quiz, states.get(str(slug))) for slug, quiz in rows}


def _settle(quiz: Quiz, one: StarterQuiz, at: datetime) -> None:
    exam = one.kind is QuizKind.EXAM
    quiz.title, quiz.description, quiz.kind = one.title, one.description, one.kind
    quiz.draw_count, quiz.cut_score, quiz.blueprint = one.draw, one.cut, {}
    quiz.time_limit_seconds = one.minutes * 60 or None
    quiz.attempts_allowed, quiz.cooldown_seconds = one.attempts or None, one.cooldown_hours * 3600
    quiz.show_answers = ShowAnswers.AFTER_PASS if exam else ShowAnswers.AFTER_SUBMIT
    quiz.updated_at = at
    quiz.dimension = quiz.dimension or Dimension.KNOWLEDGE
    if quiz.activity is None:
        quiz.activity = Activity(
            kind=KIND, slug=_name(one.slug), shop_id=None, created_at=at, title=one.title, dimension=quiz.dimension
        )


def _join(quiz: Quiz, one: StarterQuiz) -> None:
    """Make it the 后测 of the 前测 that was loaded before it."""
    if not one.parallel_of:
        return
    query = select(Quiz).join(Activity, Activity.id == Quiz.activity_id).where(Activity.slug == _name(one.parallel_of))
    pre = db.session.scalars(query).one_or_none()
    if pre is None:
        return
    other = pair_of(pre)
    if other is None or other.post is quiz:
        quiz.parallel_of_id = pre.id
        take_from_pre(quiz, pre)


def _fill(quiz: Quiz, one: StarterQuiz, at: datetime) -> None:
    """The pool: every item of its lessons that may be drawn."""
    lessons = [Item.slug.startswith(f"{lesson}:") for lesson in one.lessons]
    rows = db.session.execute(select(Item.id, Item.dimension).where(db.or_(*lessons), drawable(None)).order_by(Item.id))
    wanted = {item_id: dimension for item_id, dimension in rows}
    if wanted:
        quiz.dimension = Counter(wanted.values()).most_common(1)[0][0]
    inside = set(db.session.scalars(select(QuizItem.item_id).where(QuizItem.quiz_id == quiz.id)))
    gone = inside - wanted.keys()
    if gone:
        db.session.execute(delete(QuizItem).where(QuizItem.quiz_id == quiz.id, QuizItem.item_id.in_(gone)))
    db.session.add_all([QuizItem(quiz_id=quiz.id, item_id=item, added_at=at) for item in wanted if item not in inside])
    db.session.flush()


def _publish(quiz: Quiz, notes: list[str], at: datetime) -> None:
    """Open it when a paper can be drawn. The activity is there in any case, so that programmes find it by its slug."""
    assert quiz.activity is not None
    quiz.activity.title, quiz.activity.dimension = quiz.title, quiz.dimension
    quiz.activity.competencies = competencies_of(quiz)
    candidates = candidates_of(quiz)
    problems = problems_of(quiz, candidates, pool_size=len(candidates))
    stops = [problem for problem in problems if problem.stops] or pair_problems(quiz, pair_of(quiz), candidates)
    if stops:
        notes.append(f"《{quiz.title}》还不能开放：" + "".join(problem_text(problem) for problem in stops))
        quiz.state = QuizState.CLOSED if quiz.published_at else QuizState.DRAFT
    else:
        quiz.state, quiz.published_at = QuizState.OPEN, quiz.published_at or at
    quiz.activity.archived_at = None if quiz.state is QuizState.OPEN else at
    db.session.flush()
