"""What may be uploaded: per kind the largest size, and the words that errors and buttons use."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import gettext as _

from lms.config import settings
from lms.kernel.errors import DomainError
from lms.media.enums import MediaKind

MB = 1 << 20
LIMITS_MB = {
    MediaKind.PICTURE: 10,
    MediaKind.VIDEO: 500,
    MediaKind.PDF: 50,
    MediaKind.WORD: 30,
    MediaKind.SLIDES: 80,
}
TYPES = {
    "image/png": (MediaKind.PICTURE, ".png"),
    "image/jpeg": (MediaKind.PICTURE, ".jpg"),
    "image/gif": (MediaKind.PICTURE, ".gif"),
    "image/webp": (MediaKind.PICTURE, ".webp"),
    "video/mp4": (MediaKind.VIDEO, ".mp4"),
    "video/webm": (MediaKind.VIDEO, ".webm"),
    "application/pdf": (MediaKind.PDF, ".pdf"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (MediaKind.WORD, ".docx"),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (MediaKind.SLIDES, ".pptx"),
}


class MediaRefused(DomainError):
    """This file is not taken, and why; nothing of it is kept."""

    status = 422


class MediaTooLarge(MediaRefused):
    """More bytes than files of this kind may have."""

    status = 413


def limit_mb(kind: MediaKind) -> int:
    """The most megabytes of a file of this kind: the kind's own limit or that of the installation."""
    return min(LIMITS_MB[kind], settings().upload_max_mb)


def kind_name(kind: MediaKind) -> str:
    """The kind in a word or two."""
    names = {
        MediaKind.PICTURE: _("图片"),
        MediaKind.VIDEO: _("视频"),
        MediaKind.PDF: "PDF",
        MediaKind.WORD: _("Word 文档"),
        MediaKind.SLIDES: _("PowerPoint 演示文稿"),
    }
    return names[kind]


def formats(kinds: Collection[MediaKind] = tuple(MediaKind)) -> str:
    """What may be uploaded, as a line for people."""
    words = {
        MediaKind.PICTURE: _("图片（JPG、PNG、GIF、WebP）"),
        MediaKind.VIDEO: _("视频（MP4、WebM）"),
        MediaKind.PDF: "PDF",
        MediaKind.WORD: "Word（.docx）",
        MediaKind.SLIDES: "PowerPoint（.pptx）",
    }
    return "、".join(words[kind] for kind in MediaKind if kind in kinds)


def suffixes(kinds: Collection[MediaKind] = tuple(MediaKind)) -> str:
    """What a browser's file dialog offers first, as the attribute ``accept`` has it."""
    return ",".join(suffix for kind, suffix in TYPES.values() if kind in kinds) + (
        ",.jpeg" if MediaKind.PICTURE in kinds else ""
    )


def too_large(kind: MediaKind) -> MediaTooLarge:
    """The error for a file of this kind that is too large."""
    return MediaTooLarge(
        _("%(kind)s不能超过 %(n)s MB。", kind=kind_name(kind), n=limit_mb(kind)), hint=_("请压缩或拆分后再上传。")
    )
