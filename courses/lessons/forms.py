"""The editor's form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from courses.lessons.publishing import LONGEST_NOTE
from courses.lessons.services import Draft, tidy_body
from courses.types import LessonType
from lms.learning.models import Competency
from lms.people.models import Shop

LONGEST_BODY = 60_000


class LessonForm(FlaskForm):
    """Title, competencies, text and the settings of the type. The dimension follows from the competencies."""

    title = StringField(_l("标题"), validators=[DataRequired(_l("请填写标题。")), Length(max=200)])
    summary = StringField(_l("一句话简介"), validators=[Length(max=500)])
    shop_id = SelectField(_l("适用店铺"), coerce=str)
    competency_ids = SelectMultipleField(
        _l("能力项"), coerce=int, validators=[InputRequired(_l("请选择这节课时要教的能力项。"))]
    )
    minutes = IntegerField(
        _l("学习时长（分钟）"),
        default=8,
        validators=[InputRequired(_l("请填写学习时长。")), NumberRange(1, 240, _l("请填 1–240 之间的整数。"))],
    )
    body = TextAreaField(_l("正文"), validators=[Length(max=LONGEST_BODY, message=_l("正文太长，请拆成几节课时。"))])
    note = StringField(_l("改了什么"), validators=[Length(max=LONGEST_NOTE)])
    base = HiddenField(default="0")
    type = HiddenField(default="markdown")
    course_id = HiddenField(default="")
    module_id = HiddenField(default="")

    kind: LessonType
    settings: dict[str, Any]

    def of_type(self, kind: LessonType, settings: Mapping[str, Any], sent: Mapping[str, str] | None) -> LessonForm:
        """Take the settings from what was ``sent``, or show the stored ones."""
        self.kind = kind
        self.settings = kind.settings_from(sent) if sent is not None else dict(settings)
        return self

    def offer(self, *, competencies: Sequence[Competency], shops: Sequence[Shop], everywhere: bool) -> LessonForm:
        """Fill the choices. ``everywhere``: whether the person may write for all shops."""
        self.competency_ids.choices = [(c.id, f"{c.code} {c.name}") for c in competencies]
        self.competencies = {competency.id: competency for competency in competencies}
        all_shops = [("", _("全部店铺"))] if everywhere else []
        self.shop_id.choices = all_shops + [(str(shop.id), shop.name) for shop in shops]
        return self

    def validate_competency_ids(self, field: SelectMultipleField) -> None:
        dimensions = {self.competencies[i].dimension for i in field.data or [] if i in self.competencies}
        if len(dimensions) > 1:
            raise ValidationError(_("一节课时的能力项要属于同一个维度。"))

    def validate_body(self, field: TextAreaField) -> None:
        if found := self.kind.problems(tidy_body(field.data or ""), self.settings):
            first = found[0]
            if not first.line:
                raise ValidationError(first.message)
            raise ValidationError(_("第 %(line)s 行：%(message)s", line=first.line, message=first.message))

    @property
    def draft(self) -> Draft:
        """What was written."""
        return Draft(
            title=self.title.data or "",
            body=self.body.data or "",
            summary=self.summary.data or "",
            minutes=self.minutes.data or 1,
            settings=self.settings,
        )

    @property
    def chosen(self) -> list[Competency]:
        return [self.competencies[i] for i in self.competency_ids.data or []]

    @property
    def chosen_shop_id(self) -> int | None:
        return int(self.shop_id.data) if self.shop_id.data else None
