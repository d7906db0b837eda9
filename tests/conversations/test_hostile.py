"""Files that are broken, or meant to break something: a clear error in the user's words, and nothing stored."""

from __future__ import annotations

import contextlib
import io
import stat
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from lms.conversations.formats import BUILT_IN, ChatSource, ParseOptions
from lms.conversations.formats.detect import format_named
from lms.conversations.formats.errors import UnreadableFile
from lms.conversations.models import Conversation, Message
from lms.kernel.db import db
from tests.conversations import writing as w
from tests.conversations.chats import TABLE, import_text


def zipped(*members: tuple[str, bytes], edit: Callable[[zipfile.ZipInfo], None] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if edit:
                edit(info)
            archive.writestr(info, content)
    return out.getvalue()


def encrypted() -> bytes:
    """The flag that says "encrypted", set in both headers of a plain archive."""
    raw = bytearray(zipped(("a.csv", TABLE.encode())))
    raw[6] |= 1
    central = raw.index(b"PK\x01\x02")
    raw[central + 8] |= 1
    return bytes(raw)


def wrong_checksum() -> bytes:
    raw = bytearray(zipped(("a.csv", TABLE.encode())))
    raw[14] ^= 0xFF
    central = raw.index(b"PK\x01\x02")
    raw[central + 16 : central + 20] = raw[14:18]
    return bytes(raw)


def lying_size() -> bytes:
    """A bomb that declares itself small."""
    raw = bytearray(zipped(("a.csv", b"0" * 60_000_000)))
    central = raw.index(b"PK\x01\x02")
    struct.pack_into("<I", raw, central + 24, 1000)
    struct.pack_into("<I", raw, 22, 1000)
    return bytes(raw)


def link(info: zipfile.ZipInfo) -> None:
    info.external_attr = (stat.S_IFLNK | 0o777) << 16


HOSTILE: dict[str, tuple[str, bytes | Callable[[], bytes], str]] = {
    "empty": ("a.csv", b"", "空的"),
    "blank": ("a.csv", b" \r\n\t\n" * 100_000, "空的"),
    "only a byte order mark": ("a.csv", b"\xef\xbb\xbf", "空的"),
    "binary": ("a.csv", bytes(range(256)) * 400, "二进制"),
    "picture": ("a.txt", b"\x89PNG\r\n\x1a\n" + b"x" * 99, "PNG"),
    "old Excel": ("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 999, "另存为 XLSX"),
    "RAR": ("a.rar", b"Rar!\x1a\x07" + b"\0" * 99, "ZIP"),
    "neither encoding": ("a.csv", b"\xff\xfa\x81\xff \xfe\xff\xf8\n" * 500, "编码"),
    "no zip behind the magic": ("a.zip", b"PK\x03\x04" + b"x" * 200, "不完整"),
    "zip cut off": ("a.zip", lambda: zipped(("a.csv", TABLE.encode() * 50))[:-60], "不完整"),
    "zip with a wrong check sum": ("a.zip", wrong_checksum, "不完整"),
    "zip with a password": ("a.zip", encrypted, "密码"),
    "zip bomb": ("a.zip", lambda: zipped(("a.csv", b"0" * 80_000_000)), "不相称"),
    "zip bomb that lies": ("a.zip", lying_size, "不完整"),
    "zip in a zip": ("a.zip", lambda: zipped(("inner.zip", zipped(("a.csv", TABLE.encode())))), "还有压缩包"),
    "zip in a zip under another "
    "name": ("a.zip", lambda: zipped(("inner.csv", zipped(("a.csv", TABLE.encode())))), "还有压缩包"),
    "zip that climbs out": ("a.zip", lambda: zipped(("../../etc/cron.d/x.csv", TABLE.encode())), "压缩包以外"),
    "zip with an absolute name": ("a.zip", lambda: zipped(("/tmp/x.csv", TABLE.encode())), "压缩包以外"),
    "zip with a link": ("a.zip", lambda: zipped(("a.csv", b"/etc/passwd"), edit=link), "链接"),
    "zip without files": ("a.zip", lambda: zipped(), "没有文件"),
    "zip with a thousand files": ("a.zip", lambda: zipped(*((f"{n}.csv", b"x") for n in range(600))), "超过"),
    "workbook that is none": ("a.xlsx", b"PK\x03\x04" + b"\0" * 500, "XLSX"),
    "workbook without a sheet": ("a.xlsx", lambda: zipped(("xl/workbook.xml", b"<workbook/>")), "XLSX"),
    "workbook with broken XML": (
        "a.xlsx",
        lambda: zipped(("xl/workbook.xml", b"<workbook><sheets><sheet")),
        "XLSX",
    ),
    "workbook cut off": ("a.xlsx", lambda: w.write_xlsx([["会话ID", "发送方", "发送内容"]])[:-300], "XLSX"),
    "workbook bomb": (
        "a.xlsx",
        lambda: zipped(("xl/workbook.xml", b"<workbook/>"), ("xl/worksheets/sheet1.xml", b" " * 80_000_000)),
        "不相称",
    ),
    "two million columns": ("a.csv", b"a" + b",a" * 2_000_000 + b"\n", "读不到表头"),
    "a line without an end": ("a.txt", b"x" * 9_000_000, "认不出"),
    "a letter": ("a.txt", "同事们：\n明天开会。\n".encode(), "认不出"),
    "a header and no message": ("a.csv", TABLE.splitlines()[0].encode(), "没有读到"),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(HOSTILE))
def test_a_hostile_file_gets_a_clear_error_and_leaves_nothing(app: Flask, tmp_path: Path, case: str) -> None:
    name, content, expected = HOSTILE[case]
    _made, (report, *more) = import_text(tmp_path, content() if callable(content) else content, name)
    assert more == []
    assert expected in report.error + report.hint, report
    assert report.hint
    assert (report.ok, db.session.query(Conversation).count(), db.session.query(Message).count()) == (0, 0, 0)


def bad_lines(tmp_path: Path, content: bytes, name: str = "a.csv") -> tuple[list[int], int]:
    """(numbers of the bad lines, messages stored)"""
    _made, (report,) = import_text(tmp_path, content, name)
    assert not report.error, report.error
    return [error["line"] for error in report.errors], report.ok


def test_a_line_of_two_million_columns_costs_itself_only(app: Flask, tmp_path: Path) -> None:
    assert bad_lines(tmp_path, TABLE.encode() + b"S9," * 600_000 + b"\n" + "S3,甲,,客户,甲,在吗,\n".encode()) == (
        [6],
        5,
    )
    assert bad_lines(tmp_path, TABLE.encode() + b"S9," * 2_000_000 + b"\n", "b.csv") == ([6], 0)


def test_undecodable_lines_are_told_one_by_one(app: Flask, tmp_path: Path) -> None:
    lines = TABLE.encode().splitlines(keepends=True)
    mixed = b"".join([*lines, "S3,甲,,客户,甲,这一行是国标码,\n".encode("gb18030"), "S4,乙,,客户,乙,好的,\n".encode()])
    assert bad_lines(tmp_path, mixed) == ([6], 5)
    gbk = TABLE.encode("gb18030") + "S5,丙,,客户,丙,".encode() + b"\xff\xff\xff,\n"
    assert bad_lines(tmp_path, gbk, "b.csv") == ([6], 0)


def test_a_utf8_byte_in_a_far_line_does_not_fool_the_detection(app: Flask, tmp_path: Path) -> None:
    """The first lines are plain ASCII; what the encoding is shows only below."""
    text = TABLE.splitlines()[0] + "\n" + "S1,a,,0,a,hello,\n" * 20_000 + "S2,甲,,客户,甲,有货吗,\n"
    assert bad_lines(tmp_path, text.encode("gb18030")) == ([], 20_001)


def test_nul_bytes_cost_their_line_only(app: Flask, tmp_path: Path) -> None:
    assert bad_lines(tmp_path, TABLE.encode() + "S3,甲,,客户,甲,在\0吗,\nS3,甲,,客户,甲,在吗,\n".encode()) == ([6], 5)


def test_a_quote_never_closed_costs_its_line_only(app: Flask, tmp_path: Path) -> None:
    more = 'S3,甲,,客户,甲,"没有收尾的引号,\nS3,甲,,客户,甲,"两行\n的话",\nS4,乙,,客户,乙,5" 屏有吗,\n'
    numbers, ok = bad_lines(tmp_path, TABLE.encode() + more.encode())
    assert (numbers, ok) == ([6], 6)


def test_a_truncated_export_keeps_what_is_whole(app: Flask, tmp_path: Path) -> None:
    whole = '{"id": "a", "messages": [{"from": "customer", "text": "有货吗"}]}\n'
    cut = (whole + whole.replace('"a"', '"b"')).encode()[:-20]
    assert bad_lines(tmp_path, cut, "a.jsonl") == ([2], 1)


def test_deep_json_and_strange_unicode_do_no_harm(app: Flask, tmp_path: Path) -> None:
    deep = "[" * 100_000
    odd = '{"id": "a", "messages": [{"from": "customer", "text": "\\ud800 有货吗 \\u0000 在"}]}'
    numbers, ok = bad_lines(tmp_path, f'{{"id": "x", "messages": {deep}\n{odd}\n'.encode(), "a.jsonl")
    assert (numbers, ok) == ([1], 1)
    db.session.expire_all()
    assert "\0" not in db.session.query(Message).one().text


def test_errors_are_capped_and_counted(app: Flask, tmp_path: Path) -> None:
    made, (report,) = import_text(tmp_path, (TABLE + "S9,甲,,谁,甲,什么,\n" * 1500).encode())
    assert (report.bad, len(report.errors), made.error_count, len(made.errors)) == (1500, 1000, 1500, 1000)


def test_nothing_of_a_person_shows_in_names_and_reasons(app: Flask, tmp_path: Path) -> None:
    made, (report,) = import_text(tmp_path, TABLE + "S3,甲,13812345678,客户,甲,在吗,\n", "聊天-13812345678.csv")
    assert "13812345678" not in made.name + report.name + str(made.errors) + str(made.files)
    assert made.error_count == 1


def test_an_xml_bomb_in_a_workbook_is_refused(app: Flask, tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{entities}]>'
    xml = f'{head}<workbook><sheets><sheet name="&e11;"/></sheets></workbook>'
    _made, (report,) = import_text(tmp_path, zipped(("xl/workbook.xml", xml.encode())), "a.xlsx")
    assert "XLSX" in report.error


@pytest.mark.parametrize("format_name", ["jddc", "jd-log", "qianniu", "qianniu-copy", "table", "jsonl"])
@pytest.mark.parametrize(
    "piece", [" ", "-", "=", "(", "1", "1 ", '"', "2026-01-01 ", "a(2026-01-01 10:00:00):  ", ",", "é"]
)
def test_no_line_makes_a_parser_slow(format_name: str, piece: str) -> None:
    line = piece * (400_000 // len(piece))
    content = f"{line}\n{line}\n".encode()
    source = ChatSource("a.txt", lambda: io.BytesIO(content), len(content))
    parser = format_named(format_name, BUILT_IN)
    started = time.process_time()
    with contextlib.suppress(UnreadableFile):
        parser.sniff(source.head(), "a.txt")
        list(parser.parse(source, ParseOptions()))
    assert time.process_time() - started < 3
