"""What stands in chats and is nobody's question: greetings, cards, codes, thanks, menus, placeholders."""

from __future__ import annotations

import re
from functools import lru_cache

# Placeholders that masking or the export left in place of data: [数字x], [订单x], <url>, {手机号}, 3f2a….jpg, #E-s57
PLACEHOLDER = re.compile(
    r"\[[^\[\]\s]{1,8}[xX×*]\]|<(?:url|hash|img|image|link|at|tel|phone|订单|手机号|地址|姓名|数字)>|\{[^{}\s]{1,10}\}"
    r"|【(?:手机号?|电话|订单号?|运单号?|地址|姓名|身份证号?|银行卡号?|邮箱|微信号?|网址|图片|链接|商品)】"
    r"|\[(?:手机号?|电话|订单号?|运单号?|地址|姓名|身份证号?|银行卡号?|邮箱|微信号?|网址|图片|链接|商品)\]"
)
_CODES = re.compile(
    r"#E-[a-z]\d+|[\w-]+\.(?:jpe?g|png|gif|webp|bmp|mp4|amr)\b|https?://\S+|\[(?:图片|表情|动画表情|语音|视频|链接"
    r"|卡片|商品快照)\]"
    r"|/:[\w^$@)(|~#*!-]{1,6}|\[[\u4e00-\u9fff]{1,3}\](?=\s|$|[^\w\[])",
    re.IGNORECASE,
)
# An order or product card, with whatever fields it carries.
_CARDS = re.compile(
    r"\[?(?:顾客通过点击web咚咚\S*?信息发送:\s*)?\[?(?:咨询|查询)?(?:订单编号|订单号|商品ID|商品号|商品编号|订单金额"
    r"|下单时间|服务单号|我要咨询的订单)\s*[:：]?"
    r"[\s￥¥]*(?:\[[^\[\]\s]{1,8}x\]|NaN[-:NaN ]*|\d[\d.,:\-]*)?[\s,，;；]*"
    r"(?:(?:订单编号|订单号|商品ID|商品号|商品编号|订单金额|下单时间"
    r"|订单状态)\s*[:：][\s￥¥]*(?:(?:\[[^\[\]\s]{1,8}x\]|NaN[-:NaN ]*|\d[\d.,:\-]*)[\s,，;；]*)*)*\]?"
)
_MENU = re.compile(
    r"^(?:用户发起转人工|请选择咨询订单|您选择了一个订单进行咨询|【此消息为.*"
    r"|[^\s,。?]{1,8}(?:类)?-+(?:收货后疑问解答|购买前咨询)|(?:未购买|已购买)?→?[^\s,。?]{0,6}咨询组"
    r"|(?:我要)?(?:转|找|接)?(?:人工)(?:客服|服务)?|(?:订单业务|配送|退换货|返修退换货|售后|发票|商品|物流|价保|退款"
    r"|活动|其他|返修)咨询|之前的问题|.{0,6}\(移动端\)|.*撤回了一条消息|已读|未读)$"
)
_CHATTER_WORDS = (
    r"您好|你好|您们好|妮好|hello|hi|哈喽|哈啰|嗨|亲爱哒|亲爱的|亲亲|亲|在吗|在不在|在不|在么|在嘛|在|有人吗"
    r"|有人在吗|有人么|人呢|客服|小姐姐|小哥哥|美女|帅哥|老板|掌柜|店家|卖家"
    r"|早上好|上午好|中午好|下午好|晚上好|早|晚安|请问|请问下|请问一下|问一下|问下|我问一下|我问下|想问一下|想问下"
    r"|我想问一下|我想问下|我想咨询一下|咨询一下|咨询下|咨询|打扰了|打扰一下|麻烦问一下|麻烦|麻烦了|麻烦你了"
    r"|麻烦您了|麻烦您"
    r"|转人工|我要转人工|人工客服|人工服务|人工|转接人工|找人工"
    r"|好的呢|好的哦|好的吧|好的|好吧|好呀|好啊|好嘞|好滴|好哒|好了|好|行吧|行的|行|可以的|可以了|可以|嗯嗯|嗯呢|嗯"
    r"|恩恩|恩|哦哦|哦|噢|喔|额|呃|啊|哎|唉|呵呵|哈哈+|嘿嘿|呀|ok|okay|haode|en|yes|no"
    r"|谢谢您|谢谢你|谢谢啦|谢谢了|谢谢|谢了|多谢了|多谢您|多谢|感谢您|感谢|辛苦了|辛苦您了|辛苦|不客气|没关系"
    r"|没事了|没事的|没事|再见|拜拜|886?|8|88"
    r"|是的呢|是的|是啊|是呀|是吧|是吗|是|对的|对啊|对呀|对吧|对|不是的|不是|没有了呢|没有了|没有啦|没有|没了|没啦"
    r"|没|木有了|暂时没有了|暂时没有|不用了|不用啦|不用|知道了|我知道了|明白了|懂了|了解了|了解|收到"
    r"|这样啊|这样|原来如此|稍等|等一下|等等|我看看|我看下|我看一下|看看|那好吧|那好|那行|那算了|算了|就这样"
    r"|就这样吧|吧|了|呢|哈|哟|哒|嘛|啦|的|就是|然后|然后呢|还有|那|真的|真的吗|什么|什么意思|啥|嗯哼|呗|这个|那个"
    r"|这款|这个吗|这款吗|是这个|是这个吗|那我|行不行|好不好|可以吗|行吗|好吗|能解答吗|怎么了|怎么说|怎么样|有"
)
_CHATTER = re.compile(rf"(?:(?:{_CHATTER_WORDS})[\W_\d]*)+", re.IGNORECASE)
# Words that open a message: the first need a stop or a space after them, the second none.
_OPENERS_ALONE = (
    r"hello|hi|在吗|在不|在|亲|嗯嗯|嗯|恩|哦哦|哦|噢|好的|好吧|好|谢谢|对了|对的|对|是的|是|不是|额|啊|呃|没有了"
    r"|没有|没了|没|不用|可以|行|还有|另外|那个|就是|ok|然后|就是说|所以|但是|不过|而且|那|这样"
    r"|对不起|不好意思|知道了|明白了|人工|美女|帅哥|客服|老板|请问|咨询|咨询下|咨询一下|问下|想问|麻烦"
)
_OPENERS = (
    r"您好|你好|亲爱的|亲亲|打扰一下|打扰了|麻烦(?:帮我)?(?:问一下|问下)|麻烦您|麻烦你|麻烦请问|请问一下|请问下|请问"
    r"|我就?想(?:再)?(?:请)?问(?:一下|下)?|我?想(?:要)?咨询(?:一下|下)?|想(?:请)?问(?:一下|下)"
    r"|我(?:再|就)?问(?:一下|下)|再?问一下|再?问下|咨询一下|咨询下|顺便(?:问下|问一下)?|我要转人工|转人工|人工客服"
    r"|还有(?:个|一个)问题(?:是)?|还有就是|另外就是|帮我问一下|帮我问下|那请问|那我问一下"
)
_POLITE_HEAD = re.compile(
    rf"^(?:(?:{_OPENERS_ALONE})[\s,.。!~、:?，！？：；;]+|(?:{_OPENERS})[\s,.。!~、:?，！？：；;]*"
    rf"|[\s,.。!~、:?，！？：；;]+)+",
    re.IGNORECASE,
)
_NOTHING = re.compile(r"[\W_\d]*|[a-zA-Z]{1,6}|[\W_\d]*[\u4e00-\u9fff][\W_\d]*")


def strip_codes(text: str) -> str:
    """The text without cards, emoticon codes, image names and links; placeholders stay."""
    text = _CARDS.sub(" ", text)
    return _CODES.sub(" ", text).strip()


@lru_cache(maxsize=65536)
def is_debris(text: str) -> bool:
    """Whether nothing is said: greeting, thanks, yes or no, a menu entry, numbers or placeholders alone."""
    bare = PLACEHOLDER.sub(" ", text).strip()
    return bool(_NOTHING.fullmatch(bare) or _MENU.match(bare) or _CHATTER.fullmatch(bare))


def strip_politeness(text: str) -> str:
    """The text without the greeting and the "may I ask" in front of it."""
    return _POLITE_HEAD.sub("", text)
