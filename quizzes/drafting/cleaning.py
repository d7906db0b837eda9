"""From what an agent typed to the sentences that answer anybody's question.

Chat answers come wrapped: greetings, pet names, apologies, emoticon codes, promises to look something up, facts of one
customer's order. What is left after `sentences` stands by itself as a rule of the shop, or nothing is left.
"""

from __future__ import annotations

import re
import unicodedata

CJK = "\u4e00-\u9fff"
_CODES = re.compile(
    r"#E-?s?\d*|<url>|https?://\S+|<hash>\.(?:jpe?g|png|gif)|\b[0-9a-f]{16,}\.(?:jpe?g|png|gif)|/:[a-z~!@#$^&*()-]+"
    r"|[☀-➿\U0001F300-\U0001FAFF\uFE0F]|\[(?:微笑|玫瑰|爱心|可爱|愉快|握手|呲牙|害羞|抱拳|鲜花|心|笑|哭|比心)\]|\^_+\^|[Oo]\(∩_∩\)[Oo]~?"
)
# What masking or anonymising left behind: the sentence has lost a fact.
PLACEHOLDER = re.compile(
    r"\[[^\[\]]{1,12}\]|<[^<>]{1,12}>|\{[^{}]{1,12}\}|\*{2,}|[xX]{3,}|×{2,}|〔[^〕]{1,12}〕"
    r"|【[^】]*(?:手机号|电话号|订单号|运单号|姓名|身份证|银行卡|邮箱|微信号|已隐去|已脱敏)[^】]*】"
)
_ENDS = re.compile(
    rf"[。！!？?；;\n\r…]+|~+|～+|(?<=[{CJK}a-zA-Z0-9）)】])\s{{2,}}|(?<=[{CJK}，,）)】])\s+(?=[{CJK}【（(])"
)
_PET = r"(?:亲爱的客户|亲爱[的哒滴]|尊敬的(?:客户|顾客|用户|商家|卖家)(?:朋友)?|亲亲|亲们?|小主|宝宝|宝贝|美女|帅哥|小仙女|老板|先生|女士|您好|你好|hi|hello|在的|在哦)"  # noqa: E501
_LEAD = re.compile(
    rf"^(?:[\s,，、:：.。*·\-]|{_PET}(?![{CJK}]{{0,2}}(?:友|属|戚|密))|(?:嗯+|恩+|哦+|噢+|啊|哈+|呃|额|好的|好滴|好哒|好得|那|就是说|然后|另外|因为)(?:[哦呢哈啊呀吧的]|(?=[\s,，、]))*(?=[\s,，、]|$)"
    r"|(?:非常|很|十分|实在|真的?)?(?:抱歉|对不起|不好意思|遗憾)(?:的|了|哦|呢|哈|啊|呀|亲)*(?=[\s,，、]|$)"
    r"|(?:小妹|妹子|妹纸|小秘书|咱们?家?|我们?|客服)?(?:这边|这面|这里)(?:的话)?(?=[\s,，])"
    r")+",
    re.IGNORECASE,
)
_PARTICLE = "[哦呢哈哟呦喔啦噢呀嘛哒滴欧奥哇嘻咯~～]"
_TAIL = re.compile(
    rf"(?:[,，](?:非常|很|十分|实在|真的?)?(?:抱歉|对不起|不好意思)|{_PARTICLE}+{_PET}|(?P<de>的){_PARTICLE}+|{_PARTICLE}+|亲+|[\s,，、:：*·\-~.]|(?:^|(?<=[\s,，])){_PET})+$"
)
_INNER = re.compile(rf"{_PARTICLE}+(?=[\s,，、])|(?<=[,，])\s*{_PET}[,，]?")
# Sentences that carry no rule at all.
_EMPTY_TALK = re.compile(
    r"感谢|谢谢|多谢|祝您|祝亲|再见|拜拜|欢迎|光临|评价|好评|满意度|打赏|五星|稍等|稍候|久等|耐心|等待|别着急|放心|理解|谅解|包涵|包容|体谅|见谅|客气"
    r"|应该(?:做|的$)|(?:为|帮)(?:您|你|亲)?(?:效劳|服务|解答)|可以帮(?:到|助)?(?:您|你)|还有(?:什么|其[他它]|没有)|其他问题|随时(?:联系|咨询|提问)|很高兴|荣幸|辛苦(?:您|你|亲)"
    r"|给您(?:带来|添|造成)|(?:带来|造成).{0,6}(?:不便|困扰)|遇到.{0,8}客户|缘分|相逢|相遇|开心|愉快|心情|喜欢就|下单吧|抓紧|抢购|在线(?:时间|的|哦)|我一直都?在|不打扰"
    r"|请问|麻烦(?:您|你|亲)|劳烦|提供(?:一?下)?(?:您|你|亲|订单|单号|手机|联系|地址|姓名|照片|图片|截图|视频|货号|链接)|发(?:一?下|送)?(?:您|你|亲)?的?(?:订单|单号|截图|图片|照片|链接|货号)|方便(?:您|你)"
    r"|告知(?!您|配送)|希望|多远|是哪|哪里|哪个|什么(?!时候都|都)|推广|号召|购物车及时|不要错过|很不错|第一时间|截图(?:给|来|我)|核实一?下|看一?下哦?$|看看哦?$"
)
# Sentences about one customer's order, or about what this agent is doing just now.
_ONE_ORDER = re.compile(
    r"(?:帮|为|给|替)(?:您|你|亲)(?!们)(?:[这那]边)?(?:查|看|核|申请|登记|反馈|催|备注|处理|联系|修改|取消|升级|转|预约|记录|提交|安排|问|尝试|操作|解决|报备|通知|补|反应|跟进|加急|留意|关注|退|开|换|办|改|做|加|确认|协调|拦截|查询)"
    r"|已经?(?:[帮给为]|提交|申请|发货|发出|签收|取消|安排|登记|反馈|备注|通知|出库|完成|退|拒收|送达|到达|打印|审核|转|关闭|过了|超过)|查询到|查到|看到|显示|正在|目前(?:是|在|还|显示|已|这)|现在(?:是|在|还|已|就|正)|刚刚|刚才|刚"
    r"|今[天日晚早]|明[天日晚早]|昨[天日晚]|后天|前天|今年|本周|下周|这周|上周|月底|月初|周[一二三四五六日末]|星期[一二三四五六日天]"
    r"|\d{1,2}月\d{0,2}[日号]?(?![{0}]?内)|\d{{1,2}}[号日](?!线|楼|店|电池|机)|\d{{1,2}}:\d\d|\d{{1,2}}点(?!\d)"
    r"|(?:您|你|亲)的(?:这个)?(?:订单|包裹|快递|件|单子|退款|地址|账号|账户|手机号|电话|商品|货)(?:是|已|在|预计|目前|显示|现在|还|到|暂|没|状态|应该|正)"
    r"|此(?:订单|单)|帮助(?:您|你)|选择的是|新订单|不要付款|您您|(?:目前|暂时|现在|暂)[还都]?(?:没|无|缺)|没有?权限|跟新|这(?:个|笔|一?)?(?:订单|单(?!独)|包裹)|该(?:订单|单)|我(?:这边|帮|给|为|去|来|看|查|问|马上|先|申请|联系|再|们这边帮|等|试)|用户(?:希望|要求)|查询您|您的是|小妹|妹子|妹纸|小秘书|果果"
    r"|(?:咱们|我们)这边(?:帮|给|为|会)|采购中|采销|(?:您|你)(?:看|说|刚|之前|昨|已|提供|发|方便|可以吗|是想|还在|申请的|反馈的|描述|试试|再试|稍|在线)".replace(
        "{0}", CJK
    )
    .replace("{{", "{")
    .replace("}}", "}")
)
_ASKS = re.compile(
    r"[吗么嘛][呢哦哈啊]*$|^(?:是不是|请问|您?需要什么|什么|哪)|(?:可以不|对吧|是吧|好吧|行吧|呢吗|了没|怎么样|如何)$"
)
# What a cut-off rest must not begin with: it would have limited what stands before it.
LIMITS = re.compile(r"^(?:但|不过|除|如果|若|要是|前提|否则|只(?!要)|需|仅|或者?|而且|并且|超过|不然|才|和|以及)")
_BOUND = re.compile(r"内|前|后|满|超过|以上|以下|不足|起|除")
_WHEN = re.compile(r"如果|若|要是|的话|时$|后$|前$|只要|因为|由于")
# 7天无理由退货 without its number is still 无理由退货.
_SPAN_OF_RIGHT = re.compile(rf"(?:{PLACEHOLDER.pattern})天(?=无理由)")
# A term whose number was masked is still a term: within [..] days.
_LOST_TERM = re.compile(
    rf"(?:{PLACEHOLDER.pattern})(?:\s*[-~至到]\s*(?:{PLACEHOLDER.pattern}))*\s*(?:个?工作日|个?小时|天|[hH]|个月|年)(?:之|以)?内"
)
# Answers that lean on what was said before them.
_LEANING = re.compile(
    r"^(?:这个?|那个?|它|他|她|此|其|该|对应|上面|下面|前者|后者|同样|一样|也(?:是|可|行|没|不)|都是|都可以|都不|就是|就可以|就行|就好|这样|那样|这种|那种|所以|但是?|不过|而且|并且|否则|然后|或者|只是|还是|还有|还要|还需|才|并不|只要这|之后|以后|到时|届时|里面|后面|后期|一般$)"
)
_DEICTIC = re.compile(r"这[个款种边里件台张本双]|那[个款种边里件台]|(?:此|该)(?:款|商品|产品)|图片|上图|下图|如图|链接")


