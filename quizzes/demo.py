"""The quizzes' part of ``lms demo``: mined questions, a reviewed bank, quizzes assigned and taken by some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lms.kernel.hookspecs import DemoStep
from lms.learning.competency_services import create_competency
from lms.learning.enums import AssignmentReason, Dimension
from lms.learning.models import Competency
from lms.learning.services import assign
from lms.people.models import Person, Shop
from quizzes.attempts.marking import mark_slot, scaled_points
from quizzes.attempts.models import Attempt
from quizzes.attempts.services import save_answer, start_attempt, submit_attempt
from quizzes.bank.drafting import fill_batch, plan_batch, top_groups
from quizzes.bank.enums import RejectReason
from quizzes.bank.models import Item
from quizzes.bank.queries import competencies_for, question_type
from quizzes.bank.services import accept_item, add_item, reject_item
from quizzes.demo_items import WRITTEN
from quizzes.demo_pair import change_ground, pair
from quizzes.demo_takers import answer
from quizzes.drafting import TYPES
from quizzes.mining.services import mine_questions
from quizzes.papers.models import Quiz
from quizzes.papers.policies import Policy
from quizzes.papers.queries import ItemFilter
from quizzes.papers.services import QuizData, choose_items, create_quiz, publish_quiz

DAY = 7  # days ago: the morning after the last chats, when the trainers work through all of it
TRAINERS = {"songguo": "trainer", "shanyue": "trainer-b"}
TOP = {"songguo": 300, "shanyue": 100}
WAITING = {"songguo": 15, "shanyue": 5}  # drafts left in the review queue, for whoever looks around

# Which of the starter competencies an item tests, by dimension and stage; without the courses they are made here.
_CODES = {
    (Dimension.KNOWLEDGE, "presale"): ("K3", "商品知识"),
    (Dimension.KNOWLEDGE, "insale"): ("K2", "发货与物流"),
    (Dimension.KNOWLEDGE, "aftersale"): ("K1", "退换货规则"),
    (Dimension.SKILL, "aftersale"): ("S3", "投诉处理"),
    (Dimension.SKILL, ""): ("S1", "接待与需求确认"),
    (Dimension.ATTITUDE, ""): ("A2", "情绪稳定"),
    (Dimension.KNOWLEDGE, ""): ("K3", "商品知识"),
}


def mine(context: Any) -> str:
    """Mine both shops' chats, as their trainers would."""
    runs = [
        mine_questions(
            shop_id=context.shop(key).id, actor=context.person(account), at=context.days_ago(DAY, hour=9, minute=20)
        )
        for key, account in TRAINERS.items()
    ]
    questions, groups = sum(run.questions for run in runs), sum(run.groups for run in runs)
    return f"{questions} 个客户问题，归并为 {groups} 个问题簇"


def fill_bank(context: Any) -> str:
    """Draft from the hottest questions of each shop and review the drafts, all but a few."""
    drafted = accepted = 0
    for key, account in TRAINERS.items():
        trainer, shop = context.person(account), context.shop(key)
        at = context.days_ago(DAY, hour=10)
        groups = top_groups(trainer, TOP[key], shop.id)
        batch = plan_batch(actor=trainer, groups=groups, types=TYPES, at=at)
        items = fill_batch(actor=trainer, batch=batch, at=at)
        drafted += len(items)
        accepted += _review(trainer, shop, items[: len(items) - WAITING[key]], at=context.days_ago(DAY, hour=14))
    written = _write_own(context)
    return f"起草 {drafted} 道，审核通过 {accepted} 道，手写 {written} 道"


def _write_own(context: Any) -> int:
    """Items on attitude and skill, which chats yield few of; written by hand, for all shops."""
    author, at = context.person("admin"), context.days_ago(DAY, hour=13)
    for written in WRITTEN:
        at += timedelta(minutes=4)
        competency = _competency(author, written.dimension, (written.code, ""), None)
        item = add_item(
            actor=author,
            type=written.type,
            stem=written.stem,
            definition=written.definition(),
            rationale=written.why,
            dimension=written.dimension,
            at=at,
        )
        accept_item(actor=author, item=item, dimension=written.dimension, competencies=[competency], at=at)
    return len(WRITTEN)


