"""Forms of the conversations pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import MultipleFileField, SelectField, ValidationError

from lms.conversations.formats import ChatFormat
from lms.people.models import Shop

MOST_FILES = 50
ALL_SHOPS = 0


class UploadForm(FlaskForm):
    chats = MultipleFileField(_l("聊天记录文件"))
    format = SelectField(_l("格式"), default="auto")
    shop = SelectField(_l("店铺"), coerce=int, description=_l("聊天记录只有服务这个店铺的同事看得到。"))

    def offer(self, shops: Sequence[Shop], formats: Sequence[ChatFormat], *, all_shops: bool) -> UploadForm:
        """Fill the choices. all_shops: whether chats may belong to every shop."""
        self.format.choices = [("auto", _("自动识别")), *((f.name, f.label) for f in formats)]
        self.shop.choices = [(shop.id, shop.name) for shop in shops]
        if all_shops:
            self.shop.choices.append((ALL_SHOPS, _("全部店铺（所有人可见）")))
        return self

    @property
    def uploads(self) -> list[FileStorage]:
        """The files that were really chosen."""
        return [upload for upload in self.chats.data or [] if isinstance(upload, FileStorage) and upload.filename]

    @property
    def shop_id(self) -> int | None:
        return self.shop.data or None

    def validate_chats(self, _field: Any) -> None:
        """At least one file, and not a whole disk."""
        if not self.uploads:
            raise ValidationError(_("请选择要导入的文件。"))
        if len(self.uploads) > MOST_FILES:
            raise ValidationError(_("一次最多 %(n)s 个文件，更多的请打成 ZIP。", n=MOST_FILES))


class ChoiceForm(FlaskForm):
    format = SelectField(_l("格式"))

    def offer(self, formats: Sequence[ChatFormat]) -> ChoiceForm:
        """Fill the choice of formats."""
        self.format.choices = [(f.name, f.label) for f in formats]
        return self
