"""A file that comes in: what encoding it has, and its lines, one at a time."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterator
from typing import BinaryIO

from flask_babel import gettext as _

from lms.conversations.formats.errors import UnreadableFile, empty_file
from lms.conversations.formats.shape import BadLine

HEAD_BYTES = 64 * 1024
LONGEST_LINE = 2 * 1024 * 1024  # bytes; a session of two thousand messages in one line has about a quarter of it
_CHUNK = 1 << 20

ENCODING_LABELS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8（带 BOM）",
    "gb18030": "GB18030/GBK",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "workbook": "XLSX",
}
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7Z"),
    (b"\x1f\x8b", "GZ"),
    (b"BZh", "BZ2"),
    (b"\xfd7zXZ", "XZ"),
    (b"\xd0\xcf\x11\xe0", "XLS/DOC"),
    (b"SQLite format 3", "SQLite"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
)
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b\x08\x0b\x1a\x1c\x1d\x1e\x1f")


class ChatSource:
    """One file, or one member of an archive. ``opener`` opens it anew each time; ``size`` is in bytes."""

    def __init__(self, name: str, opener: Callable[[], BinaryIO], size: int, *, is_workbook: bool = False) -> None:
        self.name = name
        self.open = opener
        self.size = size
        self.is_workbook = is_workbook
        self.on_read: Callable[[int], None] | None = None
        self._encoding = "workbook" if is_workbook else ""

    @property
    def encoding(self) -> str:
        """The Python name of the encoding, found by reading the whole file once. Raises UnreadableFile."""
        if not self._encoding:
            with self.open() as stream:
                self._encoding = detect_encoding(stream)
        return self._encoding

    @property
    def encoding_label(self) -> str:
        return ENCODING_LABELS.get(self.encoding, self.encoding)

    def head(self) -> str:
        """The decoded beginning, to recognise a format by; cut at a line's end where there is one."""
        with self.open() as stream:
            raw = stream.read(HEAD_BYTES)
        text = raw.decode(self.encoding, errors="replace").lstrip("\ufeff")
        if len(raw) == HEAD_BYTES and "\n" in text:
            text = text[: text.rindex("\n")]
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def lines(self) -> Iterator[tuple[int, str] | BadLine]:
        """(number, text without its end) of each line; BadLine where one can't be decoded or is absurdly long."""
        if self.encoding.startswith("utf-16"):
            yield from self._wide_lines()
            return
        encoding = "utf-8" if self.encoding == "utf-8-sig" else self.encoding
        label, number, read, tell = self.encoding_label, 0, 0, 0
        with self.open() as stream:
            while raw := stream.readline(LONGEST_LINE + 1):
                number += 1
                read += len(raw)
                if self.on_read is not None and read - tell > _CHUNK:
                    tell = read
                    self.on_read(read)
                if len(raw) > LONGEST_LINE:
                    while raw and not raw.endswith(b"\n"):
                        raw = stream.readline(_CHUNK)
                        read += len(raw)
                    yield BadLine(number, _("这一行超过 2 MB，不像聊天记录，已跳过。"))
                    continue
                try:
                    text = raw.decode(encoding)
                except UnicodeDecodeError:
                    yield BadLine(number, _("这一行不是有效的 %(encoding)s 文字，已跳过。", encoding=label))
                    continue
                if number == 1:
                    text = text.lstrip("\ufeff")
                if "\0" in text:
                    yield BadLine(number, _("这一行含有空字符（NUL），文件可能已损坏，已跳过。"))
                    continue
                yield number, text.rstrip("\r\n")

    def _wide_lines(self) -> Iterator[tuple[int, str] | BadLine]:
        with self.open() as stream, io.TextIOWrapper(stream, encoding=self.encoding, errors="replace") as text:
            number = 0
            while line := text.readline(LONGEST_LINE):
                number += 1
                if len(line) == LONGEST_LINE and not line.endswith("\n"):
                    while line and not line.endswith("\n"):
                        line = text.readline(_CHUNK)
                    yield BadLine(number, _("这一行超过 2 MB，不像聊天记录，已跳过。"))
                elif "\ufffd" in line:
                    yield BadLine(number, _("这一行不是有效的 %(encoding)s 文字，已跳过。", encoding="UTF-16"))
                elif "\0" in line:
                    yield BadLine(number, _("这一行含有空字符（NUL），文件可能已损坏，已跳过。"))
                else:
                    yield number, line.rstrip("\r\n").lstrip("\ufeff" if number == 1 else "")


