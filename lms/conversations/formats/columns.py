"""Which column of a table is what: by its name, or as a person said."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

ROLES: dict[str, object] = {
    "session": _l("会话"),
    "customer": _l("客户"),
    "order": _l("消息序号"),
    "date": _l("日期"),
    "time": _l("时间"),
    "text": _l("内容"),
    "sender": _l("发送人"),
    "side": _l("发送方（客户/客服）"),
    "agent": _l("客服"),
    "product": _l("商品编号"),
    "product_name": _l("商品名称"),
}

_NAMES: dict[str, str] = {
    "session": "会话id 会话编号 会话号 会话 会话标识 对话id 对话编号 聊天id 咨询id 咨询编号 接待id session sessionid "
    "session_id sid conversationid "
    "conversation_id dialogid chatid chat_id",
    "customer": "客户名 客户id 客户 客户昵称 客户账号 买家 买家昵称 买家id 买家账号 买家旺旺 顾客 顾客昵称 顾客id "
    "用户名 用户id 用户昵称 用户 访客 访客id 访客名称 会员名 customer "
    "customerid customer_id userid user_id buyer buyer_nick",
    "order": "消息序号 序号 消息编号 消息id 消息顺序 seq seqno seq_no order msgid message_id",
    "date": "日期 发送日期 聊天日期 会话日期 date",
    "time": "发送时间 时间 消息时间 聊天时间 发送时刻 消息发送时间 创建时间 时间戳 time sendtime send_time sent_at "
    "timestamp datetime",
    "text": "发送内容 聊天内容 消息内容 内容 消息 对话内容 聊天记录 文本 消息文本 发言内容 text content message msg "
    "send_content sendcontent",
    "sender": "发送账号 发送人 发送者 发送人昵称 发送者昵称 发言人 说话人 账号 昵称 sender sendername from_nick nick "
    "speaker",
    "side": "账号类型 发送方 发送方类型 发送人类型 发送者类型 角色 身份 消息来源 消息方向 消息类型方 用户/客服 "
    "客户/客服 买家/卖家 发送角色 side role sendertype sender_type "
    "from usertype",
    "agent": "客服 客服账号 客服昵称 客服名 客服名称 接待客服 客服id 坐席 agent servicer waiter staff",
    "product": "商品编号 商品id 商品编码 商品sku sku skuid sku_id 商品 宝贝id itemid item_id product productid "
    "product_id",
    "product_name": "商品名称 商品标题 宝贝名称 宝贝标题 商品名 product_name productname item_name title",
}
_ROLE_OF = {name: role for role, names in _NAMES.items() for name in names.split()}


def plain(name: str) -> str:
    """A column's name without blanks, case and notes in brackets."""
    return re.sub(r"[\s\ufeff\"'*]|[(（\[【].*?[)）\]】]$", "", name[:80]).lower()


def guess(header: Sequence[str]) -> dict[str, int]:
    """The columns whose names tell what they are: role → index. The first of several wins."""
    found: dict[str, int] = {}
    for index, name in enumerate(header):
        role = _ROLE_OF.get(plain(name))
        if role is not None and role not in found:
            found[role] = index
    # "客服" beside a side column names the agent; without one it is who sent the message.
    if "side" not in found and "sender" not in found and "agent" in found:
        found["sender"] = found.pop("agent")
    return found


def missing(columns: dict[str, int]) -> list[str]:
    """What is needed to read messages and is not there yet."""
    lacks = []
    if "text" not in columns:
        lacks.append("text")
    if "session" not in columns and "customer" not in columns:
        lacks.append("session")
    if "side" not in columns and "sender" not in columns:
        lacks.append("side")
    return lacks


def signature(header: Sequence[str]) -> str:
    """A short name for a header, to find a saved mapping by."""
    return hashlib.blake2b("\x1f".join(plain(name) for name in header).encode(), digest_size=16).hexdigest()
