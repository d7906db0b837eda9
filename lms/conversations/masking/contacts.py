"""E-mail addresses, WeChat and QQ numbers, shop accounts, and links whose query names somebody."""

from __future__ import annotations

import re

from lms.conversations.masking.spans import Spans

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+*\-])[A-Za-z0-9][A-Za-z0-9._%+*\-]{0,80}[ ]?@[ ]?(?:[A-Za-z0-9\-]+[ ]?(?:\.|。|点|dot)[ "
    r"]?)+(?:[A-Za-z]{2,}|\*+)",
    re.IGNORECASE,
)
_MAIL_HOSTS = (
    "qq|163|126|139|189|gmail|outlook|hotmail|sina|sohu|foxmail|yeah|aliyun|icloud|live|vip|yahoo|tom|21cn|msn"
)
_EMAIL_SPOKEN = re.compile(
    rf"(?<![A-Za-z0-9._\-])[A-Za-z0-9][A-Za-z0-9._\-]{{2,80}}[ ]*(?:#|\$|[(\[{{]?(?:at|AT|艾特|圈a|圈A|小老鼠"
    rf"|爱特)[)\]}}]?)[ "
    rf"]*(?:vip\.)?(?:{_MAIL_HOSTS})"
    r"[ ]*(?:\.|。|点|dot)[ ]*(?:com|cn|net)(?:\.cn)?",
    re.IGNORECASE,
)
_EMAIL_NO_SIGN = re.compile(
    rf"(?<![./A-Za-z0-9])[0-9]{{5,12}}(?:{_MAIL_HOSTS})(?:\.|。|点)com(?![A-Za-z0-9])", re.IGNORECASE
)
_IS = r"(?:[ \t:：=,，]|是|为|叫|搜|加|就是|也是|的)*"
_WECHAT = re.compile(
    r"(?:(?<![A-Za-z])(?:wx|vx|weixin|wechat|weix|v信|v(?=[:：❤♥+ ])|v\b|wei信)|微信|薇信|威信|徽信|维信|微X|➕v|\+v"
    r"|加v|加薇|卫星|绿泡泡|微星)"
    rf"(?P<said>[ ]?(?:号码?|账号|帐号|id|名)?(?:同号)?{_IS}[❤♥]?)(?P<id>[A-Za-z0-9](?:[ ]?[_\-]"
    rf"|[A-Za-z0-9_\-]){{4,24}})(?![A-Za-z0-9_\-])",
    re.IGNORECASE,
)
_NOT_WECHAT = re.compile(
    r"(?:wechat|weixin|iphone|android|windows|alipay|paypal|https?|www|huawei|xiaomi|apple|samsung|credit|money"
    r"|wallet|online|emoji"
    r"|ipad|store|phone|email|number|group|mini|store|payment)",
    re.IGNORECASE,
)
_QQ = re.compile(
    rf"(?:(?<![A-Za-z@])(?:qq|q(?=号))|扣扣|企鹅|扣号|球球)(?:邮箱)?(?:号码?|账号|群号?)?{_IS}([1-9][0-9*](?:[ "
    rf"\-]?[0-9*]){{3,10}})(?![0-9A-Za-z@])",
    re.IGNORECASE,
)
_ACCOUNT_SAID = re.compile(
    r"(?:(?:支付宝|旺旺|淘宝|京东|拼多多|抖音|快手|小红书|微博|会员|登录|登陆|买家)?(?:账号|帐号|账户|帐户"
    r"|(?<![A-Za-z品货])id(?=[ ]*[:：是为]))[ \t]*(?:[:：=]"
    r"|是|为|叫)[ \t]*"
    r"(?P<plain>[A-Za-z0-9][A-Za-z0-9_\-*.]{2,30})"
    r"|(?:用户名|会员名|账户名|帐户名|会员号|旺旺名|旺旺号?|昵称)[ \t]*(?:[:：=]|是|为|叫|[ ])[ "
    r"\t]*(?P<free>[A-Za-z0-9\u4e00-\u9fff_\-*.]{2,30}))",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"(?<![A-Za-z0-9_])(?:jd_[0-9a-zA-Z]{6,}|tb[0-9]{5,}(?:_[0-9]+)?|t_[0-9]{8,}_[0-9]+|wxid_[0-9a-z]{8,}"
    r"|USERID_[0-9]{5,})(?![A-Za-z0-9])"
)
_TAX = re.compile(r"(?:税号|识别[号码]|信用代码)(?:[ \t:：=]|是|为)*([0-9A-Za-z]{15,20})(?![0-9A-Za-z])")
_NOT_ACCOUNT = re.compile(
    r"什么|多少|哪|怎么|没有|不是|错|对的|正确|一样|同一|登录|手机|邮箱|这个|那个|您|我|你|空|注册|绑定|要|需|否|真|假"
)

URL = re.compile(
    r"(?:https?://|www\.|(?<![A-Za-z0-9@.])(?:[A-Za-z0-9\-]+\.)+(?:com|cn|net|hk|me"
    r"|link)/)[^\s\u4e00-\u9fff，。！？；、）】》\"'<>\[\]]+",
    re.IGNORECASE,
)
_HASH = re.compile(
    r"(?<![0-9A-Za-z])(?=[0-9]*[a-fA-F])[0-9a-fA-F]{24,64}(?![0-9A-Za-z])"
    r"|(?<![0-9a-zA-Z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
_PRODUCT_KEYS = frozenset(
    {
        "id",
        "sku",
        "skuid",
        "itemid",
        "item_id",
        "goods_id",
        "goodsid",
        "wareid",
        "productid",
        "product_id",
        "spuid",
        "num_iid",
    }
)
_PRODUCT_PAGE = re.compile(r"item|detail|product|goods|sku|ware|commodity", re.IGNORECASE)
_PARAMETER = re.compile(r"(?<=[?&#;])([^=&#;?]+)=([^&#;]*)")
_PATH_NUMBER = re.compile(r"(?<![0-9])[0-9]{8,}(?![0-9])")


def find_links(folded: str, spans: Spans) -> None:
    """Keep links whole but for what in them names a person: values of the query, long numbers off product pages."""
    for match in URL.finditer(folded):
        start, url = match.start(), match[0]
        is_product = bool(_PRODUCT_PAGE.search(url.split("?")[0]))
        for parameter in _PARAMETER.finditer(url):
            key, value = parameter[1].lower(), parameter[2]
            if is_product and key in _PRODUCT_KEYS:
                continue
            if len(value) >= 6 or any(char.isdigit() for char in value):
                spans.add(start + parameter.start(2), start + parameter.end(2), "link")
        if not is_product:
            for number in _PATH_NUMBER.finditer(url):
                spans.add(start + number.start(), start + number.end(), "link")
        spans.keep(match.start(), match.end())
    for match in _HASH.finditer(folded):
        spans.keep(match.start(), match.end())


def find_emails(folded: str, spans: Spans) -> None:
    """E-mail addresses, also with the sign spelt out or left off before a well-known host."""
    if "@" in folded:
        for match in _EMAIL.finditer(folded):
            spans.add(match.start(), match.end(), "email")
    for pattern in (_EMAIL_SPOKEN, _EMAIL_NO_SIGN):
        for match in pattern.finditer(folded):
            spans.add(match.start(), match.end(), "email")


def find_accounts(folded: str, spans: Spans) -> None:
    """WeChat, QQ, Alipay and shop accounts; the words around them must say what they are."""
    for match in _WECHAT.finditer(folded):
        name, said = match["id"], match["said"]
        if _NOT_WECHAT.match(name):
            continue
        typical = name[0].isalpha() and any(not char.isalpha() for char in name)
        if typical or re.search(r"号|[:：=是叫搜加]|id|账", said, re.IGNORECASE):
            spans.add(match.start("id"), match.end("id"), "wechat")
    for match in _QQ.finditer(folded):
        spans.add(match.start(1), match.end(1), "qq")
    for match in _TAX.finditer(folded):
        spans.add(match.start(1), match.end(1), "account")
    for match in _ACCOUNT.finditer(folded):
        spans.add(match.start(), match.end(), "account")
    for match in _ACCOUNT_SAID.finditer(folded):
        group = match.lastgroup or ""
        said = folded[: match.start(group)].rstrip("\t ")[-1:]
        certain = said in ":：=是为叫" or any(char.isdigit() for char in match[group])
        if certain and not _NOT_ACCOUNT.search(match[group]):
            spans.add(match.start(group), match.end(group), "account")