def _review(reviewer: Person, shop: Shop, items: Sequence[Item], *, at: datetime) -> int:
    """Accept what can stand, refuse what is trivial; twenty seconds an item."""
    accepted = 0
    for item in items:
        at += timedelta(seconds=20)
        if is_trivial(item):
            reject_item(actor=reviewer, item=item, reason=RejectReason.TRIVIAL, at=at)
            continue
        stage = str(item.group.stage) if item.group else ""
        wanted = _CODES.get((item.dimension, stage)) or _CODES[item.dimension, ""]
        competency = _competency(reviewer, item.dimension, wanted, shop.id)
        accept_item(actor=reviewer, item=item, dimension=item.dimension, competencies=[competency], at=at)
        accepted += 1
    return accepted


def is_trivial(item: Item) -> bool:
    """Whether the key says next to nothing: a word or two that fit any question."""
    version = item.current_version
    if version is None or item.type in ("truefalse", "fill"):
        return False
    return len(question_type(item.type).key_text(version.definition)) < 8


def _competency(actor: Person, dimension: Dimension, wanted: tuple[str, str], shop_id: int | None) -> Competency:
    """The competency of this (code, name), or another of the dimension; made where there is none."""
    known = [one for one in competencies_for(shop_id) if one.dimension is dimension]
    found = next((one for one in known if one.code == wanted[0]), None) or next(iter(known), None)
    if found is not None:
        return found
    code, name = wanted if wanted[1] else _CODES[dimension, ""]
    return create_competency(actor=actor, code=code, name=name, description="", dimension=dimension, shop_id=shop_id)


@dataclass(frozen=True)
class Sitting:
    """One person's go at a quiz: so many days ago at that hour, the chance of being right, and whether to the end."""

    account: str
    days_ago: int
    hour: int
    ability: float
    finishes: bool = True


def hold_quizzes(context: Any) -> str:
    """Three quizzes: the main one of 20 items, a short one with a task overdue, and one of the other shop."""
    main = _quiz(
        context,
        "songguo",
        "松果文具·售前售后基础测验",
        draw=20,
        pool=70,
        minutes=25,
        blueprint={"attitude": 2, "skill": 3},
    )
    short = _quiz(context, "songguo", "发货与物流小测", draw=8, pool=24, minutes=None)
    other = _quiz(context, "shanyue", "山月坊·新品上架前小测", draw=8, pool=20, minutes=15)
    trainer, trainer_b = context.person("trainer"), context.person("trainer-b")
    everybody = context.agents("songguo")
    _assign(context, trainer, main, everybody, due=context.at + timedelta(days=4))
    _assign(context, trainer, short, everybody, due=context.days_ago(2, hour=18))
    _assign(context, trainer_b, other, context.agents("shanyue"), due=context.at + timedelta(days=3))
    taken = [_sit(context, main, sitting) for sitting in MAIN]
    taken += [_sit(context, short, sitting) for sitting in SHORT]
    taken += [_sit(context, other, sitting) for sitting in OTHER]
    for quiz, marker, leave in ((main, trainer, "fengkai"), (short, trainer, ""), (other, trainer_b, "")):
        _mark(context, marker, [attempt for attempt in taken if attempt.quiz_id == quiz.id], leave=leave)
    return f"3 个测验，{len(taken)} 份答卷"


AKS = {"attitude": 2, "skill": 3}  # at least so many of the twenty; the rest may be of any dimension

# The agent of the demo accounts has the main quiz still to take; "duruo", the newest, has let the short one lapse.
MAIN = (
    Sitting("lead", 6, 10, 0.96),
    Sitting("zhanghaoran", 6, 16, 0.88),
    Sitting("limengyao", 5, 9, 0.72),
    Sitting("liuxinyi", 5, 14, 0.84),
    Sitting("zhaoyiming", 4, 20, 0.58),
    Sitting("sunjiahui", 4, 11, 0.93),
    Sitting("limengyao", 3, 15, 0.9),
    Sitting("jiangtingting", 3, 17, 0.8),
    Sitting("wuzihan", 2, 13, 0.66),
    Sitting("fengkai", 1, 9, 0.86),
    Sitting("wuzihan", 1, 19, 0.78),
)
SHORT = (
    Sitting("lead", 6, 9, 0.98),
    Sitting("agent", 6, 14, 0.9),
    Sitting("agent2", 6, 16, 0.85),
    Sitting("limengyao", 5, 17, 0.8),
    Sitting("zhanghaoran", 5, 10, 0.92),
    Sitting("liuxinyi", 4, 9, 0.88),
    Sitting("zhaoyiming", 4, 15, 0.55),
    Sitting("sunjiahui", 3, 11, 0.95),
    Sitting("fengkai", 3, 14, 0.85),
    Sitting("jiangtingting", 3, 9, 0.9),
    Sitting("wuzihan", 2, 16, 0.5, finishes=False),
)
OTHER = (
    Sitting("hanlei", 5, 10, 0.95),
    Sitting("tangshiyu", 4, 13, 0.75),
    Sitting("caoyang", 2, 18, 0.85),
)