def flatten(text: str) -> str:
    """Width folded, codes and emoticons gone, Chinese punctuation kept as ，。！？；："""
    plain = unicodedata.normalize("NFKC", _CODES.sub(" ", text).replace("…", "。"))
    plain = _LOST_TERM.sub("规定时间内", _SPAN_OF_RIGHT.sub("", plain))
    plain = re.sub(rf"(?<=[{CJK}）)】]),", "，", plain)
    plain = re.sub(rf"(?<=[{CJK}]):|:(?=[{CJK}])", "：", plain)
    return plain.replace("(", "（").replace(")", "）")


def trim(sentence: str) -> str:
    """A sentence without pet names, apologies, and the particles that soften it (哦 呢 哈 …)."""
    text = _INNER.sub("", sentence.strip())
    before = None
    while text != before:
        before = text
        text = _LEAD.sub("", text).strip()
        found = _TAIL.search(text)
        if found and found.group():
            keep = "的" if found.group("de") and _needs_de(text[: found.start()]) else ""
            text = text[: found.start()] + keep
    text = re.sub(r"的的(?=$|[,，])", "的", text)
    return re.sub(r"\s+", " ", re.sub(r"[,，、]{2,}", "，", text)).strip(" ，,、:：")


def _needs_de(text: str) -> bool:
    """是电子的呢 keeps its 的; 可以开具的呢 does not need it."""
    return bool(re.search(r"是[^，,]{0,12}$", text)) and not re.search(r"(?:还|都|也|但|可|只|总|要)是", text)


