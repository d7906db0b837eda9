"""Word and PowerPoint files are zips of XML. This looks at one before any parser does, and refuses what would hurt.

Refused are bombs (too many entries, too many bytes, too high a ratio), names that lead out of a folder, encryption,
macros, XML with a DTD (entities that multiply or fetch files), and XML in encodings in which a DTD could hide.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import IO

from flask_babel import gettext as _

from lms.media.kinds import MB, MediaRefused

MAX_ENTRIES = 4000
MAX_BYTES = 300 * MB
MAX_XML_PART = 30 * MB
MAX_XML = 120 * MB
MAX_RATIO = 250
RATIO_FROM = 2 * MB  # small parts of one letter compress well without harm
CONTENT_TYPES = "[Content_Types].xml"
MAIN = re.compile(rb"application/vnd\.openxmlformats-officedocument\.([a-z]+)\.(?:document|presentation)\.main\+xml")
OTHER_OFFICE = re.compile(rb"spreadsheetml\.sheet\.main|macroEnabled|\.template|slideshow\.main", re.IGNORECASE)
ENCODING = re.compile(r"""<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
BROKEN_ZIP = (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError, NotImplementedError, KeyError)


def check_office_file(path: Path) -> str:
    """ "wordprocessingml" or "presentationml", by what the package itself says. Raises MediaRefused."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_entries(archive.infolist())
            types = _read(archive, CONTENT_TYPES, most=MB)
            found = {match.decode() for match in MAIN.findall(types)}
            if OTHER_OFFICE.search(types) or len(found) != 1:
                raise _not_ours(types)
            _check_contents(archive)
    except MediaRefused:
        raise
    except (*BROKEN_ZIP, zipfile.LargeZipFile, MemoryError) as error:
        raise _broken() from error
    except Exception as error:  # zlib.error and its kin share no base class
        raise _broken() from error
    return found.pop()


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise _bomb()
    names = set()
    for entry in entries:
        name = entry.orig_filename
        parts = name.replace("\\", "/").split("/")
        if name in names or name.startswith(("/", "\\")) or ".." in parts or ":" in name or "\0" in name:
            raise MediaRefused(_("文件里有不安全的路径，没有保存。"), hint=_("请用 Word 或 WPS 另存一份再上传。"))
        names.add(name)
        if entry.flag_bits & 0x1:
            raise MediaRefused(_("文件加了密码，无法显示。"), hint=_("请去掉密码后另存一份再上传。"))
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _broken()
        if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(1, entry.compress_size):
            raise _bomb()
    if sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise _bomb()


def _check_contents(archive: zipfile.ZipFile) -> None:
    """Read every part to its end, so that a cut or forged one shows, and look into those that hold XML."""
    xml_bytes = 0
    for entry in archive.infolist():
        with archive.open(entry) as part:
            head = part.read(256)
            if _looks_like_xml(head):
                text = head + _rest(part, MAX_XML_PART)
                xml_bytes += len(text)
                if xml_bytes > MAX_XML:
                    raise _bomb()
                _check_xml(text)
            elif entry.filename.lower().endswith((".xml", ".rels")) and head.strip():
                raise _broken()
            else:
                while part.read(MB):
                    pass


def _looks_like_xml(head: bytes) -> bool:
    """Whether a parser might take it for XML, in whatever encoding."""
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    return start.startswith((b"<", b"\x4c\x6f\xa7\x94"))


def _check_xml(raw: bytes) -> None:
    try:
        text = raw.decode("utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _broken() from error
    declared = ENCODING.search(text[:200])
    if declared and declared[1].lower() not in ("utf-8", "utf8", "utf-16", "us-ascii", "ascii"):
        raise _broken()
    if "\0" in text or "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise MediaRefused(_("文件里有不安全的内容，没有保存。"), hint=_("请用 Word 或 WPS 另存一份再上传。"))


def _read(archive: zipfile.ZipFile, name: str, *, most: int) -> bytes:
    with archive.open(name) as part:
        return _rest(part, most)


def _rest(part: IO[bytes], most: int) -> bytes:
    data = part.read(most + 1)
    if len(data) > most:
        raise _bomb()
    return data


def _not_ours(types: bytes) -> MediaRefused:
    if re.search(rb"macroEnabled", types, re.IGNORECASE):
        return MediaRefused(_("文件里有宏，不能上传。"), hint=_("请另存为不带宏的 .docx 或 .pptx。"))
    if b"spreadsheetml" in types:
        return MediaRefused(_("不能上传 Excel 表格。"), hint=_("请把内容放进 Word，或导出为 PDF。"))
    return MediaRefused(_("认不出这个文件，它不是 Word 或 PowerPoint。"), hint=_("请另存为 .docx 或 .pptx 再上传。"))


def _broken() -> MediaRefused:
    return MediaRefused(
        _("文件不完整或已损坏，打不开。"), hint=_("请用 Word、PowerPoint 或 WPS 打开后另存一份再上传。")
    )


def _bomb() -> MediaRefused:
    return MediaRefused(_("文件解压后太大，没有保存。"), hint=_("请压缩里面的图片，或拆成几个文件。"))
