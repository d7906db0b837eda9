"""The form of an import."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField

from lms.people.models import Shop


class PackageForm(FlaskForm):
    """The file, and the shop that the course goes to."""

    file = FileField(_l("课程包"), validators=[FileRequired(_l("请选择一个课程包（zip）。"))])
    shop_id = SelectField(_l("导入到"), coerce=str)

    def offer(self, *, shops: Sequence[Shop], everywhere: bool) -> PackageForm:
        """Fill the choices. ``everywhere``: whether the person may write for all shops."""
        all_shops = [("", _("全部店铺"))] if everywhere else []
        self.shop_id.choices = [(str(shop.id), shop.name) for shop in shops] + all_shops
        return self

    @property
    def chosen_shop_id(self) -> int | None:
        return int(self.shop_id.data) if self.shop_id.data else None
