"""Forms of courses."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from lms.people.models import Shop


class CourseForm(FlaskForm):
    """Title and summary of a course that is there."""

    title = StringField(_l("课程名称"), validators=[DataRequired(_l("请填写课程名称。")), Length(max=200)])
    summary = TextAreaField(_l("简介"), validators=[Length(max=500)])


class NewCourseForm(CourseForm):
    """The same, and the shop, which is chosen once."""

    shop_id = SelectField(_l("适用店铺"), coerce=str)

    def offer(self, *, shops: Sequence[Shop], everywhere: bool) -> NewCourseForm:
        """Fill the choices. ``everywhere``: whether the person may write for all shops."""
        all_shops = [("", _("全部店铺"))] if everywhere else []
        self.shop_id.choices = all_shops + [(str(shop.id), shop.name) for shop in shops]
        return self

    @property
    def chosen_shop_id(self) -> int | None:
        return int(self.shop_id.data) if self.shop_id.data else None
