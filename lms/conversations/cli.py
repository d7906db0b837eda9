"""``lms chats``: imports from the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask_babel import gettext as _
from sqlalchemy import select

from lms.conversations.formats.detect import format_named
from lms.conversations.labels import kind_label
from lms.conversations.reading import AUTO, Wanted, companions_in
from lms.conversations.reports import FileReport, ImportReport
from lms.conversations.services import begin_import, chat_formats, finish_import, import_file, note_file
from lms.kernel.clock import now
from lms.kernel.db import db, unit_of_work
from lms.kernel.errors import DomainError, NotFound
from lms.people.models import Shop

_SHOWN_ERRORS = 20


class _DryRun(Exception):
    """Undoes what a dry run did."""


@click.group("chats")
def chats() -> None:
    """聊天记录。"""


@chats.command("import")
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "format_name", default=AUTO, help="格式名，默认 auto（自动识别）")
@click.option("--shop", "shop_name", default=None, help="店铺名；只有一个店铺时可省略，有多个又不写则归全部店铺")
@click.option(
    "--map", "maps", multiple=True, metavar="ROLE=COLUMN", help="指定表格的列，如 --map session=会话编号，可多次"
)
@click.option("--dry-run", is_flag=True, help="只看结果，不写入")
@click.option("--json", "as_json", is_flag=True, help="标准输出只打印一个 JSON 对象")
def import_chats(
    paths: tuple[Path, ...],
    format_name: str,
    shop_name: str | None,
    maps: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """导入聊天记录文件（可多个、可为 ZIP），入库前遮盖个人信息。

    ok、duplicate、bad 按消息计：新存入的、库里已有的、读不懂的行。有文件整个读不了时退出码为 1。
    """
    if format_name != AUTO:
        format_named(format_name, chat_formats())
    wanted = Wanted(format_name, _mapping(maps))
    shop = _shop(shop_name)
    report = ImportReport()
    try:
        with unit_of_work():
            _run(paths, wanted, shop, report, dry_run=dry_run)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    if as_json:
        click.echo(json.dumps({**report.to_json(), "dry_run": dry_run}, ensure_ascii=False, indent=2))
    else:
        _print(report, dry_run=dry_run)
    sys.exit(1 if report.failed else 0)


def _run(paths: tuple[Path, ...], wanted: Wanted, shop: Shop | None, report: ImportReport, *, dry_run: bool) -> None:
    readable = [(path, path.name) for path in paths if path.is_file()]
    companions = companions_in(readable) if len(readable) > 1 else []
    chat_import = begin_import(
        actor=None,
        names=[path.name for path in paths],
        shop_id=shop.id if shop else None,
        at=now(),
        format_name=wanted.format,
    )
    ident = chat_import.id
    for index, path in enumerate(paths):
        problem = _problem(path)
        if problem:
            reports = [FileReport(path.name, error=problem)]
        else:
            reports = import_file(
                chat_import,
                path,
                path.name,
                wanted=wanted,
                companions=companions,
                told=_tell if sys.stderr.isatty() else None,
            )
        report.files += reports
        note_file(chat_import, index, reports)
        _say(reports)
        if not dry_run:
            db.session.commit()
            chat_import = db.session.get_one(type(chat_import), ident)
    finish_import(chat_import, at=now()) if not dry_run else None


def _problem(path: Path) -> str:
    """Why the path can't be opened, or ""."""
    if not path.exists():
        return _("找不到这个文件。")
    if not path.is_file():
        return _("这不是文件。")
    try:
        with path.open("rb"):
            return ""
    except OSError:
        return _("没有读取这个文件的权限。")


def _mapping(maps: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for entry in maps:
        role, sign, column = entry.partition("=")
        if not sign or not role.strip() or not column.strip():
            raise DomainError(_("--map 要写成 名称=列，例如 --map text=内容。"), where=entry)
        found[role.strip()] = column.strip()
    return found


def _shop(name: str | None) -> Shop | None:
    shops = list(db.session.scalars(select(Shop).order_by(Shop.name)))
    if name is not None:
        found = next((shop for shop in shops if shop.name == name), None)
        if found is None:
            raise NotFound(
                _("没有名为“%(name)s”的店铺。", name=name),
                hint=_("现有店铺：%(names)s。", names="、".join(s.name for s in shops) or "无"),
            )
        return found
    if len(shops) > 1:
        click.echo(_("没有用 --shop 指定店铺：这些聊天记录归全部店铺，所有店铺的同事都能看到。"), err=True)
    return shops[0] if len(shops) == 1 else None


def _tell(done: int, total: int, name: str) -> None:
    click.echo(f"\r{name} {100 * done // max(1, total):3d}%", nl=False, err=True)


def _say(reports: list[FileReport]) -> None:
    for report in reports:
        if report.error:
            click.echo(
                _("%(name)s：%(error)s%(hint)s", name=report.name, error=report.error, hint=report.hint), err=True
            )
        else:
            click.echo(
                _(
                    "%(name)s：%(format)s，%(encoding)s，%(conversations)s 通会话，%(messages)s 条消息",
                    name=report.name, format=report.format, encoding=report.encoding,
                    conversations=report.conversations, messages=report.messages,
                ),
                err=True,
            )  # fmt: skip


def _print(report: ImportReport, *, dry_run: bool) -> None:
    if dry_run:
        click.echo(_("试运行，没有写入任何数据。"))
    click.echo(
        _(
            "会话 %(conversations)s，消息 %(messages)s：新增 %(ok)s，重复 %(duplicate)s，无法识别 %(bad)s "
            "行，略过系统消息 %(dropped)s 行。",
            **{name: report.total(name) for name in ("conversations", "messages", "ok", "duplicate", "bad", "dropped")},
        )
    )
    if report.masked:
        shown = "、".join(f"{kind_label(kind)} {count}" for kind, count in report.masked.items())
        click.echo(_("已遮盖：%(shown)s。", shown=shown))
    for error in report.errors[:_SHOWN_ERRORS]:
        line = _("第 %(line)s 行", line=error["line"]) if error["line"] else ""
        click.echo(f"  {error['file']} {line}：{error['reason']}")
    if report.error_count > _SHOWN_ERRORS:
        click.echo(_("  ……共 %(n)s 处，用 --json 看全部。", n=report.error_count))
