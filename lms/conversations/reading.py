"""Reads what was given for one import: opens it, finds formats, joins companions, and stages it masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from lms.conversations.formats.archive import open_sources
from lms.conversations.formats.columns import ROLES, missing, plain, signature
from lms.conversations.formats.detect import detect, format_named
from lms.conversations.formats.errors import NeedsMapping, TableHead, UnknownFormat, UnreadableFile
from lms.conversations.formats.session_table import SessionTable, is_session_table, read_session_table
from lms.conversations.formats.shape import BadLine, ChatFormat, Dropped, ParsedConversation, ParseOptions
from lms.conversations.formats.source import ChatSource
from lms.conversations.formats.table import read_head
from lms.conversations.masking import mask
from lms.conversations.preparing import Preparer, mask_label
from lms.conversations.reports import FileReport
from lms.conversations.staging import Staged

AUTO = "auto"
SESSION_TABLE = "jd-sessions"
Told = Callable[[int, int], None]


@dataclass
class Wanted:
    """How the files are to be read: a format by name or ``auto``, and a mapping of columns by name or number."""

    format: str = AUTO
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass
class StagedFile:
    """A file that was read: its report so far and its conversations, masked, waiting to be stored."""

    report: FileReport
    staged: Staged


def read_files(
    path: Path,
    name: str,
    *,
    wanted: Wanted,
    formats: Sequence[ChatFormat],
    shop_id: int | None,
    shops: Sequence[str] = (),
    saved_columns: Callable[[str], dict[str, int] | None] = lambda _signature: None,
    companions: Sequence[SessionTable] = (),
    told: Told | None = None,
) -> list[StagedFile]:
    """Read one file, or each member of a ZIP. A file that can't be read has ``error`` in its report and stages nothing.

    A broken ZIP is one unreadable file. ``told`` gets (bytes read, bytes in all) now and then.
    """
    shown = mask_label(name)
    try:
        sources = open_sources(path, name)
    except UnreadableFile as error:
        return [StagedFile(_failed(FileReport(shown, path.stat().st_size), error), Staged())]
    inner = [found for source in sources if (found := session_table_of(source)) is not None]
    tables = [*inner, *companions]
    total = sum(source.size for source in sources) or 1
    read_before = 0
    made = []
    for source in sources:
        if told is not None:
            source.on_read = _ticker(told, read_before, total)
        made.append(_read_source(source, wanted, formats, shop_id, shops, saved_columns, tables))
        read_before += source.size
    return made


def _ticker(told: Told, before: int, total: int) -> Callable[[int], None]:
    return lambda read: told(min(before + read, total), total)


def companions_in(paths: Iterable[tuple[Path, str]]) -> list[SessionTable]:
    """The session tables among files that were given together."""
    found = []
    for path, name in paths:
        try:
            found += [table for source in open_sources(path, name) if (table := session_table_of(source)) is not None]
        except (UnreadableFile, OSError):
            continue
    return found


def session_table_of(source: ChatSource) -> SessionTable | None:
    """The companion of a jd-log, when the file is one."""
    if not source.is_workbook and not source.name.lower().endswith((".csv", ".tsv")):
        return None
    try:
        return read_session_table(source) if is_session_table(source) else None
    except UnreadableFile:
        return None


def _read_source(
    source: ChatSource,
    wanted: Wanted,
    formats: Sequence[ChatFormat],
    shop_id: int | None,
    shops: Sequence[str],
    saved_columns: Callable[[str], dict[str, int] | None],
    tables: Sequence[SessionTable],
) -> StagedFile:
    report = FileReport(mask_label(source.name), source.size)
    staged = Staged()
    try:
        report.encoding = source.encoding_label
        if tables and wanted.format == AUTO and session_table_of(source) is not None:
            report.format = SESSION_TABLE
            report.note = _("这是京东会话列表，已与聊天记录合并：客服、商品、满意度等补充到对应会话。")
            return StagedFile(report, staged)
        if wanted.format == AUTO:
            found = detect(source, formats)
            chosen, report.others = found.format, [name for name, _score in found.others]
        else:
            chosen = format_named(wanted.format, formats)
        report.format = chosen.name
        options = ParseOptions(tuple(shops), _columns(source, chosen, wanted, saved_columns), _merged(tables))
        preparer = Preparer(shop_id)
        for event in chosen.parse(source, options):
            if isinstance(event, ParsedConversation):
                staged.add(preparer.prepare(event))
            elif isinstance(event, BadLine):
                report.complain(event.line, mask(event.reason).text)
            elif isinstance(event, Dropped):
                report.dropped += 1
        report.masked = preparer.masked
        report.conversations, report.messages = staged.conversations, staged.messages
        if not staged.messages:
            report.error = _("没有读到任何聊天消息。")
            report.hint = _("请确认格式是否选对，或文件是否完整。")
    except UnreadableFile as error:
        staged.close()
        staged = Staged()
        _failed(report, error)
    except (UnicodeError, EOFError) as error:
        staged.close()
        staged = Staged()
        _failed(report, UnreadableFile(_("文件读到一半中断了，可能已损坏。"), hint=str(type(error).__name__)))
    return StagedFile(report, staged)


def _failed(report: FileReport, error: UnreadableFile) -> FileReport:
    report.error, report.hint = mask(error.message).text, mask(error.hint).text
    report.conversations = report.messages = 0
    if isinstance(error, NeedsMapping):
        report.needs = {"columns": shown_head(error.head)}
    elif isinstance(error, UnknownFormat):
        report.needs = {"format": True}
    return report


def shown_head(head: TableHead) -> dict[str, Any]:
    """A table's header and first rows for the page where columns are mapped: masked, and cut to what fits."""
    return {
        "header": [mask(name).text[:40] for name in head.header[:60]],
        "rows": [[mask(cell).text[:60] for cell in row[:60]] for row in head.rows],
        "guessed": head.guessed,
        "signature": signature(head.header),
    }


def _merged(tables: Sequence[SessionTable]) -> SessionTable | None:
    if not tables:
        return None
    merged = SessionTable()
    for table in tables:
        merged.rows += table.rows
        for at, rows in table.by_start.items():
            merged.by_start.setdefault(at, []).extend(rows)
    return merged


def _columns(
    source: ChatSource,
    chosen: ChatFormat,
    wanted: Wanted,
    saved_columns: Callable[[str], dict[str, int] | None],
) -> dict[str, int] | None:
    """The mapping for a table: given by hand, else saved for this header, else None (columns are found by name)."""
    if chosen.name != "table":
        return None
    if not wanted.columns:
        head, _at = read_head(source)
        saved = saved_columns(signature(head.header))
        return {**head.guessed, **saved} if saved else None
    head, _at = read_head(source)
    columns = dict(head.guessed)
    names = [plain(name) for name in head.header]
    for role, told in wanted.columns.items():
        if role not in ROLES:
            raise UnreadableFile(
                _("--map 里的“%(role)s”不是可用的名称。", role=role[:40]),
                hint=_("可用：%(roles)s。", roles="、".join(ROLES)),
            )
        if plain(told) in names:
            columns[role] = names.index(plain(told))
        elif told.isdigit() and 1 <= int(told) <= len(names):
            columns[role] = int(told) - 1
        else:
            raise NeedsMapping(head, [told])
    if lacks := missing(columns):
        raise NeedsMapping(head, [str(ROLES[role]) for role in lacks])
    return columns
