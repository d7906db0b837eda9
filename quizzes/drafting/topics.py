"""What a sentence is about, and how like another it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

Cut = Callable[[str], list[str]]

_TOPICS: dict[str, str] = {
    "invoice": r"发票|专票|增票|普票|抬头|税号|开票|税票|票据|报销|购物清单",
    "refund": r"退款|退钱|退回来|到账|原路|退还|返还|退费",
    "return": r"退货|退换|换货|返修|无理由|退掉|能退|可以退|包退|换尺码|换码|拒收|寄回|上门取件|取件",
    "price": r"价保|保价|降价|差价|价格保护|便宜|涨价|保值",
    "coupon": r"优惠|满减|折扣|活动|红包|京豆|积分|[京东]券|礼券|领券|用券|打折|秒杀|运费券",
    "address": r"地址|收货人|收件人|改派|转寄",
    "delivery": r"配送|送货|发货|快递|物流|送达|派送|自提|到货|送到|顺丰|邮政|出库|几天能?到|寄出|发什么|站点|上门",
    "postage": r"运费|邮费|包邮|免邮",
    "install": r"安装|调试|上墙|挂架",
    "warranty": r"保修|质保|维修|联保|三包|质量问题|坏了|检测|厂家售后|保养|换新",
    "stock": r"有货|缺货|现货|补货|预售|无货|断货|采购|库存|到货通知|预定|上架",
    "pay": r"支付|付款|白条|分期|刷卡|现金|转账|汇款|余额|花呗|银行卡|E卡|礼品卡",
    "order": r"取消订单|取消|下单|拍下|重新拍|合并|拆单|改订单|修改订单|订单",
    "gift": r"赠品|赠送|送什么|礼品|配件|附送",
    "real": r"正品|假货|真伪|授权|防伪",
    "member": r"会员|plus|PLUS|等级",
    "account": r"账号|账户|密码|手机号|绑定|实名|登录|注册",
    "import": r"海关|清关|关税|保税|全球购|海外|港仓",
    "size": r"尺码|尺寸|大小|偏大|偏小|身高|体重|多大|几码|型号",
    "date": r"保质期|生产日期|过期|日期",
    "clean": r"清洗|水洗|拆洗|洗涤|机洗|手洗|洗碗|水垢|除垢|擦拭|消毒",
    "heat": r"加热|煮|炖|蒸|烧|煲|熬|沸|预约|保温|温度|火力|解冻",
    "water": r"加水|水位|漏水|进水|防水|水箱|干烧|注水",
    "grind": r"搅拌|打碎|榨|研磨|干磨|绞|破壁|豆浆|果汁|辅食|打蛋|打泥",
    "material": r"材质|材料|面料|不锈钢|塑料|玻璃|纯棉|铝|陶瓷|涂层|皮质",
    "power": r"功率|电压|充电|电池|续航|插座|电源|耗电|瓦",
    "noise": r"噪音|声音|静音|分贝|吵",
    "food": r"口味|味道|保存|冷藏|开封|食用|配料|含糖|过敏|孕妇|儿童|宝宝|敏感肌|肤质",
    "comment": r"评价|晒单|追评|返现",
    "agent": r"人工|客服电话|联系电话|热线",
}
# Rules of the house; on every other subject what is true of one product may be false of the next.
POLICY = frozenset(
    {
        "invoice",
        "refund",
        "return",
        "price",
        "coupon",
        "address",
        "delivery",
        "postage",
        "pay",
        "order",
        "real",
        "member",
        "account",
        "import",
    }
)
_COMPILED = {name: re.compile(pattern) for name, pattern in _TOPICS.items()}
# Words that say nothing of the matter; sharing one of them is no likeness.
_STOP = frozenset(
    """
    可以 不可以 不能 需要 不需要 支持 不支持 没有 什么 怎么 如何 多久 多少 时候 时间 现在
    今天 明天 一下 一个 这个 那个 我们 你们 他们 咱们 自己 您好 你好 请问 谢谢 还是 或者
    如果 因为 所以 但是 就是 不是 是否 是不是 有没有 能不能 可不可以 为什么 哪里 哪个 这样
    那样 这里 那里 这边 那边 已经 还有 一般 直接 建议 客服 商品 产品 东西 京东 淘宝 天猫
    店铺 商家 卖家 买家 您的 我的 情况 问题 进行 使用 选择 显示 提供 申请 处理 联系 咨询
    正常 大概 左右 以内 之内 之后 以后 之前 以前 然后 的话 就行 即可 还要 只能 才能 一样
    都是 具体 可能 应该 知道 收到 看到 出来 起来 下来 过来 第二 第一 麻烦 帮忙 人工 亲亲
    想要 是的 好的 不会 无法 为准 根据 按照 通过 以及 其他 其它 需 后期 收货 不用 不要
    完成 之间 里面 上面 下面 几天 多长时间 小时 分钟 工作日 不了 不到 没 手机 页面 点击
    操作 重新 这款 那款 哪款 区别 功能 机器 的时候 吗 呢 订单 修改 顾客 客户 师傅 下单
    购买 取消 成功 非常 抱歉 快递 小妹 很多 所有 部分 任何 正在 刚买 更改 记得 确定 发货
    """.split()  # noqa: SIM905
)
_TERM = re.compile(r"^(?:[\u4e00-\u9fff]{2,}|[A-Za-z][A-Za-z0-9-]+|[\u4e00-\u9fff]*[A-Za-z]+[\u4e00-\u9fff]*)$")
_NOT_SIGNAL = re.compile(r"[^\u4e00-\u9fffA-Za-z0-9]+")
_NEGATION = re.compile(r"不|没有|没|无法|无|未|别")


@lru_cache(maxsize=50_000)
def topics(text: str) -> frozenset[str]:
    """Names of the subjects a sentence touches."""
    return frozenset(name for name, pattern in _COMPILED.items() if pattern.search(text))


@lru_cache(maxsize=50_000)
def bigrams(text: str) -> frozenset[str]:
    signal = _NOT_SIGNAL.sub("", text.lower())
    return frozenset(signal[i : i + 2] for i in range(len(signal) - 1)) or frozenset([signal])


def likeness(one: str, other: str) -> float:
    """Dice coefficient of character pairs, 0 to 1."""
    left, right = bigrams(one), bigrams(other)
    return 2 * len(left & right) / (len(left) + len(right))


def containment(one: str, other: str) -> float:
    """How much of the shorter one stands in the longer one, 0 to 1."""
    left, right = bigrams(one), bigrams(other)
    return len(left & right) / min(len(left), len(right))


def without_negation(text: str) -> str:
    return _NEGATION.sub("", text)


def negations(text: str) -> int:
    return len(_NEGATION.findall(text))


def terms(text: str, cut: Cut) -> frozenset[str]:
    """The content words of a sentence."""
    return frozenset(word for word in cut(text) if word not in _STOP and _TERM.match(word))


def shared(one: str, other: str, cut: Cut) -> bool:
    """Whether two sentences talk of the same matter: a subject or a content word in common."""
    return bool(topics(one) & topics(other)) or bool(terms(one, cut) & terms(other, cut))


def best_likeness(text: str, others: Iterable[str]) -> float:
    return max((likeness(text, other) for other in others), default=0.0)