def pieces(answer: str) -> list[tuple[str, bool]]:
    """(trimmed sentence, does it ask?) of an answer, in order; empty ones are left out."""
    text = flatten(answer)
    found: list[tuple[str, bool]] = []
    start = 0
    for end in [*_ENDS.finditer(text), None]:
        raw = text[start : end.start() if end else len(text)]
        asks = bool(end and re.search(r"[?？]", end.group())) or bool(_ASKS.search(raw.strip()))
        start = end.end() if end else len(text)
        clean = trim(raw)
        if clean:
            found.append((clean, asks))
    return found


def is_rule(sentence: str) -> bool:
    """Whether a trimmed sentence can hold for anybody: no lost facts, no single order, no mere courtesy."""
    return not (PLACEHOLDER.search(sentence) or _EMPTY_TALK.search(sentence) or _ONE_ORDER.search(sentence))


def sentences(answer: str) -> list[str]:
    """The sentences of an answer which could stand in a handbook."""
    found = [text if is_rule(text) else salvaged(text) for text, asks in pieces(answer) if not asks]
    return [text for text in found if text]


def salvaged(sentence: str) -> str:
    """What is left of a sentence without clauses that lost a fact or are mere courtesy; "" when it may be less true.

    A courtesy may stand before or behind the rule. A clause with a lost fact is cut off behind only, where it limits
    nothing: in front of a rule it may be its condition.
    """
    clauses = [clause for clause in re.split(r"[，,]", sentence) if clause]
    while clauses and not is_rule(clauses[-1]):
        if LIMITS.search(clauses[-1]) or (PLACEHOLDER.search(clauses[-1]) and _BOUND.search(clauses[-1])):
            return ""
        clauses.pop()
    dropped = False
    while clauses and _EMPTY_TALK.search(clauses[0]) and not _WHEN.search(clauses[0]):
        clauses.pop(0)
        dropped = True
    text = trim("，".join(clauses))
    if not text or not is_rule(text) or (dropped and leans(text)) or _ASKS.search(text):
        return ""
    return text


def leans(sentence: str) -> bool:
    """Whether a sentence can't be understood without what stood before it."""
    return bool(_LEANING.search(sentence) or _DEICTIC.search(sentence))