def detect_encoding(stream: BinaryIO) -> str:
    """Read all of ``stream`` and say how it is encoded: utf-8, utf-8-sig, gb18030 or utf-16.

    A file with some broken lines is taken as the encoding that breaks fewer of them. Raises UnreadableFile when it is
    empty, binary, or neither encoding fits.
    """
    head = stream.read(HEAD_BYTES)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        rest = stream.read(_CHUNK)
        if not rest.strip(b" \t\r\n\0"):
            raise empty_file()
        head += rest
    refuse_binary(head)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if wide := _wide_without_mark(head):
        return wide
    with_mark = head.startswith(codecs.BOM_UTF8)
    decoder = codecs.getincrementaldecoder("utf-8")()
    stream.seek(0)
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _fewer_broken_lines(stream, with_mark)
    return "utf-8-sig" if with_mark else "utf-8"


def _fewer_broken_lines(stream: BinaryIO, with_mark: bool) -> str:
    stream.seek(0)
    foreign = broken_utf8 = broken_gb = 0
    while raw := stream.readline(LONGEST_LINE):
        if raw.isascii():
            continue
        foreign += 1
        broken_utf8 += not _decodes(raw, "utf-8")
        broken_gb += not _decodes(raw, "gb18030")
    # Much of UTF-8 happens to be valid GB18030, hardly any GB18030 is valid UTF-8: UTF-8 is asked first.
    if with_mark or broken_utf8 * 2 <= foreign:
        if broken_utf8 * 10 > foreign * 3 and broken_gb < broken_utf8 and not with_mark:
            return "gb18030"
        return "utf-8-sig" if with_mark else "utf-8"
    if broken_gb * 2 <= foreign:
        return "gb18030"
    raise UnreadableFile(
        _("文件的文字编码无法识别，既不是 UTF-8 也不是 GB18030。"),
        hint=_("请用记事本打开，另存为 UTF-8 编码后再上传。"),
    )


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _wide_without_mark(head: bytes) -> str:
    """UTF-16 without its mark: every other byte of ASCII is zero."""
    if b"\0" not in head:
        return ""
    odd, even = head[1::2].count(0), head[0::2].count(0)
    half = max(1, len(head) // 2)
    if odd > 0.2 * half and even < 0.02 * half:
        return "utf-16-le"
    if even > 0.2 * half and odd < 0.02 * half:
        return "utf-16-be"
    return ""


def refuse_binary(head: bytes) -> None:
    """Raise UnreadableFile for pictures, documents, archives of other kinds, and anything full of control bytes."""
    for magic, kind in _MAGIC:
        if head.startswith(magic) and (kind != "EXE" or b"\0" in head[:256]):
            hint = _("请上传 TXT、LOG、CSV、TSV、XLSX、JSONL 或 ZIP 文件。")
            if kind == "XLS/DOC":
                hint = _("旧版 XLS 请用 Excel 或 WPS 另存为 XLSX 或 CSV 后再上传。")
            elif kind in ("RAR", "7Z", "GZ", "BZ2", "XZ"):
                hint = _("请解压后上传，或改用 ZIP 压缩。")
            raise UnreadableFile(_("这是 %(kind)s 文件，不是聊天记录。", kind=kind), hint=hint)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _wide_without_mark(head):
        return
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in head[:HEAD_BYTES])
    if controls > max(8, len(head) // 20):
        raise UnreadableFile(
            _("这是二进制文件，不是文字。"), hint=_("请上传 TXT、LOG、CSV、TSV、XLSX、JSONL 或 ZIP 文件。")
        )
