"""Forms of assigning and of competencies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.kernel.clock import from_local, to_local
from lms.learning.enums import AssignmentReason, Dimension
from lms.learning.labels import DIMENSION_LABELS, REASON_LABELS
from lms.people.forms import ChecklistField

ALL_SHOPS = 0
DEFAULT_DAYS = 7


class AssignForm(FlaskForm):
    """Who gets the work, by when and why. ``due_at`` is Shanghai time, as on the clock on the wall."""

    teams = ChecklistField(_l("整个团队"), coerce=int)
    people = ChecklistField(_l("个人"), coerce=int)
    due_at = DateTimeLocalField(
        _l("截止时间"), format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"], validators=[Optional()]
    )
    reason = SelectField(
        _l("布置原因"),
        choices=[(reason.value, REASON_LABELS[reason]) for reason in AssignmentReason],
        default=AssignmentReason.BY_HAND.value,
    )
    note = StringField(_l("给学员的话"), validators=[Length(max=500)])

    def offer(self, teams: Sequence[tuple[int, str]], people: Sequence[tuple[int, str]]) -> AssignForm:
        """Fill the choices: only whom the actor reaches."""
        self.teams.choices = [*teams]
        self.people.choices = [*people]
        return self

    def suggest_due(self, at: datetime) -> None:
        """The end of the day, a week from now."""
        day = to_local(at) + timedelta(days=DEFAULT_DAYS)
        self.due_at.data = day.replace(hour=23, minute=59, second=0, microsecond=0, tzinfo=None)

    def due(self) -> datetime | None:
        """The due time as a moment."""
        return from_local(self.due_at.data) if self.due_at.data else None


class CompetencyForm(FlaskForm):
    code = StringField(
        _l("编号"),
        description=_l("短而固定，例如 S-安抚。导入导出时靠它认。"),
        validators=[InputRequired(_l("请填写编号。")), Length(max=40)],
    )
    name = StringField(_l("名称"), validators=[InputRequired(_l("请填写能力项名称。")), Length(max=100)])
    dimension = SelectField(
        _l("维度"), choices=[(dimension.value, DIMENSION_LABELS[dimension]) for dimension in Dimension]
    )
    shop_id = SelectField(_l("店铺"), coerce=int, description=_l("共用的能力项所有店铺都看得到。"))
    description = TextAreaField(_l("说明"), description=_l("做到什么样算会了。"), validators=[Length(max=500)])

    def offer(self, shops: Sequence[tuple[int, str]], *, everybody: bool) -> CompetencyForm:
        """Fill the shops that the actor may write for."""
        self.shop_id.choices = [*([(ALL_SHOPS, _l("所有店铺共用"))] if everybody else []), *shops]
        return self


class EditCompetencyForm(CompetencyForm):
    shop_id = None
