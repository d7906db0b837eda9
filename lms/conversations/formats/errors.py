"""Errors of a whole file: what is wrong with it and what to do. Nothing of such a file is stored."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask_babel import gettext as _

from lms.kernel.errors import DomainError


class UnreadableFile(DomainError):
    """The file can't be read as chats at all."""


class UnknownFormat(UnreadableFile):
    """No format recognises the file."""


@dataclass(frozen=True)
class TableHead:
    """The header of a table, some rows below it, and which column is thought to be what."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    guessed: dict[str, int] = field(default_factory=dict)


class NeedsMapping(UnreadableFile):
    """A table whose columns a person has to name."""

    def __init__(self, head: TableHead, missing: list[str]) -> None:
        self.head = head
        found = "、".join(name or "（空）" for name in head.header[:30])
        super().__init__(
            _("看不出哪一列是%(missing)s。找到的列：%(found)s。", missing="、".join(missing), found=found),
            hint=_("请指定列，例如 --map session=会话编号 --map text=内容 --map side=角色（也可用列号，从 1 起）。"),
        )


def empty_file() -> UnreadableFile:
    return UnreadableFile(_("文件是空的，没有任何内容。"), hint=_("请重新导出后再上传。"))


def truncated_file() -> UnreadableFile:
    return UnreadableFile(
        _("文件不完整，可能在下载或复制时中断了。"), hint=_("请重新下载或导出，核对文件大小后再上传。")
    )
