"""Forms of cases."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from courses.cases.services import CaseText
from lms.people.forms import ChecklistField
from lms.people.models import Shop, Team

LONGEST = 5_000


class CaseForm(FlaskForm):
    """A case in its six parts, and whom it is for."""

    title = StringField(_l("标题"), validators=[DataRequired(_l("请填写标题。")), Length(max=200)])
    shop_id = SelectField(_l("店铺"), coerce=str)
    motive = TextAreaField(
        _l("动机"), description=_l("先说当事人想做什么好事；对事不对人。"), validators=[Length(max=LONGEST)]
    )
    events = TextAreaField(_l("经过"), description=_l("按时间写，不写姓名。"), validators=[Length(max=LONGEST)])
    failed_check = TextAreaField(_l("哪道检查没做到"), validators=[Length(max=LONGEST)])
    loss = TextAreaField(_l("损失"), description=_l("钱、口碑、时间，有多少写多少。"), validators=[Length(max=LONGEST)])
    new_rule = TextAreaField(_l("新规矩"), description=_l("以后怎么做，一两句话。"), validators=[Length(max=LONGEST)])
    quiz_activity_id = SelectField(_l("配套测验"), coerce=str)
    criterion_id = SelectField(
        _l("对应的评分项"), description=_l("选了之后，发布以来这一项又出了几次问题会自动统计。"), coerce=str
    )
    team_ids = ChecklistField(_l("谁能看"), coerce=int)

    def offer(
        self,
        shops: Sequence[Shop],
        *,
        everywhere: bool,
        teams: Sequence[tuple[int, str]],
        quizzes: Sequence[tuple[int, str]],
        criteria: Sequence[tuple[int, str]] = (),
    ) -> CaseForm:
        """Fill the choices."""
        all_shops = [("", _("全部店铺"))] if everywhere else []
        self.shop_id.choices = all_shops + [(str(shop.id), shop.name) for shop in shops]
        self.team_ids.choices = list(teams)
        self.quiz_activity_id.choices = [("", _("没有"))] + [(str(ident), title) for ident, title in quizzes]
        self.criterion_id.choices = [("", _("没有"))] + [(str(ident), name) for ident, name in criteria]
        return self

    def text(self, teams: Sequence[Team]) -> CaseText:
        """What was written; ``teams`` are those that were ticked."""
        quiz = self.quiz_activity_id.data
        return CaseText(
            title=self.title.data or "",
            motive=self.motive.data or "",
            events=self.events.data or "",
            failed_check=self.failed_check.data or "",
            loss=self.loss.data or "",
            new_rule=self.new_rule.data or "",
            quiz_activity_id=int(quiz) if quiz else None,
            criterion_id=int(self.criterion_id.data) if self.criterion_id.data else None,
            teams=tuple(teams),
        )

    @property
    def chosen_shop_id(self) -> int | None:
        return int(self.shop_id.data) if self.shop_id.data else None


class RecurrenceForm(FlaskForm):
    """The same thing happened again."""

    happened_on = DateField(_l("哪天"), validators=[InputRequired(_l("请填写日期。"))])
    note = StringField(_l("说明"), validators=[Length(max=500)])
