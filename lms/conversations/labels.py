"""What the codes of this package are called on screen."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from lms.conversations.enums import ImportState, MessageKind, Side

KINDS: dict[str, LazyString] = {
    "phone": _l("手机号"),
    "landline": _l("固定电话"),
    "order": _l("订单号"),
    "tracking": _l("快递单号"),
    "address": _l("地址"),
    "name": _l("姓名"),
    "nick": _l("昵称"),
    "id_card": _l("身份证件号"),
    "bank_card": _l("银行卡号"),
    "email": _l("邮箱"),
    "wechat": _l("微信号"),
    "qq": _l("QQ号"),
    "account": _l("账号"),
    "plate": _l("车牌号"),
    "code": _l("验证码或密码"),
    "link": _l("链接参数"),
}
SIDES: dict[Side, LazyString] = {
    Side.CUSTOMER: _l("客户"),
    Side.AGENT: _l("客服"),
    Side.ROBOT: _l("机器人"),
    Side.SYSTEM: _l("系统"),
}
MESSAGE_KINDS: dict[MessageKind, LazyString] = {
    MessageKind.TEXT: _l("文字"),
    MessageKind.IMAGE: _l("图片"),
    MessageKind.LINK: _l("链接"),
    MessageKind.CARD: _l("订单卡片"),
    MessageKind.EMOTICON: _l("表情"),
}
STATES: dict[ImportState, tuple[LazyString, str]] = {
    ImportState.WAITING: (_l("排队中"), "secondary"),
    ImportState.RUNNING: (_l("导入中"), "blue"),
    ImportState.CHOICE: (_l("待选择"), "orange"),
    ImportState.DONE: (_l("已完成"), "green"),
    ImportState.FAILED: (_l("失败"), "red"),
}
SESSION_TABLE_LABEL = _l("京东会话列表（XLSX）")


def kind_label(kind: str) -> str:
    """The name of a kind of personal data."""
    return str(KINDS.get(kind, kind))
