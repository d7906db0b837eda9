"""The knowledge part of ``lms demo``: answers to what customers ask, one overdue, one flagged, one for the big sale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from lms.kernel.clock import to_local
from lms.kernel.db import db
from lms.kernel.hookspecs import DemoStep
from lms.knowledge.models import Product
from lms.knowledge.services import save_product
from lms.knowledge.sop.enums import SopKind
from lms.knowledge.sop.models import SopEntry
from lms.knowledge.sop.queries import product_with_sku
from lms.knowledge.sop.services import SopData, VersionData, add_version, create_entry, flag_wrong, review_entry

TRAINERS = {"songguo": "trainer", "shanyue": "trainer-b"}
MADE, REVIEWED = 20, 6  # days ago
SHIPPING = "多久发货"


@dataclass(frozen=True)
class Written:
    """An entry as a trainer writes it. slot: which of the six questions of the product."""

    shop: str
    title: str
    body: str
    sku: str = ""
    slot: int | None = None
    kind: SopKind = SopKind.SOP
    reviewed: bool = True


ENTRIES = (
    Written("songguo", SHIPPING, "付款后 **48 小时内**发出；16 点前付的一般当天发。\n\n- 刻字款加 1 天\n- 周末照常发"),
    Written("songguo", "能开发票吗", "可以，开电子普通发票，不加钱。确认收货后在订单页申请，24 小时内发到邮箱。"),
    Written("songguo", "七天无理由怎么算", "签收次日起 7 天内可以申请，不影响二次销售就能退。刻字的不支持无理由。",
            reviewed=False),
    Written("songguo", "物流几天没更新", "满 72 小时没有更新，先给客户提交催件，查实丢件免费补发。"),
    Written("songguo", "催发货安抚", "理解您着急，我这边给订单备注加急，最晚付款后 48 小时内发出，发出后您会收到短信。",
            kind=SopKind.SCRIPT),
    Written("songguo", "速干中性笔有几支、多粗", "一盒 12 支，单色不混装；0.5 毫米子弹头。", "SG-P05", 1),
    Written("songguo", "速干中性笔是什么墨", "速干墨水，写完约 1 秒就干，左手写也不蹭。", "SG-P05", 2),
    Written("songguo", "速干中性笔怎么换芯", "配 129 毫米的拔帽笔替芯，按动笔的芯装不进去。", "SG-P05", 3),
    Written("songguo", "速干中性笔能放多久", "未开封 2 年。开封后盖好笔帽，平放。", "SG-P05", 4),
    Written("songguo", "荧光笔几色", "一盒 6 色淡彩，双头，一粗一细。", "SG-HL6", 1),
    Written("songguo", "荧光笔透不透纸", "80 克以上的纸不透；薄的卷子先在角上试一笔。", "SG-HL6", 3),
    Written("songguo", "钢笔能刻什么", "免费刻字，10 个字以内，下单备注写清楚；刻字后不支持无理由退货。", "SG-FP", 3),
    Written("songguo", "马克笔安全吗", "水性丙烯，不含甲醛，有 EN71 检测，3 岁以上可用。", "SG-MK24", 2),
    Written("shanyue", "坚果的保质期", "看每款的商品页：夏威夷果 180 天，芒果干、葡萄干 240 天。开袋后密封尽快吃完。"),
    Written("shanyue", "夏威夷果怎么开", "每袋送 1 个开果器，对准缝一扭就开。", "SY-XWY", 3),
    Written("shanyue", "坏果怎么办", "先道歉，请客户拍照，核实后按坏果的量补发或退差。", kind=SopKind.SCRIPT),
)  # fmt: skip


def run(context: Any) -> str:
    """Write the entries, review most of them, plan 双11, and let an agent find a mistake."""
    made: dict[str, SopEntry] = {}
    for number, one in enumerate(ENTRIES):
        trainer, shop = context.person(TRAINERS[one.shop]), context.shop(one.shop)
        at = context.days_ago(MADE, hour=10, minute=number)
        product = product_with_sku(shop.id, one.sku) if one.sku else None
        data = SopData(title=one.title, kind=one.kind, product=product, slot=one.slot, owner=trainer)
        entry = create_entry(
            actor=trainer, shop=shop, data=data, version=VersionData(one.body, to_local(at).date()), at=at
        )
        made[one.title] = entry
        if one.reviewed:
            review_entry(actor=trainer, entry=entry, at=context.days_ago(REVIEWED, hour=16, minute=number))
    trainer = context.person("trainer")
    start, end = _next_sale(to_local(context.at).date())
    peak = VersionData(
        "双11期间付款后 **5 天内**发出，预售款从付尾款那天算起。\n\n- 加急不保证当天\n- 刻字款另加 2 天",
        start,
        end,
        "双11版",
    )
    add_version(actor=trainer, entry=made[SHIPPING], version=peak, at=context.days_ago(3, hour=11))
    flag_wrong(
        actor=context.person("agent2"),
        entry=made["能开发票吗"],
        note="客户说邮箱三天没收到，财务群里讲现在要 3 个工作日。",
        at=context.days_ago(1, hour=15),
    )
    _know_how(context)
    return f"{len(made)} 条 SOP 与话术，1 条过期未复核，1 条被标记有误"


def _next_sale(today: date) -> tuple[date, date]:
    """The days of the next 双11 that has not ended."""
    end = date(today.year, 11, 12)
    end = end if end >= today else end.replace(year=today.year + 1)
    return end - timedelta(days=11), end


def _know_how(context: Any) -> None:
    """Say who knows about the pen, which also shows a second version of the product."""
    query = select(Product).where(Product.sku == "SG-P05", Product.shop_id == context.shop("songguo").id)
    pen = db.session.scalars(query).one()
    save_product(
        actor=context.person("trainer"),
        product=pen,
        shop=pen.shop,
        sku=pen.sku,
        name=pen.name,
        category=pen.category,
        facts=pen.facts | {"适合": "学生记笔记、办公"},
        active=True,
        contacts={"许嘉宁（售前一组）": "笔尖和替芯", "仓库小吴": "库存和补货时间"},
        at=context.days_ago(5, hour=14),
    )


DEMO_STEPS = (DemoStep(25, "SOP 与话术", run),)
