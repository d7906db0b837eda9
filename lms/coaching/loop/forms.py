"""Forms of the loop: a rule, and a case opened by hand."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from lms.coaching.enums import ActOn, Help, RuleKind
from lms.coaching.loop.deciding import RuleSettings
from lms.coaching.loop.labels import ACTS, HELPS, KINDS

NEEDED = InputRequired(_l("请填写一个数字。"))


def _between(least: int, most: int) -> NumberRange:
    return NumberRange(least, most, _l("请填写 %(min)s 到 %(max)s 之间的数字。"))


class RuleForm(FlaskForm):
    """A rule in words that a supervisor reads."""

    active = BooleanField(_l("启用自动布置"))
    kind = RadioField(_l("什么时候布置"), coerce=RuleKind)
    fails = IntegerField(_l("不合格次数"), validators=[NEEDED, _between(1, 20)])
    last = IntegerField(
        _l("最近几次"), description=_l("只在“最近几次里有几次”时有用。"), validators=[NEEDED, _between(1, 50)]
    )
    act_on = RadioField(_l("从什么时候算起"), coerce=ActOn)
    lesson_id = SelectField(_l("补哪节课"), coerce=str)
    quiz_id = SelectField(_l("做哪个测验"), coerce=str)
    due_days = IntegerField(_l("几天内完成"), validators=[NEEDED, _between(1, 90)])
    cooldown_days = IntegerField(
        _l("冷却期（天）"),
        description=_l("布置之后这么多天内，不因同一项再次布置。"),
        validators=[NEEDED, _between(0, 365)],
    )
    follow_up_checks = IntegerField(_l("复检几通"), validators=[NEEDED, _between(1, 50)])
    follow_up_days = IntegerField(_l("几天内复检完"), validators=[NEEDED, _between(1, 90)])
    delay_days = IntegerField(
        _l("效果对照：最多晚几天"),
        description=_l(
            "填 0 表示不做对照。大于 0 时，随机一半人晚几天布置，两半人在这几天里的差别就是课程的真实效果。建议 14。"
        ),
        validators=[NEEDED, _between(0, 60)],
    )

    def offer(self, lessons: Sequence[tuple[int, str]], quizzes: Sequence[tuple[int, str]]) -> RuleForm:
        """Fill the choices."""
        self.kind.choices = [(kind, label) for kind, label in KINDS.items()]
        self.act_on.choices = [(act, label) for act, label in ACTS.items()]
        self.lesson_id.choices = [("", _("按能力项自动选"))] + [(str(ident), title) for ident, title in lessons]
        self.quiz_id.choices = [("", _("按能力项自动选"))] + [(str(ident), title) for ident, title in quizzes]
        return self

    def validate(self, extra_validators: object = None) -> bool:
        """Of the last needs at least as many checks as faults."""
        if not super().validate(extra_validators):
            return False
        if self.kind.data is RuleKind.OF_LAST and (self.last.data or 0) < (self.fails.data or 0):
            self.last.errors = [_("“最近几次”不能少于不合格次数。")]
            return False
        return True

    def settings(self) -> RuleSettings:
        """What was written."""
        fails = self.fails.data or 1
        return RuleSettings(
            active=bool(self.active.data),
            kind=self.kind.data,
            fails=fails,
            last=max(fails, self.last.data or 0),
            act_on=self.act_on.data,
            due_days=self.due_days.data or 7,
            cooldown_days=self.cooldown_days.data or 0,
            follow_up_checks=self.follow_up_checks.data or 5,
            follow_up_days=self.follow_up_days.data or 14,
            delay_days=self.delay_days.data or 0,
            lesson_id=int(self.lesson_id.data) if self.lesson_id.data else None,
            quiz_id=int(self.quiz_id.data) if self.quiz_id.data else None,
        )


class CaseForm(FlaskForm):
    """A remedial case opened by hand."""

    help_ = RadioField(_l("帮助方式"), coerce=Help)
    lesson_id = SelectField(_l("课时"), coerce=str)
    quiz_id = SelectField(_l("测验"), coerce=str)
    note = StringField(_l("给客服的话"), validators=[Length(max=300)])

    def offer(self, lessons: Sequence[tuple[int, str]], quizzes: Sequence[tuple[int, str]]) -> CaseForm:
        """Fill the choices."""
        self.help_.choices = [(help_, label) for help_, label in HELPS.items()]
        self.lesson_id.choices = [("", _("请选择"))] + [(str(ident), title) for ident, title in lessons]
        self.quiz_id.choices = [("", _("不做测验"))] + [(str(ident), title) for ident, title in quizzes]
        return self


class NoteForm(FlaskForm):
    """A sentence that goes with a step."""

    note = StringField(_l("说明"), validators=[Length(max=500)])
