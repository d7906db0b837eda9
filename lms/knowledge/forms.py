"""Forms of products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from lms.knowledge.facts import read_facts
from lms.knowledge.models import CATEGORY_MAX, NAME_MAX, SKU_MAX
from lms.people.models import Shop


class ProductForm(FlaskForm):
    shop_id = SelectField(_l("店铺"), coerce=int)
    sku = StringField(
        _l("SKU"),
        description=_l("聊天记录里的商品编号，系统靠它认出客户问的是哪个商品。"),
        validators=[InputRequired(_l("请填写 SKU。")), Length(max=SKU_MAX)],
    )
    name = StringField(_l("商品名称"), validators=[InputRequired(_l("请填写商品名称。")), Length(max=NAME_MAX)])
    category = StringField(_l("类目"), validators=[Length(max=CATEGORY_MAX)])
    facts = TextAreaField(
        _l("商品信息"),
        description=_l("一行一条，冒号前是名称，后面是内容。例如：保质期：180 天"),
        validators=[Length(max=40_000)],
    )
    contacts = TextAreaField(
        _l("谁最懂"),
        description=_l("一行一个，冒号前是找谁，后面是懂什么、怎么找。例如：仓库小吴：库存和补货时间"),
        validators=[Length(max=5_000)],
    )
    active = BooleanField(_l("在售"), default=True)

    def offer(self, shops: Sequence[Shop]) -> ProductForm:
        """Fill the choice of shops."""
        self.shop_id.choices = [(shop.id, shop.name) for shop in shops]
        return self

    def validate_contacts(self, field: Any) -> None:
        """Each line must read as somebody and what they know."""
        self.validate_facts(field)

    def validate_facts(self, field: Any) -> None:
        """Each line must read as label and value."""
        if problems := read_facts(field.data or "").problems:
            line, text = problems[0]
            message = _(
                "第 %(n)s 行“%(text)s”不对：要写成“名称：内容”，名称最多 40 字，内容最多 500 字。", n=line, text=text
            )
            raise ValidationError(message)


class EditProductForm(ProductForm):
    shop_id = None


class ProductFileForm(FlaskForm):
    shop_id = SelectField(_l("店铺"), coerce=int)
    file = FileField(_l("商品表"), validators=[FileRequired(_l("请选择一个 xlsx 或 csv 文件。"))])
    dry_run = BooleanField(_l("只检查，不写入"))

    def offer(self, shops: Sequence[Shop]) -> ProductFileForm:
        """Fill the choice of shops."""
        self.shop_id.choices = [(shop.id, shop.name) for shop in shops]
        return self
