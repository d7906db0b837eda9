"""Forms of posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.kernel.clock import from_local, to_local
from lms.posts.moving import default_due
from lms.posts.services import NAME_MAX

ALL_SHOPS = 0


class PostForm(FlaskForm):
    name = StringField(_l("岗位名称"), validators=[InputRequired(_l("请填写岗位名称。")), Length(max=NAME_MAX)])
    description = TextAreaField(_l("说明"), description=_l("这个岗位做什么，一两句话。"), validators=[Length(max=500)])
    shop_id = SelectField(_l("店铺"), coerce=int, description=_l("共用的岗位所有店铺都能选。"))
    competencies = SelectMultipleField(_l("要求的能力项"), coerce=int)

    def offer(self, shops: Sequence[tuple[int, str]], *, everybody: bool) -> PostForm:
        """Fill the shops that the actor may write for."""
        if self.shop_id is not None:
            self.shop_id.choices = [*([(ALL_SHOPS, _l("所有店铺共用"))] if everybody else []), *shops]
        return self


class EditPostForm(PostForm):
    shop_id = None


class ChangeForm(FlaskForm):
    """The confirmation of a change: what was ticked, and by when. ``due_at`` is Shanghai time."""

    due_at = DateTimeLocalField(
        _l("截止时间"), format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"], validators=[Optional()]
    )

    def suggest_due(self, at: datetime) -> None:
        """The end of the day, a week from now."""
        self.due_at.data = to_local(default_due(at)).replace(tzinfo=None)

    def due(self) -> datetime | None:
        """The due time as a moment."""
        return from_local(self.due_at.data) if self.due_at.data else None
