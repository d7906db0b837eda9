"""Stage, dimension and product of a group of questions, suggested from its words; a person confirms them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from quizzes.mining.chats import AskedQuestion

_STAGES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "aftersale",
        re.compile(
            r"退货|退款|换货|退换|返修|维修|保修|质保|售后|坏|漏|破损|碎|质量|发票|抬头|降价|保价|价保|差价|投诉"
            r"|安装|取件|赔|少发|漏发|发错|开不了|用不了|没反应|不亮|不转|不工作|异响|清洗|怎么用|使用"
            r"|收到(?!货).{0,6}(?:不|没|坏)|验货|评价|退回|过敏"
        ),
    ),
    (
        "insale",
        re.compile(
            r"发货|到货|何时到|物流|快递|派送|配送|送货|送到|送达|签收|改地址|地址|催|出库|取消|下单|付款|支付|拍下"
            r"|订单|自提|拦截|没收到|预约送|电话错|改电话|当天|揽收|中转|延迟"
        ),
    ),
    (
        "presale",
        re.compile(
            r"有货|现货|补货|尺码|尺寸|多大|多高|多重|容量|功能|区别|推荐|哪款|哪个好|适合|能用|支持|材质|颜色|优惠"
            r"|活动|满减|优惠券|包邮|运费|正品|赠品|送什么|多少钱|价格|便宜|预售|保质期|产地|配件|想买|买多|选什么"
            r"|选哪|成分|敏感|几人|可以(?:烤|煮|炸|打|蒸|做|放|洗)|参数|续航|内存|版本|型号"
        ),
    ),
)
_ATTITUDE = re.compile(
    r"投诉|态度|敷衍|不理|没人(?:管|理|回|处理)|生气|垃圾|骗|忽悠|推脱|踢皮球|太差|差劲|失望|气死|恶心|坑人|坑|过分"
    r"|不负责|曝光|12315|消协|差评|无语|什么服务|怎么办事"
)
_SKILL = re.compile(
    r"便宜|优惠点|少点|打折|抹零|砍价|太贵|赔偿|补偿|赔钱|催|着急|急用|太慢|怎么还没|怎么还不|为何还|一直没|说好"
    r"|不满|不想要|后悔|别家|其他店|哪款好|哪个好|推荐|怎么选|选哪|适合|区别"
)


def stage_of(questions: Sequence[AskedQuestion], answers: Sequence[str]) -> str:
    """presale, insale, aftersale or unknown: the words of the questions decide, then the menus, then the answers."""
    votes: Counter[str] = Counter()
    for question in questions:
        for stage, pattern in _STAGES:
            if pattern.search(question.normalised) or pattern.search(question.core):
                votes[stage] += 6
                break
        if question.stage_hint:
            votes[question.stage_hint] += 4
    for answer in answers[:3]:
        for stage, pattern in _STAGES:
            if pattern.search(answer):
                votes[stage] += 1
                break
    if not votes:
        return "unknown"
    best = max(votes.values())
    return next(stage for stage, _ in _STAGES if votes[stage] == best)


def dimension_of(questions: Sequence[AskedQuestion]) -> str:
    """attitude where the customer is angry at the service, skill where he must be won or calmed, else knowledge."""
    angry = sum(bool(_ATTITUDE.search(question.normalised)) for question in questions)
    hard = sum(bool(_SKILL.search(question.normalised)) for question in questions)
    if angry * 2 >= len(questions):
        return "attitude"
    return "skill" if hard * 2 >= len(questions) else "knowledge"


def product_of(questions: Sequence[AskedQuestion], products: Mapping[str, str]) -> tuple[str, str]:
    """Reference and label of the product that the group is about; empty where it is asked of any product.

    `products` maps references and names to labels. A name in the customer's words decides; else the product of the
    chats, when two conversations or more and most of the group agree on it.
    """
    named: Counter[tuple[str, str]] = Counter()
    for question in questions:
        for name, label in products.items():
            if len(name) >= 2 and not name.isdigit() and name in question.normalised:
                named[name, label] += 1
    if named:
        (name, label), times = max(named.items(), key=lambda item: (item[1], len(item[0][0]), item[0]))
        if times * 2 >= len(questions):
            return name, label
    seen = {(q.conversation_id, q.product_ref, q.product_label) for q in questions if q.product_ref or q.product_label}
    if not seen:
        return "", ""
    conversations = len({question.conversation_id for question in questions})
    counted = Counter((ref, label) for _, ref, label in sorted(seen))
    (ref, label), times = max(counted.items(), key=lambda item: (item[1], item[0]))
    if times < 2 or times * 5 < conversations * 3:
        return "", ""
    return ref, products.get(ref, label or ref)
