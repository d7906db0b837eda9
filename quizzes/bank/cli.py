"""``lms items``: draft, export, import."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from lms.kernel.clock import now
from lms.kernel.db import db, unit_of_work
from lms.kernel.errors import DomainError, NotFound
from lms.people.models import Shop
from quizzes.bank.drafting import fill_batch, plan_batch, top_groups
from quizzes.bank.exporters import header, rows_of
from quizzes.bank.importers import import_rows
from quizzes.bank.labels import GATE_REASONS, TYPES
from quizzes.bank.models import DraftBatch, Item
from quizzes.bank.queries import question_type
from quizzes.drafting import TYPES as TYPE_NAMES


def _print_json(value: Any) -> None:
    import json

    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _shop_id(name: str) -> int | None:
    if not name:
        return None
    found = db.session.scalar(select(Shop.id).where(Shop.name == name))
    if found is None:
        raise NotFound(f"没有名为“{name}”的店铺。")
    return found


@click.group("items")
def items() -> None:
    """试题：出题、导出、导入。"""


@items.command("draft")
@click.option(
    "--top", default=50, show_default=True, type=click.IntRange(1, 2000), help="给热度最高的多少个客户问题出题"
)
@click.option("--types", "types", default="", help="题型，逗号隔开：single,multiple,truefalse,fill,short；默认全部")
@click.option("--shop", default="", help="只给这家店铺出题")
@click.option("--json", "as_json", is_flag=True)
def draft(top: int, types: str, shop: str, as_json: bool) -> None:
    """给最热的客户问题出题，草稿进入审题队列。"""
    wanted = [name.strip() for name in types.replace("，", ",").split(",") if name.strip()] or list(TYPE_NAMES)
    unknown = [name for name in wanted if name not in TYPE_NAMES]
    if unknown:
        raise DomainError(f"不认识的题型：{'、'.join(unknown)}。", hint=f"可以填：{','.join(TYPE_NAMES)}")
    with unit_of_work():
        groups = top_groups(None, top, _shop_id(shop))
        made: list[Item] = []
        rejected: dict[str, int] = {}
        for shop_id in dict.fromkeys(group.shop_id for group in groups):
            own = [group for group in groups if group.shop_id == shop_id]
            batch = plan_batch(actor=None, groups=own, types=wanted, at=now())
            made += fill_batch(actor=None, batch=batch, at=now(), progress=_progress)
            for reason, count in _rejected(batch).items():
                rejected[reason] = rejected.get(reason, 0) + count
        report = {
            "drafted": len(made),
            "by_type": {name: count for name in TYPE_NAMES if (count := sum(item.type == name for item in made))},
            "rejected": dict(sorted(rejected.items())),
            "items": [as_record(item) for item in made],
        }
    if as_json:
        _print_json(report)
        return
    if not groups:
        click.echo("还没有客户问题可以出题。请先导入聊天（lms chats import），再挖掘问题（lms questions mine）。")
        return
    counts = "，".join(f"{TYPES[name]} {count}" for name, count in report["by_type"].items())  # type: ignore[attr-defined]
    click.echo(f"出了 {len(made)} 道题（{counts or '无'}），请到“审题”里逐题审核。")
    for reason, count in sorted(rejected.items(), key=lambda pair: -pair[1]):
        click.echo(f"  未出题：{GATE_REASONS.get(reason, reason)}，{count} 次")


def _progress(done: int, total: int) -> None:
    if done == total or done % 10 == 0:
        click.echo(f"\r{done}/{total}", nl=done == total, err=True)
        sys.stderr.flush()


def _rejected(batch: DraftBatch) -> dict[str, int]:
    return dict(batch.rejected)


def as_record(item: Item) -> dict[str, Any]:
    """An item as ``--json`` prints it."""
    version = item.current_version
    assert version is not None
    one = question_type(item.type)
    options = version.definition.get("options") or []
    return {
        "id": item.id,
        "type": item.type,
        "stem": version.stem + (f" {version.definition['text']}" if item.type == "fill" else ""),
        "options": [option["text"] for option in options],
        "key": one.key_text(version.definition),
        "rationale": version.rationale,
        "sources": [
            {"conversation": source.conversation_id, "message": source.message_id, "quote": source.quote}
            for source in item.sources
        ],
    }


@items.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--state", default="", help="只导出这种状态：draft、accepted、rejected、retired")
@click.option("--json", "as_json", is_flag=True)
def export(file: Path, state: str, as_json: bool) -> None:
    """把题库导出为 xlsx；改过以后可以用 import 导回来。"""
    from lms.web.sheets import write_xlsx

    query = select(Item).options(joinedload(Item.current_version), selectinload(Item.competencies)).order_by(Item.id)
    if state:
        query = query.where(Item.state == state)
    found = list(db.session.scalars(query))
    with file.open("wb") as target:
        write_xlsx(target, header(), rows_of(found), sheet="题库")
    if as_json:
        _print_json({"file": str(file), "items": len(found)})
    else:
        click.echo(f"已导出 {len(found)} 道题到 {file}")


@items.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--shop", default="", help="新题属于哪家店铺；不填则所有店铺可用")
@click.option("--json", "as_json", is_flag=True)
def import_(file: Path, shop: str, as_json: bool) -> None:
    """从 xlsx 或 csv 导入试题；有编号的行修改原题，没有编号的行是新题。"""
    from lms.web.sheets import read_sheet

    with unit_of_work():
        report = import_rows(read_sheet(file, file.name), actor=None, shop_id=_shop_id(shop), at=now())
    if as_json:
        _print_json(
            {"added": report.added, "changed": report.changed, "unchanged": report.unchanged, "errors": report.errors}
        )
    else:
        click.echo(
            f"新增 {report.added} 道，修改 {report.changed} 道，"
            f"未变 {report.unchanged} 道，有误 {len(report.errors)} 行"
        )
        for error in report.errors:
            click.echo(f"  第 {error['row']} 行：{error['reason']}", err=True)
