"""The form of a quiz: minutes and percent on screen, seconds and fractions inside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from lms.kernel.clock import from_local, to_local
from lms.learning.enums import Dimension
from lms.people.models import Person, Shop
from quizzes.papers.enums import Keep, QuizKind, ShowAnswers
from quizzes.papers.labels import DIMENSIONS, KEEPS, KINDS, SHOWS
from quizzes.papers.models import Quiz
from quizzes.papers.policies import Policy
from quizzes.papers.services import MAX_DRAW, QuizData

ALL_SHOPS = 0
NO_PRE_TEST = 0


class QuizForm(FlaskForm):
    """Settings of a quiz. Blank limits mean without limit."""

    title = StringField(_l("测验名称"), [DataRequired(_l("请填写测验名称。")), Length(max=200)])
    kind = SelectField(_l("类型"), choices=[(one.value, label) for one, label in KINDS.items()])
    parallel_of_id = SelectField(_l("配对的前测"), coerce=int, default=NO_PRE_TEST)
    shop_id = SelectField(_l("所属店铺"), coerce=int)
    dimension = SelectField(_l("维度"), choices=[(one.value, label) for one, label in DIMENSIONS.items()])
    description = TextAreaField(_l("给考生的说明"), [Optional(), Length(max=2000)])
    draw_count = IntegerField(_l("每份试卷题数"), [InputRequired(_l("请填写题数。")), NumberRange(1, MAX_DRAW)])
    least_attitude = IntegerField(_l("态度至少"), [Optional(), NumberRange(0, MAX_DRAW)])
    least_knowledge = IntegerField(_l("知识至少"), [Optional(), NumberRange(0, MAX_DRAW)])
    least_skill = IntegerField(_l("技能至少"), [Optional(), NumberRange(0, MAX_DRAW)])
    cut_percent = IntegerField(_l("合格线（%）"), [InputRequired(_l("请填写合格线。")), NumberRange(0, 100)])
    time_limit_minutes = IntegerField(_l("限时（分钟）"), [Optional(), NumberRange(1, 600)])
    attempts_allowed = IntegerField(_l("可作答次数"), [Optional(), NumberRange(1, 100)])
    cooldown_minutes = IntegerField(_l("两次作答间隔（分钟）"), [Optional(), NumberRange(0, 60 * 24 * 30)])
    keep = SelectField(_l("多次作答的成绩"), choices=[(one.value, label) for one, label in KEEPS.items()])
    show_answers = SelectField(_l("答案与解析"), choices=[(one.value, label) for one, label in SHOWS.items()])
    shuffle_items = BooleanField(_l("随机排列题目"))
    shuffle_options = BooleanField(_l("随机排列选项"))
    partial_credit = BooleanField(_l("部分答对也得分"))
    open_practice = BooleanField(_l("开放练习：店铺内的人不用布置也能做"))
    opens_at = DateTimeLocalField(_l("开放时间"), [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
    closes_at = DateTimeLocalField(_l("关闭时间"), [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
    then = HiddenField()

    def offer_shops(self, shops: Sequence[Shop]) -> None:
        """The shops to choose from; one that belongs to all stands last."""
        self.shop_id.choices = [*((shop.id, shop.name) for shop in shops), (ALL_SHOPS, _l("所有店铺"))]

    def offer_pre_tests(self, quizzes: Sequence[Quiz]) -> None:
        """The quizzes that this one may be the 后测 of."""
        self.parallel_of_id.choices = [
            (NO_PRE_TEST, _l("不配对")),
            *((one.id, f"{one.title}" + (f" · {one.shop.name}" if one.shop else "")) for one in quizzes),
        ]

    def data_for_service(self, type_marks: dict[str, float]) -> QuizData:
        """The validated form in the units of the service."""
        minutes = self.time_limit_minutes.data
        least = {
            Dimension.ATTITUDE.value: self.least_attitude.data or 0,
            Dimension.KNOWLEDGE.value: self.least_knowledge.data or 0,
            Dimension.SKILL.value: self.least_skill.data or 0,
        }
        return QuizData(
            title=self.title.data or "",
            shop_id=self.shop_id.data or None,
            kind=QuizKind(self.kind.data),
            parallel_of_id=self.parallel_of_id.data or None,
            dimension=Dimension(self.dimension.data),
            description=self.description.data or "",
            draw_count=self.draw_count.data or 0,
            blueprint={name: number for name, number in least.items() if number},
            open_practice=bool(self.open_practice.data),
            opens_at=_moment(self.opens_at.data),
            closes_at=_moment(self.closes_at.data),
            policy=Policy(
                cut_score=(self.cut_percent.data or 0) / 100,
                time_limit_seconds=minutes * 60 if minutes else None,
                attempts_allowed=self.attempts_allowed.data or None,
                cooldown_seconds=(self.cooldown_minutes.data or 0) * 60,
                keep=Keep(self.keep.data),
                show_answers=ShowAnswers(self.show_answers.data),
                shuffle_items=bool(self.shuffle_items.data),
                shuffle_options=bool(self.shuffle_options.data),
                partial_credit=bool(self.partial_credit.data),
                type_marks=type_marks,
            ),
        )


def _moment(shown: datetime | None) -> datetime | None:
    return from_local(shown) if shown is not None else None


def form_values(
    quiz: Quiz | None, actor: Person, shops: Sequence[Shop], kind: QuizKind = QuizKind.QUIZ
) -> dict[str, object]:
    """What the form starts with: the quiz's settings, or defaults that suit a weekly check of a shop, or an exam."""
    if quiz is None:
        exam = kind is QuizKind.EXAM
        return {
            "kind": kind.value,
            "shop_id": shops[0].id if shops else ALL_SHOPS,
            "dimension": Dimension.KNOWLEDGE.value,
            "draw_count": 20,
            "cut_percent": 80,
            "time_limit_minutes": 30 if exam else 20,
            "attempts_allowed": 2 if exam else 3,
            "cooldown_minutes": 24 * 60 if exam else None,
            "keep": Keep.BEST.value,
            "show_answers": (ShowAnswers.AFTER_PASS if exam else ShowAnswers.AFTER_SUBMIT).value,
            "shuffle_items": True,
            "shuffle_options": True,
            "partial_credit": True,
        }
    least = quiz.blueprint or {}
    return {
        "title": quiz.title,
        "kind": quiz.kind.value,
        "parallel_of_id": quiz.parallel_of_id or NO_PRE_TEST,
        "shop_id": quiz.shop_id or ALL_SHOPS,
        "dimension": quiz.dimension.value,
        "description": quiz.description,
        "draw_count": quiz.draw_count,
        "least_attitude": least.get(Dimension.ATTITUDE.value),
        "least_knowledge": least.get(Dimension.KNOWLEDGE.value),
        "least_skill": least.get(Dimension.SKILL.value),
        "cut_percent": round(quiz.cut_score * 100),
        "time_limit_minutes": quiz.time_limit_seconds // 60 if quiz.time_limit_seconds else None,
        "attempts_allowed": quiz.attempts_allowed,
        "cooldown_minutes": quiz.cooldown_seconds // 60 or None,
        "keep": quiz.keep.value,
        "show_answers": quiz.show_answers.value,
        "shuffle_items": quiz.shuffle_items,
        "shuffle_options": quiz.shuffle_options,
        "partial_credit": quiz.partial_credit,
        "open_practice": quiz.open_practice,
        "opens_at": _shown(quiz.opens_at),
        "closes_at": _shown(quiz.closes_at),
    }


def _shown(at: datetime | None) -> datetime | None:
    return to_local(at).replace(tzinfo=None) if at is not None else None


class AutoForm(FlaskForm):
    """自动选题: how many, of which."""

    count = IntegerField(_l("选多少题"), [InputRequired(_l("请填写题数。")), NumberRange(1, 300)])
    type = StringField()
    dimension = StringField()
    product = StringField()


class AllowanceForm(FlaskForm):
    """个别安排 for one person."""

    account = StringField(_l("账号"), [DataRequired(_l("请填写账号。")), Length(max=64)])
    extra_percent = IntegerField(_l("延长时间（%）"), [Optional(), NumberRange(0, 300)])
    extra_attempts = IntegerField(_l("增加次数"), [Optional(), NumberRange(0, 20)])
    reason = StringField(_l("原因"), [Optional(), Length(max=200)])
