"""Opens what was given: a text file, a workbook, or a ZIP with several. Nothing is ever unpacked by its name."""

from __future__ import annotations

import stat
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from flask_babel import gettext as _

from lms.conversations.formats.errors import UnreadableFile, empty_file, truncated_file
from lms.conversations.formats.source import ChatSource

MOST_MEMBERS = 500
MOST_BYTES = 1 << 30
_RATIO = 150
_RATIO_FROM = 4 << 20
_IGNORED = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_CHUNK = 1 << 20


def open_sources(path: Path, name: str) -> list[ChatSource]:
    """The chat files in ``path``, which people know as ``name``. Raises UnreadableFile with what is wrong.

    A ZIP is checked whole before anything of it is read: names, sizes, links, passwords and check sums.
    """
    size = path.stat().st_size
    if size == 0:
        raise empty_file()
    with path.open("rb") as stream:
        magic = stream.read(4)
    if magic[:2] != b"PK":
        return [ChatSource(name, lambda: path.open("rb"), size)]
    try:
        with zipfile.ZipFile(path) as archive:
            if _is_workbook(archive):
                _refuse_bomb(archive.infolist())
                return [ChatSource(name, lambda: path.open("rb"), size, is_workbook=True)]
            return [_member_source(path, name, info) for info in _checked(archive)]
    except (zipfile.BadZipFile, EOFError) as error:
        if name.lower().endswith(".xlsx"):
            raise UnreadableFile(
                _("这不是有效的 XLSX 文件，可能没有下载完整。"), hint=_("请重新导出，或另存为 CSV 后再上传。")
            ) from error
        raise truncated_file() from error
    except (NotImplementedError, RuntimeError) as error:
        raise UnreadableFile(
            _("压缩包用了不支持的压缩或加密方式。"), hint=_("请用 Windows 自带的压缩功能重新打包，不要加密。")
        ) from error


def _is_workbook(archive: zipfile.ZipFile) -> bool:
    return "xl/workbook.xml" in archive.namelist()


def shown_name(info: zipfile.ZipInfo) -> str:
    """The member's name; old Windows archives write GBK without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _checked(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The members that may hold chats, after everything that could be wrong with the archive was looked for."""
    members = []
    for info in archive.infolist():
        name = shown_name(info)
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0]:
            raise UnreadableFile(
                _("压缩包里的文件名“%(name)s”指向压缩包以外。", name=name[:60]), hint=_("请用正常的压缩软件重新打包。")
            )
        if stat.S_ISLNK(info.external_attr >> 16):
            raise UnreadableFile(
                _("压缩包里的“%(name)s”是链接，不是文件。", name=name[:60]), hint=_("请把原文件放进压缩包。")
            )
        if info.is_dir() or any(part in name for part in _IGNORED):
            continue
        if info.flag_bits & 0x1:
            raise UnreadableFile(_("压缩包加了密码。"), hint=_("请解密后重新打包，不要设置密码。"))
        if name.lower().endswith((".zip", ".rar", ".7z", ".gz", ".tar")):
            raise UnreadableFile(
                _("压缩包里还有压缩包“%(name)s”。", name=name[:60]), hint=_("请先解压里面的压缩包，再一起打包。")
            )
        members.append(info)
    if not members:
        raise UnreadableFile(_("压缩包里没有文件。"), hint=_("请确认压缩包里是聊天记录文件。"))
    if len(members) > MOST_MEMBERS:
        raise UnreadableFile(
            _("压缩包里有 %(n)s 个文件，超过 %(most)s 个的上限。", n=len(members), most=MOST_MEMBERS),
            hint=_("请分成几个压缩包。"),
        )
    _refuse_bomb(members)
    for info in members:
        _verify(archive, info)
    return members


def _refuse_bomb(members: list[zipfile.ZipInfo]) -> None:
    total = sum(info.file_size for info in members)
    packed = sum(info.compress_size for info in members)
    if total > MOST_BYTES or (total > _RATIO_FROM and total > _RATIO * max(1, packed)):
        raise UnreadableFile(
            _("压缩包解开后有 %(mb)s MB，与压缩包的大小不相称，已拒绝。", mb=total >> 20),
            hint=_("请拆分后不压缩直接上传。"),
        )


def _verify(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """Read the member to its end: a wrong check sum or a cut-off member raises BadZipFile or EOFError here."""
    read = 0
    with archive.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            read += len(chunk)
            if read > info.file_size:
                raise zipfile.BadZipFile(info.filename)
    if read != info.file_size:
        raise EOFError


def _member_source(path: Path, name: str, info: zipfile.ZipInfo) -> ChatSource:
    with zipfile.ZipFile(path) as archive, archive.open(info) as stream:
        is_book = stream.read(4) == b"PK\x03\x04"
    opener: Callable[[], BinaryIO] = (lambda: _seekable(path, info)) if is_book else (lambda: _stream(path, info))
    if is_book:
        try:
            with opener() as inner, zipfile.ZipFile(inner) as book:
                if not _is_workbook(book):
                    raise UnreadableFile(
                        _("压缩包里还有压缩包“%(name)s”。", name=shown_name(info)[:60]),
                        hint=_("请先解压里面的压缩包，再一起打包。"),
                    )
                _refuse_bomb(book.infolist())
        except zipfile.BadZipFile as error:
            raise truncated_file() from error
    return ChatSource(f"{name}/{shown_name(info)}", opener, info.file_size, is_workbook=is_book)


def _stream(path: Path, info: zipfile.ZipInfo) -> BinaryIO:
    archive = zipfile.ZipFile(path)
    member = archive.open(info)
    archive.close()  # the member keeps the file open until it is closed itself
    return cast(BinaryIO, member)


def _seekable(path: Path, info: zipfile.ZipInfo) -> BinaryIO:
    """A copy without a name on disk: a workbook has to be read out of order."""
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    with _stream(path, info) as member:
        while chunk := member.read(_CHUNK):
            copy.write(chunk)
    copy.seek(0)
    return cast(BinaryIO, copy)
