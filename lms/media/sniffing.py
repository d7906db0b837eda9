"""What a file is, as its content tells; its name is never asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from lms.media.archives import check_office_file
from lms.media.enums import MediaKind
from lms.media.kinds import TYPES, MediaRefused, formats, kind_name
from lms.media.movies import NotAMovie, is_mp4, is_webm, mp4_facts
from lms.media.pictures import clean_picture

HEAD = 8192
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Identified:
    """A file that may be kept. ``content`` replaces the bytes that came (a picture without its EXIF)."""

    kind: MediaKind
    mimetype: str
    facts: dict[str, Any] = field(default_factory=dict)
    content: bytes | None = None

    @property
    def suffix(self) -> str:
        return TYPES[self.mimetype][1]


def likely_kind(head: bytes, allowed: Collection[MediaKind] = tuple(MediaKind)) -> MediaKind:
    """The kind by the first bytes alone, enough to choose the size limit. Raises MediaRefused for anything unknown."""
    import filetype

    guessed = filetype.guess_mime(head) or ""
    if head.startswith(b"%PDF-"):
        return _allowed(MediaKind.PDF, allowed)
    if is_mp4(head) or is_webm(head):
        return _allowed(MediaKind.VIDEO, allowed)
    if head.startswith(ZIP):
        office = [kind for kind in (MediaKind.SLIDES, MediaKind.WORD) if kind in allowed]
        return office[0] if office else _allowed(MediaKind.WORD, allowed)
    if guessed in TYPES and TYPES[guessed][0] is MediaKind.PICTURE:
        return _allowed(MediaKind.PICTURE, allowed)
    raise _unknown(head, guessed, allowed)


def identify(path: Path, *, allowed: Collection[MediaKind] = tuple(MediaKind)) -> Identified:
    """Look through the whole file. Raises MediaRefused with what is wrong and what to do."""
    with open(path, "rb") as file:
        head = file.read(HEAD)
    kind = likely_kind(head, allowed)
    if kind is MediaKind.PICTURE:
        content, mimetype, facts = clean_picture(path.read_bytes())
        return Identified(kind, mimetype, dict(facts), content)
    if kind is MediaKind.PDF:
        _check_pdf(path)
        return Identified(kind, "application/pdf")
    if kind is MediaKind.VIDEO:
        return _video(path, head)
    kind = {"wordprocessingml": MediaKind.WORD, "presentationml": MediaKind.SLIDES}[check_office_file(path)]
    _allowed(kind, allowed)
    return Identified(kind, next(name for name, (of, _suffix) in TYPES.items() if of is kind))


def _video(path: Path, head: bytes) -> Identified:
    if is_webm(head):
        return Identified(MediaKind.VIDEO, "video/webm")  # its length is known to the player only
    try:
        return Identified(MediaKind.VIDEO, "video/mp4", mp4_facts(path))
    except NotAMovie as error:
        raise MediaRefused(
            _("视频不完整，或里面没有画面，播放不了。"), hint=_("请重新导出为 MP4（H.264 编码）再上传。")
        ) from error


def _check_pdf(path: Path) -> None:
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - 4096))
        tail = file.read()
    if b"%%EOF" not in tail or b"startxref" not in tail:
        raise MediaRefused(_("PDF 不完整，打不开。"), hint=_("请重新导出或下载后再上传。"))


def _allowed(kind: MediaKind, allowed: Collection[MediaKind]) -> MediaKind:
    if kind not in allowed:
        raise MediaRefused(
            _("这里不能放%(kind)s。", kind=kind_name(kind)), hint=_("可以上传：%(formats)s。", formats=formats(allowed))
        )
    return kind


def _unknown(head: bytes, guessed: str, allowed: Collection[MediaKind]) -> MediaRefused:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n\0")[:600].lower()
    hint = _("可以上传：%(formats)s。", formats=formats(allowed))
    if head.startswith(OLD_OFFICE):
        return MediaRefused(
            _("这是旧版 Office 或加密的文件，显示不了。"), hint=_("请去掉密码，另存为 .docx 或 .pptx 再上传。")
        )
    if b"<svg" in start:
        return MediaRefused(_("不能上传 SVG 图片，里面可能藏有脚本。"), hint=_("请导出为 PNG 再上传。"))
    if start.startswith((b"<!doctype html", b"<html", b"<script", b"<?xml", b"<!--", b"<head", b"<body")):
        return MediaRefused(_("不能上传网页文件。"), hint=hint)
    if head[4:8] == b"ftyp" and guessed.startswith("image/"):
        return MediaRefused(_("浏览器显示不了这种图片。"), hint=_("请在手机或电脑上另存为 JPG 再上传。"))
    if guessed.startswith("video/") or head[4:8] in (b"ftyp", b"moov"):
        return MediaRefused(_("浏览器播放不了这种视频。"), hint=_("请转成 MP4（H.264 编码）再上传。"))
    return MediaRefused(_("不支持这种文件。"), hint=hint)
