"""Forms of entries."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.knowledge.models import SKU_MAX
from lms.knowledge.sop.enums import SopKind
from lms.knowledge.sop.labels import KINDS
from lms.knowledge.sop.models import NOTE_MAX, SEASON_MAX, SLOT_NAME_MAX, SLOTS, TITLE_MAX
from lms.people.accounts import ACCOUNT_MAX
from lms.people.models import Shop

NO_SLOT = 0


class EntryForm(FlaskForm):
    """What an entry is, and its everyday answer."""

    title = StringField(_l("问题或标题"), [InputRequired(_l("请填写标题。")), Length(max=TITLE_MAX)])
    kind = SelectField(_l("类型"), choices=[(one.value, label) for one, label in KINDS.items()])
    sku = StringField(_l("商品 SKU"), [Optional(), Length(max=SKU_MAX)], description=_l("不填就是整个店铺通用的条目。"))
    slot = SelectField(_l("六问中的哪一问"), coerce=int, default=NO_SLOT)
    owner = StringField(
        _l("负责人账号"),
        [InputRequired(_l("请填写负责人的账号。")), Length(max=ACCOUNT_MAX)],
        description=_l("每半个月提醒他复核一次。"),
    )
    body = TextAreaField(_l("答复内容"), [InputRequired(_l("请填写答复内容。"))], description=_l("支持 Markdown。"))
    valid_from = DateField(_l("从哪天起执行"), [InputRequired(_l("请填写日期。"))])
    seen = HiddenField()
    resolve = BooleanField(_l("同时把“这条有误”的反馈标为已改正"), default=True)

    def offer(self, slots: dict[int, str]) -> EntryForm:
        """Fill the choice of the six questions."""
        self.slot.choices = [(NO_SLOT, _l("不是六问")), *((number, f"{number} · {slots[number]}") for number in slots)]
        return self

    @property
    def sop_kind(self) -> SopKind:
        return SopKind(self.kind.data)


class NewEntryForm(EntryForm):
    """The same, with the shop that it is for."""

    shop_id = SelectField(_l("店铺"), coerce=int)

    def offer_shops(self, shops: Sequence[Shop]) -> NewEntryForm:
        """Fill the choice of shops."""
        self.shop_id.choices = [(shop.id, shop.name) for shop in shops]
        return self


class VariantForm(FlaskForm):
    """Another answer for some days, such as the big sale."""

    season = StringField(_l("版本名称"), [InputRequired(_l("请填写版本名称。")), Length(max=SEASON_MAX)])
    valid_from = DateField(_l("开始日期"), [InputRequired(_l("请填写日期。"))])
    valid_until = DateField(_l("结束日期"), [InputRequired(_l("请填写日期。"))])
    body = TextAreaField(_l("答复内容"), [InputRequired(_l("请填写答复内容。"))])
    seen = HiddenField()


class FlagForm(FlaskForm):
    """这条有误."""

    note = TextAreaField(_l("哪里有误"), [InputRequired(_l("请写明哪里有误。")), Length(max=NOTE_MAX)])


class ResolveForm(FlaskForm):
    """What became of the flags."""

    resolution = StringField()
    answer = StringField(_l("给反馈人的说明"), [Optional(), Length(max=NOTE_MAX)])


class SlotsForm(FlaskForm):
    """The names of the six common questions of a shop."""

    slot_1 = StringField(_l("第 1 问"), [Length(max=SLOT_NAME_MAX)])
    slot_2 = StringField(_l("第 2 问"), [Length(max=SLOT_NAME_MAX)])
    slot_3 = StringField(_l("第 3 问"), [Length(max=SLOT_NAME_MAX)])
    slot_4 = StringField(_l("第 4 问"), [Length(max=SLOT_NAME_MAX)])
    slot_5 = StringField(_l("第 5 问"), [Length(max=SLOT_NAME_MAX)])
    slot_6 = StringField(_l("第 6 问"), [Length(max=SLOT_NAME_MAX)])

    @property
    def names(self) -> dict[int, str]:
        return {slot: self[f"slot_{slot}"].data or "" for slot in range(1, SLOTS + 1)}
