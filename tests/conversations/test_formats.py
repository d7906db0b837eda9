"""Formats: what is written in a format is read back equal, in every encoding, however the rows are strewn."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.conversations.enums import Side
from lms.conversations.formats import BUILT_IN, ParsedConversation, ParseOptions
from lms.conversations.formats.archive import open_sources
from lms.conversations.formats.detect import detect, format_named
from lms.conversations.formats.errors import NeedsMapping, UnknownFormat
from lms.conversations.formats.grouping import group_rows
from lms.conversations.formats.session_table import read_session_table
from lms.conversations.formats.shape import BadLine, Dropped, Event
from lms.conversations.formats.source import ChatSource
from lms.conversations.formats.times import parse_time
from tests.conversations import writing as w

Said = list[tuple[str, str, datetime | None]]
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TIMED: dict[str, tuple[str, Callable[[list[ParsedConversation]], str]]] = {
    "jd-log": ("jd-log", w.write_jd_log),
    "jd-log without ends": ("jd-log", lambda chats: w.write_jd_log(chats, ends=False)),
    "qianniu": ("qianniu", w.write_qianniu),
    "instant": ("qianniu", w.write_instant),
    "copy glued": ("qianniu-copy", lambda chats: w.write_copy(chats, "glued")),
    "copy below": ("qianniu-copy", lambda chats: w.write_copy(chats, "below")),
    "copy arrow": ("qianniu-copy", lambda chats: w.write_copy(chats, "arrow")),
    "csv": ("table", w.write_csv),
    "tsv": ("table", lambda chats: w.write_csv(chats, delimiter="\t")),
    "jsonl": ("jsonl", w.write_jsonl),
    "uneed": ("jsonl", w.write_uneed),
}


def source_of(content: str | bytes, name: str = "x.txt", *, is_workbook: bool = False) -> ChatSource:
    raw = content if isinstance(content, bytes) else content.encode()
    return ChatSource(name, lambda: io.BytesIO(raw), len(raw), is_workbook=is_workbook)


def read(content: str | bytes, format_name: str, options: ParseOptions | None = None, **kind: bool) -> list[Event]:
    source = source_of(content, **kind)
    return list(format_named(format_name, BUILT_IN).parse(source, options or ParseOptions()))


def said(chats: list[Event] | list[ParsedConversation]) -> list[Said]:
    """What was said in each conversation: side, text, time."""
    found = [chat for chat in chats if isinstance(chat, ParsedConversation)]
    return [[(m.side.value, m.text.strip(), m.sent_at) for m in chat.messages] for chat in found]


@pytest.mark.parametrize("case", sorted(TIMED))
@few
@given(chats=w.conversations())
def test_round_trip(case: str, chats: list[ParsedConversation]) -> None:
    format_name, write = TIMED[case]
    assert said(read(write(chats), format_name)) == said(chats)


@few
@given(chats=w.conversations(multiline=False, times=False))
def test_round_trip_jddc(chats: list[ParsedConversation]) -> None:
    assert said(read(w.write_jddc(chats), "jddc")) == said(chats)


@few
@given(chats=w.conversations())
def test_round_trip_xlsx(chats: list[ParsedConversation]) -> None:
    book = w.write_xlsx([w.HEADER, *w.table_rows(chats)])
    assert said(read(book, "table", is_workbook=True)) == said(chats)


@pytest.mark.parametrize("case", sorted(TIMED))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_format_is_recognised_in_every_encoding(case: str, encoding: str) -> None:
    format_name, write = TIMED[case]
    chats = _example(6)
    source = source_of(write(chats).encode(encoding))
    found = detect(source, BUILT_IN)
    assert found.format.name == format_name
    assert said(list(found.format.parse(source, ParseOptions()))) == said(chats)


def _example(conversations: int) -> list[ParsedConversation]:
    from datetime import timedelta

    made = []
    for number in range(conversations):
        at = w.START + timedelta(days=number)
        texts = [
            (Side.CUSTOMER, "这支笔还有货吗"),
            (Side.AGENT, "有的，今天就能发"),
            (Side.CUSTOMER, "好的谢谢\n我再看看别的颜色"),
        ]
        messages = []
        for seq, (side, text) in enumerate(texts):
            sender = f"{w.SHOP}:小松" if side is Side.AGENT else ""
            messages.append(w.ParsedMessage(seq, side, sender, at + timedelta(seconds=9 * seq), text))
        made.append(ParsedConversation(f"s{number}", f"c****{number}", messages))
    return made


@few
@given(chats=w.conversations(multiline=False, times=False), seed=st.integers())
def test_interleaved_sessions_are_put_together(chats: list[ParsedConversation], seed: int) -> None:
    queues = [[line for line in w.write_jddc([chat]).splitlines()] for chat in chats]
    rnd, lines = Random(seed), []
    while any(queues):
        lines.append(rnd.choice([queue for queue in queues if queue]).pop(0))
    got = {
        chat.source_key: said([chat]) for chat in read("\n".join(lines), "jddc") if isinstance(chat, ParsedConversation)
    }
    assert got == {chat.source_key: said([chat]) for chat in chats}


@few
@given(rows=st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 9)), max_size=60), limit=st.integers(1, 30))
def test_grouping_on_disk_equals_grouping_in_memory(rows: list[tuple[str, int]], limit: int) -> None:
    keyed = [(key, (n,)) for key, n in rows]
    assert list(group_rows(iter(keyed), limit=limit)) == list(group_rows(iter(keyed), limit=10_000))


def test_a_log_with_everything_in_it() -> None:
    text = (
        "/*****************以下为一通会话************************************/\n"
        "jimi_abc 2026-03-01 10:00:00\n【此消息为欢迎卡片，请升级】\n"
        "a****12 2026-03-01 10:00:05\n您选择了一个订单进行咨询\n订单号:123456789012 商品ID:88001\n"
        "a****12 2026-03-01 10:00:07\n这个什么时候发货\n预计送达 2026-03-05 18:00:00\n\t\n"
        "用户发起转人工\n"
        "松果自营-小王 2026-03-01 10:00:20\n48小时内发货的\t\n"
        "松果自营-小王 2026-13-45 10:00:20\n"
        "/*****************会话结束_时间:2026-03-01 10:01:00 ***/\n"
    )
    events = read(text, "jd-log")
    (chat,) = [event for event in events if isinstance(event, ParsedConversation)]
    assert [(m.side.value, m.text) for m in chat.messages] == [
        ("customer", "这个什么时候发货\n预计送达 2026-03-05 18:00:00"),
        ("agent", "48小时内发货的"),
    ]
    assert (chat.customer, chat.agent, chat.product_ref) == ("a****12", "松果自营-小王", "88001")
    assert sum(isinstance(event, Dropped) for event in events) == 4
    assert [event.line for event in events if isinstance(event, BadLine)] == [14]


def test_companion_is_joined_by_start_and_name_then_start_then_two_minutes() -> None:
    table = read_session_table(
        source_of(
            w.write_xlsx(
                [
                    ["咨询时间", "顾客", "客服", "商品编号", "商品名称", "满意度", "是否解决"],
                    ["2026-03-01 10:00:00", "a****1", "小王", "11", "笔", "满意", "是"],
                    ["2026-03-01 10:00:00", "b****2", "小李", "22", "本", "不满意", "否"],
                    ["2026-03-02 10:00:00", "改过的名字", "小赵", "33", "尺", "一般", "是"],
                    ["2026-03-03 10:01:30", "d****4", "小钱", "44", "包", "满意", "是"],
                ]
            ),
            "会话.xlsx",
            is_workbook=True,
        )
    )
    log = "".join(
        f"/*****************以下为一通会话************************************/\n{name} {at}\n在吗有货没\n"
        for name, at in [
            ("b****2", "2026-03-01 10:00:00"),
            ("a****1", "2026-03-01 10:00:00"),
            ("c****3", "2026-03-02 10:00:00"),
            ("d****4", "2026-03-03 10:00:00"),
            ("e****5", "2026-03-04 10:00:00"),
        ]
    )
    chats = [e for e in read(log, "jd-log", ParseOptions(sessions=table)) if isinstance(e, ParsedConversation)]
    assert [(chat.agent, chat.product_ref, chat.facts.get("满意度", "")) for chat in chats] == [
        ("小李", "22", "不满意"),
        ("小王", "11", "满意"),
        ("小赵", "33", "一般"),
        ("小钱", "44", "满意"),
        ("", "", ""),
    ]


def test_qianniu_stops_at_group_chats_and_counts_what_is_not_there() -> None:
    rule = "=" * 64
    text = (
        f"松果文具\n{rule}\n   单聊\n{rule}\n{'-' * 28}买家甲{'-' * 28}\n"
        "买家甲(2026-03-01 10:00:00):  请在客户端查看原始聊天记录，网页版无法展示\n"
        "买家甲(2026-03-01 10:00:09):  有货吗\n还有别的颜色吗\n松果文具:小松(2026-03-01 10:00:20):  有的\n"
        f"{rule}\n   群聊\n{rule}\n某人(2026-03-01 11:00:00):  群里说的话\n"
    )
    events = read(text, "qianniu")
    assert said(events) == [
        [
            ("customer", "有货吗\n还有别的颜色吗", datetime(2026, 3, 1, 2, 0, 9, tzinfo=UTC)),
            ("agent", "有的", datetime(2026, 3, 1, 2, 0, 20, tzinfo=UTC)),
        ]
    ]
    assert sum(isinstance(event, Dropped) for event in events) == 1


def test_a_chat_over_midnight_is_one_and_two_days_are_two() -> None:
    text = "\n".join(
        f"客人小雨 {at}\n{word}\n"
        for at, word in [
            ("2026-3-1 23:58:00", "在吗"),
            ("2026-3-2 0:05:10", "还在"),
            ("2026-3-2 15:00:00", "下午接着问"),
            ("2026-3-3 9:00:00", "第二天"),
        ]
    )
    assert [[m[1] for m in chat] for chat in said(read(text, "qianniu-copy"))] == [
        ["在吗", "还在", "下午接着问"],
        ["第二天"],
    ]


def test_copied_text_drops_what_the_window_adds() -> None:
    text = (
        "客人小雨2026-3-1 9:05:10\n当前用户来自手机淘宝\n商品详情页\n这个有货吗\n已读\n¥ "
        "39.00\nhttps://item.taobao.com/item.htm?id=1\n"
        "由 服务助手 转交给 松果文具:小松\n原因：【离线留言自动分配】\n松果文具:小松2026-3-1 "
        "9:05:30\n有的哦\n客人小雨撤回了一条消息\n未读\n"
    )
    events = read(text, "qianniu-copy")
    assert [[m[:2] for m in chat] for chat in said(events)] == [[("customer", "这个有货吗"), ("agent", "有的哦")]]
    assert sum(isinstance(event, Dropped) for event in events) == 9


def test_table_sorts_by_number_and_takes_words_and_figures_for_sides() -> None:
    text = "session_id,seq,side,content\nA,2,1,有的\nA,1,0,有货吗\nB,1,买家,在吗\nB,2,机器人,您好\nA,3,用户,好\n"
    assert said(read(text, "table")) == [
        [("customer", "有货吗", None), ("agent", "有的", None), ("customer", "好", None)],
        [("customer", "在吗", None), ("robot", "您好", None)],
    ]


def test_table_with_a_title_above_and_time_of_day_only() -> None:
    text = "三月聊天明细\n\n会话编号,时间,角色,聊天内容\nA,10:05:09,客服,有的\nA,10:05:01,客户,有货吗\n"
    assert [[m[:2] for m in chat] for chat in said(read(text, "table"))] == [
        [("customer", "有货吗"), ("agent", "有的")]
    ]


def test_table_without_sessions_makes_one_of_a_customers_day() -> None:
    text = "客户名,发送时间,发送方,发送内容\n小雨,2026-03-01 10:00:00,客户,在吗\n小雨,2026-03-02 10:00:00,客户,还在吗\n"
    assert [[m[1] for m in chat] for chat in said(read(text, "table"))] == [["在吗"], ["还在吗"]]


def test_xlsx_dates_and_numbers_read_as_written() -> None:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    stamp = book.add_format({"num_format": "yyyy/m/d hh:mm:ss"})
    for x, name in enumerate(["会话ID", "发送时间", "发送方", "发送内容", "商品编号"]):
        sheet.write(0, x, name)
    sheet.write_number(1, 0, 100012043978)
    sheet.write_datetime(1, 1, datetime(2026, 3, 1, 10, 0, 0), stamp)
    sheet.write_number(1, 2, 0)
    sheet.write_rich_string(1, 3, "有", book.add_format({"bold": True}), "货", "吗")
    sheet.write_number(1, 4, 123456789012345678)
    book.close()
    (chat,) = read(out.getvalue(), "table", is_workbook=True)
    assert isinstance(chat, ParsedConversation)
    assert (chat.source_key, chat.product_ref[:10]) == ("100012043978", "1234567890")
    assert said([chat]) == [[("customer", "有货吗", datetime(2026, 3, 1, 2, 0, tzinfo=UTC))]]


def test_unknown_columns_ask_for_a_mapping_and_a_mapping_is_enough() -> None:
    text = "甲,乙,丙\nA,买家,有货吗\n"
    with pytest.raises(NeedsMapping) as caught:
        read(text, "table")
    assert caught.value.head.header == ("甲", "乙", "丙") and "甲、乙、丙" in caught.value.message
    options = ParseOptions(columns={"session": 0, "side": 1, "text": 2})
    assert said(read(text, "table", options)) == [[("customer", "有货吗", None)]]


def test_no_format_is_forced_on_a_letter() -> None:
    with pytest.raises(UnknownFormat):
        detect(source_of("亲爱的同事们：\n明天下午开会。\n请准时。\n"), BUILT_IN)


class GbkName(zipfile.ZipInfo):
    """An entry as Windows writes it: the name in GBK, and no flag that says so."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def test_zip_with_chinese_names_in_gbk(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(GbkName("三月/聊天.csv"), w.write_csv(_example(2)).encode("gbk"))
        archive.writestr("二月.jsonl", w.write_jsonl(_example(1)))
        archive.writestr("__MACOSX/._二月.jsonl", b"\x00\x05")
    sources = open_sources(path, "a.zip")
    assert [source.name for source in sources] == ["a.zip/三月/聊天.csv", "a.zip/二月.jsonl"]
    assert [detect(source, BUILT_IN).format.name for source in sources] == ["table", "jsonl"]
    assert said(list(detect(sources[0], BUILT_IN).format.parse(sources[0], ParseOptions()))) == said(_example(2))


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-03-01 10:00:00", "2026-03-01 02:00:00"),
        ("2026/3/1 9:05", "2026-03-01 01:05:00"),
        ("2026年3月1日 9:05:10", "2026-03-01 01:05:10"),
        ("2026-03-01T10:00:00Z", "2026-03-01 10:00:00"),
        ("2026-03-01T10:00:00+08:00", "2026-03-01 02:00:00"),
        ("2026-3-1 下午2:05", "2026-03-01 06:05:00"),
        ("20260301100000", "2026-03-01 02:00:00"),
        ("1772330400", "2026-03-01 02:00:00"),
        ("2026-02-30 10:00:00", None),
        ("10:00:00", None),
        ("昨天", None),
    ],
)
def test_times_are_shanghais(text: str, utc: str | None) -> None:
    at = parse_time(text)
    assert (at.strftime("%Y-%m-%d %H:%M:%S") if at else None) == utc


