"""Forms of notices."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from courses.notices.questions import read_questions
from courses.notices.services import NoticeText
from lms.people.forms import ChecklistField
from lms.people.models import Shop


class NoticeForm(FlaskForm):
    """A notice and its check."""

    title = StringField(_l("标题"), validators=[DataRequired(_l("请填写标题。")), Length(max=200)])
    shop_id = SelectField(_l("适用店铺"), coerce=str)
    effective_on = DateField(_l("生效日期"), validators=[Optional()])
    body = TextAreaField(_l("正文"), validators=[DataRequired(_l("请填写正文。")), Length(max=20_000)])
    check_text = TextAreaField(_l("确认小测"), validators=[Length(max=5_000)])
    base = HiddenField(default="0")

    def offer(self, shops: Sequence[Shop], *, everywhere: bool) -> NoticeForm:
        """Fill the choice of shops; ``everywhere``: whether the person may write for all of them."""
        all_shops = [("", _("全部店铺"))] if everywhere else []
        self.shop_id.choices = all_shops + [(str(shop.id), shop.name) for shop in shops]
        return self

    def validate_check_text(self, field: TextAreaField) -> None:
        """Each question must read."""
        if problems := read_questions(field.data or "").problems:
            raise ValidationError(_("第 %(line)s 行：%(message)s", line=problems[0][0], message=problems[0][1]))

    @property
    def text(self) -> NoticeText:
        """What was written."""
        return NoticeText(
            self.title.data or "", self.body.data or "", self.check_text.data or "", self.effective_on.data
        )

    @property
    def chosen_shop_id(self) -> int | None:
        return int(self.shop_id.data) if self.shop_id.data else None


class PublishForm(FlaskForm):
    """Whom to tell."""

    teams = ChecklistField(_l("通知哪些团队"), coerce=int)
