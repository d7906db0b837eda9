"""The case library's part of ``lms demo``: two cases that teams of this kind have lived through, retold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from courses.cases.services import CaseText, create_case, publish_case, read_case, report_recurrence
from lms.kernel.clock import to_local
from lms.kernel.hookspecs import DemoStep

PARCELS = CaseText(
    title="两百个包裹：没核对就退款",
    motive="客户很急，说一批货少了两千多元的东西。客服想尽快让客户安心，不让事情闹大。",
    events="客户在群里连发几条语音，语气很冲，也不愿意帮忙清点。客服怕拖久了升级，当场退了款。第二天对仓库的称重记录，"
    "两百多个包裹一个不少。",
    failed_check="退款之前没有核对：称重记录、签收数量、客户的清点照片，三样一样都没看。",
    loss="两千多元货款追不回来；仓库同事被冤枉了一天。",
    new_rule="少件、漏发先核对三样再谈退款：称重记录、签收数量、照片。\n\n核对要多久就告诉客户多久："
    "“我现在去调称重记录，十五分钟内回您。”客户急，我们更要稳。",
)
GIFT = CaseText(
    title="丢了的赠品：“已完成”不等于已发出",
    motive="客服看到工单写着“已完成”，相信同事办好了，让客户再等等。",
    events="客户少收一份赠品，第一位客服登记了补发。几天后客户再来问，第二位客服看工单是“已完成”，回了句“耐心等待”。"
    "其实补发单一直没有从仓库系统出来。客户原本很客气，最后正式投诉。\n\n"
    "专员打电话道歉，听客户讲了二十分钟，用快递补寄并多放了一份小礼物，每走一步都告诉客户，直到签收。客户撤了投诉，还写了好评。",
    failed_check="回答“已经发了”之前，没有看快递单号和揽收记录。",
    loss="一次正式投诉，一份快递费，专员半天时间。",
    new_rule="状态写“已完成”不是证据。对客户说“发出了”之前，要看到单号和揽收记录；没有就说没有，并说清什么时候再回复。",
)


def run(context: Any) -> str:
    """One case for one department only, one for everybody of the shop, read by some; one has come back."""
    author, shop = context.person("supervisor"), context.shop("songguo")
    at = context.days_ago(9, hour=15)
    inside = CaseText(**{**vars(PARCELS), "teams": (context.team("songguo/aftersale"),)})
    parcels = create_case(actor=author, text=inside, shop_id=shop.id, at=at)
    gift = create_case(actor=author, text=GIFT, shop_id=shop.id, at=at)
    for case in (parcels, gift):
        publish_case(actor=author, case=case, at=at + timedelta(hours=1))
    again = context.days_ago(3, hour=11)
    note = "又有一单看到“已补发”就让客户等，仓库没有记录。"
    report_recurrence(actor=author, case=gift, happened_on=to_local(again).date(), note=note, at=again)
    readers = context.agents("songguo")[::2]
    for n, agent in enumerate(readers):
        read_case(actor=agent, case=gift, at=at + timedelta(days=1, hours=n))
    return f"2 个案例，{len(readers)} 人读过"


DEMO_STEPS = (DemoStep(74, "案例库", run),)