@pytest.mark.parametrize(
    ("folder", "name", "format_name", "conversations", "messages"),
    [
        ("jddc-chat", "chat.tsv", "jddc", 994, 12136),
        ("jd-store-chat", "sessions.jsonl", "jsonl", 700, 12228),
        ("taobao-presales", "dialogues.jsonl", "jsonl", 5, 72),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_research_chats_are_read_whole(
    shared_data: Path, folder: str, name: str, format_name: str, conversations: int, messages: int, encoding: str
) -> None:
    text = (shared_data / folder / name).read_text(encoding="utf-8")
    source = source_of(text.encode(encoding), name)
    found = detect(source, BUILT_IN)
    events = list(found.format.parse(source, ParseOptions()))
    assert found.format.name == format_name
    assert all(isinstance(event, ParsedConversation) for event in events)
    assert (len(events), sum(len(chat) for chat in said(events))) == (conversations, messages)


def test_jsonl_tells_what_is_wrong_with_a_message() -> None:
    line = json.dumps(
        {
            "id": "a",
            "messages": [{"from": "customer", "text": "有货吗"}, {"from": "路人", "text": "x"}, 5, {"from": "agent"}],
        }
    )
    events = read(f"{line}\n[1]\n{{\n", "jsonl")
    assert said(events) == [[("customer", "有货吗", None)]]
    assert [event.line for event in events if isinstance(event, BadLine)] == [1, 1, 1, 2, 3]
