"""Writes conversations in each chat format, and makes conversations to write."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import xlsxwriter
from hypothesis import strategies as st

from lms.conversations.enums import Side
from lms.conversations.formats import ParsedConversation, ParsedMessage

SHANGHAI = timedelta(hours=8)
START = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
SHOP = "松果文具旗舰店"

# Words in which no format sees its own marks: neither dates, rules, links nor lines that are dropped.
WORDS = (
    st.text("这款笔有货吗好的请稍等发什么快递多少钱一盒颜色可以选abcXYZ 0123456789，。？！~", min_size=1, max_size=30)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: text not in ("", "转人工") and not text.isdigit())
)
LINES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)


@st.composite
def conversations(draw: st.DrawFn, *, multiline: bool = True, times: bool = True) -> list[ParsedConversation]:
    """Some conversations, each of another customer and day, the customer first, times rising by whole seconds."""
    made = []
    for number in range(draw(st.integers(1, 4))):
        at = START + timedelta(days=number)
        customer = f"c****{number}"
        messages = []
        for seq in range(draw(st.integers(1, 6))):
            side = Side.CUSTOMER if seq == 0 else draw(st.sampled_from([Side.CUSTOMER, Side.AGENT]))
            at += timedelta(seconds=draw(st.integers(1, 500)))
            sender = f"{SHOP}:小松" if side is Side.AGENT else ""
            text = draw(LINES if multiline else WORDS)
            messages.append(ParsedMessage(seq, side, sender, at if times else None, text))
        made.append(ParsedConversation(f"s{number}", customer, messages))
    return made


def local(at: datetime | None, pattern: str = "%Y-%m-%d %H:%M:%S") -> str:
    return (at + SHANGHAI).strftime(pattern) if at else ""


def write_jddc(chats: list[ParsedConversation]) -> str:
    rows = [
        f"{chat.source_key}\t{chat.customer}\t{int(m.side is Side.AGENT)}\t0\t0\tnan\t{m.text}\n"
        for chat in chats
        for m in chat.messages
    ]
    return "".join(rows)


def write_jd_log(chats: list[ParsedConversation], *, ends: bool = True) -> str:
    parts = []
    for chat in chats:
        parts.append("/*****************以下为一通会话************************************/\n")
        for m in chat.messages:
            parts.append(f"{m.sender or chat.customer} {local(m.sent_at)}\n{m.text}\t\n")
        if ends:
            parts.append(f"/*****************会话结束_时间:{local(chat.messages[-1].sent_at)} ***/\n")
    return "".join(parts)


def write_qianniu(chats: list[ParsedConversation]) -> str:
    rule = "=" * 64
    parts = [f"{SHOP}:小松\n{rule}\n{' ' * 28}单聊\n{rule}\n"]
    for chat in chats:
        parts.append(f"{'-' * 28}{chat.customer}{'-' * 28}\n")
        parts += [f"{m.sender or chat.customer}({local(m.sent_at)}):  {m.text}\n" for m in chat.messages]
    parts.append(f"{rule}\n{' ' * 28}群聊\n{rule}\n某群({local(START)}):  群里的话\n")
    return "".join(parts)


def write_instant(chats: list[ParsedConversation]) -> str:
    parts = [f"{SHOP}\n即时消息\n"]
    for chat in chats:
        parts.append(f"{local(chat.messages[0].sent_at, '%Y-%m-%d')}\n")
        parts += [f"{local(m.sent_at)} {m.sender or chat.customer}: {m.text}\n" for m in chat.messages]
    return "".join(parts)


def write_copy(chats: list[ParsedConversation], style: str = "glued") -> str:
    parts = []
    for chat in chats:
        for m in chat.messages:
            nick, at = m.sender or chat.customer, local(m.sent_at)
            other = chat.customer if m.sender else f"{SHOP}:小松"
            head = {
                "glued": f"{nick}{at}",
                "spaced": f"{nick} {at}",
                "below": f"{nick}\n{at}",
                "arrow": f"{nick} --> {other} {at}",
            }[style]
            parts.append(f"{head}\n{m.text}\n已读\n")
    return "".join(parts)


HEADER = ["会话ID", "客户名", "消息序号", "发送时间", "发送方", "发送账号", "发送内容"]


def table_rows(chats: list[ParsedConversation]) -> list[list[str]]:
    return [
        [
            chat.source_key,
            chat.customer,
            str(m.seq + 1),
            local(m.sent_at),
            "客服" if m.sender else "客户",
            m.sender or chat.customer,
            m.text,
        ]
        for chat in chats
        for m in chat.messages
    ]


def write_csv(chats: list[ParsedConversation], *, delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([HEADER, *table_rows(chats)])
    return out.getvalue()


def write_xlsx(rows: list[list[str]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            sheet.write_string(y, x, value)
    book.close()
    return out.getvalue()


def write_jsonl(chats: list[ParsedConversation]) -> str:
    def turn(m: ParsedMessage) -> dict[str, str]:
        at = {"time": local(m.sent_at)} if m.sent_at else {}
        return {"from": m.side.value, "text": m.text, **at}

    return "".join(
        json.dumps(
            {"id": c.source_key, "customer": c.customer, "messages": [turn(m) for m in c.messages]}, ensure_ascii=False
        )
        + "\n"
        for c in chats
    )


def write_uneed(chats: list[ParsedConversation]) -> str:
    def turn(m: ParsedMessage) -> dict[str, object]:
        side = "客服" if m.side is Side.AGENT else "用户"
        return {"seq_no": m.seq + 1, "time": local(m.sent_at), "sender_type": side, "send_content": m.text}

    return "".join(
        json.dumps(
            {"sid": c.source_key, "userid": c.customer, "dialogue": [turn(m) for m in c.messages]}, ensure_ascii=False
        )
        + "\n"
        for c in chats
    )