def _quiz(context: Any, shop: str, title: str, *, draw: int, pool: int, minutes: int | None, **more: Any) -> Quiz:
    trainer = context.person(TRAINERS[shop])
    at = context.days_ago(DAY, hour=17)
    policy = Policy(cut_score=0.8, time_limit_seconds=minutes * 60 if minutes else None, attempts_allowed=3)
    data = QuizData(
        title=title,
        dimension=Dimension.KNOWLEDGE,
        shop_id=context.shop(shop).id,
        draw_count=draw,
        policy=policy,
        **more,
    )
    quiz = create_quiz(actor=trainer, data=data, at=at)
    choose_items(actor=trainer, quiz=quiz, count=pool, wanted=ItemFilter(), at=at)
    return publish_quiz(actor=trainer, quiz=quiz, at=at)


def _assign(context: Any, actor: Person, quiz: Quiz, people: list[Person], *, due: datetime) -> None:
    at = context.days_ago(DAY, hour=17, minute=30)
    reason = AssignmentReason.BY_HAND
    assert quiz.activity is not None
    assign(actor=actor, activity=quiz.activity, people=people, due_at=due, reason=reason, at=at)


def _sit(context: Any, quiz: Quiz, sitting: Sitting) -> Attempt:
    """Take the quiz answer by answer, as the page does; an unfinished one stops after half of it."""
    rng = context.rng(f"{quiz.title}/{sitting.account}/{sitting.days_ago}")
    person = context.person(sitting.account)
    at = context.days_ago(sitting.days_ago, hour=sitting.hour, minute=rng.randrange(50))
    attempt = start_attempt(actor=person, quiz=quiz, at=at, seed=rng.randrange(2**31))
    slots = attempt.slots if sitting.finishes else attempt.slots[: len(attempt.slots) // 2]
    for sequence, slot in enumerate(slots, 1):
        at += timedelta(seconds=rng.randint(12, 55))
        given = answer(question_type(slot.type), slot.version.definition, ability=sitting.ability, rng=rng)
        save_answer(
            actor=person,
            attempt=attempt,
            position=slot.position,
            answer=given,
            sequence=sequence,
            client="demo",
            at=at,
        )
    if sitting.finishes:
        submit_attempt(actor=person, attempt=attempt, at=at + timedelta(seconds=20))
    return attempt


def _mark(context: Any, marker: Person, attempts: list[Attempt], *, leave: str) -> None:
    """Mark what waits, by the key points that an answer hits; the papers of ``leave`` go on waiting."""
    for attempt in attempts:
        if attempt.is_open or attempt.person.account == leave or attempt.submitted_at is None:
            continue
        at = attempt.submitted_at + timedelta(hours=3)
        for slot in attempt.slots:
            if slot.mark is not None:
                continue
            definition = slot.version.definition
            hits = question_type(slot.type).suggest(definition, slot.response.answer)  # type: ignore[attr-defined]
            given = {hit.point_id: hit.mark if hit.hit else 0.0 for hit in hits}
            full = {hit.point_id: hit.mark for hit in hits}
            mark = scaled_points(full, given, slot.max_mark)
            mark_slot(actor=marker, slot=slot, mark=mark, points=given, at=min(at, context.at))


def hold_pair(context: Any) -> str:
    """A 前测 and a 后测, both taken; and items whose ground has changed."""

    def sit(quiz: Quiz, account: str, days_ago: int, ability: float) -> Attempt:
        return _sit(context, quiz, Sitting(account, days_ago, 13, ability))

    pair(context, sit)
    return f"1 对前后测，{change_ground(context)} 道试题依据已变更"


DEMO_STEPS = (
    DemoStep(60, "客户问题", mine),
    DemoStep(70, "试题", fill_bank),
    DemoStep(80, "测验", hold_quizzes),
    DemoStep(82, "前测与后测", hold_pair),
)
