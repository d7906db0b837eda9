"""Writes composed chats as the files that shops export: a table (CSV) and the 千牛 desktop text. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from lms.demo.chats import Chat

TABLE_HEADERS = (
    "会话ID", "客户名", "消息序号", "发送时间", "发送账号", "账号类型", "发送内容", "商品编号", "商品名称",
)  # fmt: skip


def as_table(chats: Sequence[Chat]) -> bytes:
    """One message a row, UTF-8 with BOM as Excel writes it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(TABLE_HEADERS)
    for chat in chats:
        sku, name = (chat.product.sku, chat.product.name) if chat.product else ("", "")
        for number, line in enumerate(chat.lines, 1):
            side = "客户" if not line.by_agent else "机器人" if "机器人" in line.sender else "客服"
            at = line.at.strftime("%Y-%m-%d %H:%M:%S")
            writer.writerow((chat.id, chat.buyer, number, at, line.sender, side, line.text, sku, name))
    return out.getvalue().encode("utf-8-sig")


def as_qianniu(chats: Sequence[Chat], *, account: str) -> bytes:
    """The text that 千牛 desktop saves for the shop or sub-account ``account``, in GB18030."""
    rule = "=" * 64
    lines = [account, rule, "单聊".center(60), rule]
    for chat in chats:
        lines.append("-" * 28 + chat.buyer + "-" * 28)
        lines += [f"{line.sender}({line.at:%Y-%m-%d %H:%M:%S}):  {line.text}" for line in chat.lines]
        lines.append("")
    return "\r\n".join(lines).encode("gb18030")
