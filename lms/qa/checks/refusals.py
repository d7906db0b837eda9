"""A "no" that leaves the buyer standing: nothing else is offered, and no way is shown."""

from __future__ import annotations

import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.conversations.enums import MessageKind, Side
from lms.qa.checks.protocol import ChatText, Hit, Said, quote_of
from lms.qa.checks.settings import ShopSettings

# A refusal whatever was asked.
_NO = re.compile(
    r"(?:暂时|目前|现在|已经|是|都|就是|一般(?:是)?|^)?(?:无货|缺货|断货|没(?:有)?货|卖完|售完|售罄|下架)(?:了|的|哦|呢|哈|啊|呀)*(?=$|[，。！!,.~ ])"  # noqa: E501
    r"|(?:不支持|不提供|办不了|做不了|弄不了|处理不了|改不了|退不了|换不了|发不了|送不了|查不到|查询不到|找不到|无法(?:办理|处理|修改|更改|提供|查询|退|换|补|确定|准确))"
    r"|(?:不能|不可以|不给|没法|没办法)(?:再)?(?:退|换|改|发|送|便宜|优惠|打折|少|开(?:票|发票)|补|寄|用券|叠加|延|指定|保证|确定|提供|单独|单买|修)"
    r"|没有(?:参数|相关|登记|优惠|活动|赠品|现货|库存|这个活动|这款|这个(?!问题|情况|现象|必要|要求|具体|功能|规定|限制)|该|此款|[您你](?:说|要|图片?上))"
    r"|(?:优惠|活动|赠品|券|现货|库存|配件|图片|型号|链接|尺码)[^，。！？!?,吗]{0,4}没有(?:的|了|哦|呢|哈|啊)*(?=$|[，。！!,.~ ])"  # noqa: E501
    r"|没有(?![您你]的|收到|接收|看到)[^，。！？!?,]{0,10}(?:图片|型号|链接|配件|单卖|卖|出售)|不包邮|不单卖|不参与|不参加|不赠送|不送的|不报销"
)
# A bare "no", which refuses only what was wished for.
_BARE = re.compile(
    r"^[^，。！？!?,\w]*(?:亲|抱歉|不好意思|您好|很)*[，, 呢哦~]*(?:这个|这款|这边|那个|咱家|本店|我们|是|暂时|目前|现在|还|都|的话|就)*"  # noqa: E501
    r"(?:没有|没|不行|不可以|不能)(?:了|的|哦|呢|哈|啊|呀|喔|~|～)*[。.!！ ]*$"
    r"|(?:不好意思|抱歉|暂时|目前|咱家|本店|这边)[^，。！？!?,]{0,12}没有[^，。！？!?,问题]{0,12}(?:哦|呢|哈|的|了)+[。.!！~ ]*$"  # noqa: E501
)
_WISH = re.compile(
    r"有(?:没有)?[^，。？?]{0,14}(?:吗|嘛|么|没有?|不|呢|？|\?)|有没有|没(?:有)?货|有货|(?:什么|啥)时候|能不能|可不可以|行不行|可以[^，。]{0,12}(?:吗|么|嘛|不)|能[^，。]{0,12}(?:吗|么|嘛|不)"
    r"|(?:便宜|优惠|少点|打折|赠|送|退|换|改|补|发票|包邮|取消|加急|看看|图片|链接|型号|哪里(?:有|买))|我(?:想|要|需要)|想要|需要"
)
# Whether it can be is a fact of the product, unless it is asked of the shop: money, goods, parcels, papers.
_FAVOUR = re.compile(
    r"便宜|优惠|少点|打折|折扣|赠|送|退|换(?!档)|改(?:地址|价|单|颜色|尺码|一下)|补|发票|包邮|取消|加急|付|券|红包|一起发|先发|加购|延|保价|差价|领|保修|快递|顺丰|单独(?:买|卖|购)|开票"
)
_FACT = re.compile(
    r"味|毒|辐射|噪音|声音|影响|问题|区别|差别|色差|关系|危险|害|甲醛|副作用|磨损|划痕|要求|限制|漏|坏|开关|涂层|功能|保温|预约|拆|洗"
)
# Courtesy that has the words of an offer and offers nothing.
_FORMULA = re.compile(
    r"(?:还)?有(?:什么|啥|任何)[^，。！？?!]*|(?:请)?(?:您)?稍等[^，。！!]{0,4}|(?:帮|给|为)您(?:查|看|核|服务|解答)(?:询|看|实|一下|下|哈|哦|呢|的)*(?=$|[，。！!,~ ])"  # noqa: E501
    r"|(?:可以)?随时[^，。！!]*|(?:如)?[无没]有?其他问题[^，。！!]*|可以放心[^，。！!]*"
)
_WAY_OUT = re.compile(
    r"可以(?!的?(?:哦|呢|哈)?$)|建议|推荐|您看|看看|看下|参考|或者|要不|换(?:个|一|成)|替代|代替|类似|相似|联系|提供|麻烦您|帮您|给您|为您|试试|只有|只能|只支持|目前有|另外"
    r"|转接|链接|关注|到货(?:了|后)|通知|留意|别的|其他|其它|需要[^，。]{0,8}(?:请|可)|补偿|赔|优惠券|换货|退货|咨询|申请|拨打|查询下|查下"
)

_SHORT = 8  # characters: 这个配件 alone does not say that it was wished for


class BareRefusals:
    """A refusal after which the agent offers nothing, in the same turn or the next."""

    name = "bare_refusal"
    label = _l("拒绝后没有替代")
    meaning = _l("客服说“没有”“不支持”“无货”之后，没有推荐别的、没有指路，也没有补偿。")
    on_by_default = True

    def find(self, chat: ChatText, settings: ShopSettings) -> list[Hit]:
        """At most one hit a turn of the agent."""
        runs = list(chat.runs())
        hits = []
        wishes = ["", ""]
        for n, (side, run) in enumerate(runs):
            if side is Side.CUSTOMER:
                wishes.append(" ".join(said.words for said in run))
            if side is not Side.AGENT:
                continue
            asked = wishes[-1] if len(wishes[-1].strip()) > _SHORT else " ".join(wishes[-2:])
            refusal = next((found for said in run if (found := _refused(said, asked))), None)
            following = next((later for kind, later in runs[n + 1 :] if kind is Side.AGENT), [])
            if refusal is None or any(_leads_on(said) for said in (*run, *following)):
                continue
            said, match = refusal
            hits.append(
                Hit(said.id, quote_of(said, match), _("“%(words)s”之后没有给出别的办法", words=match[0].strip()))
            )
        return hits


def _refused(said: Said, asked: str) -> tuple[Said, re.Match[str]] | None:
    text = said.words
    if text.endswith(("吗", "吗？", "吗?", "嘛")):
        return None
    if match := _NO.search(text):
        return said, match
    match = _BARE.search(text)
    if match is None or _FACT.search(asked):
        return None
    wish = _FAVOUR if re.search(r"不(?:行|可以|能)", match[0]) else _WISH
    if wish.search(asked):
        return said, match
    return None


def _leads_on(said: Said) -> bool:
    return said.kind in (MessageKind.LINK, MessageKind.CARD) or bool(_WAY_OUT.search(_FORMULA.sub("", said.words)))
