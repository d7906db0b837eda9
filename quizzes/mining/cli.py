"""``lms questions``: mine the chats, and show what customers ask most."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from sqlalchemy import select

from lms.kernel.clock import now
from lms.kernel.db import db, unit_of_work
from lms.kernel.errors import NotFound
from lms.people.models import Shop
from quizzes.mining.enums import GroupState
from quizzes.mining.labels import STAGES
from quizzes.mining.models import QuestionGroup
from quizzes.mining.queries import shop_ids_with_chats, variants_of
from quizzes.mining.services import mine_questions


@click.group("questions")
def questions() -> None:
    """客户问题。"""


@questions.command("mine")
@click.option("--shop", "shop_name", default=None, help="只挖掘这家店铺的会话；默认每家店铺各挖一遍")
@click.option("--json", "as_json", is_flag=True, help="标准输出只打印一个 JSON 对象")
def mine(shop_name: str | None, as_json: bool) -> None:
    """从已导入的会话里挖掘客户问题。"""
    shop_ids = [_shop(shop_name).id] if shop_name else shop_ids_with_chats()
    totals: dict[str, Any] = {"messages": 0, "questions": 0, "groups": 0, "seconds": 0.0}
    for shop_id in shop_ids:
        with unit_of_work():
            run = mine_questions(shop_id=shop_id, actor=None, at=now(), told=_say)
            for name in totals:
                totals[name] += getattr(run, name)
    totals["seconds"] = round(totals["seconds"], 3)
    if as_json:
        click.echo(json.dumps(totals, ensure_ascii=False))
    elif not shop_ids:
        click.echo("还没有会话。请先用 lms chats import 导入聊天记录。")
    else:
        click.echo(
            f"{totals['messages']} 条消息中有 {totals['questions']} 个客户问题，归并为 {totals['groups']} 个问题簇，"
            f"用时 {totals['seconds']} 秒。"
        )


@questions.command("top")
@click.option("-n", "number", default=20, show_default=True, type=click.IntRange(1, 10_000), help="显示多少个")
@click.option("--shop", "shop_name", default=None, help="只看这家店铺")
@click.option("--json", "as_json", is_flag=True, help="标准输出只打印一个 JSON 数组")
def top(number: int, shop_name: str | None, as_json: bool) -> None:
    """客户问得最多的问题，按热度排列。"""
    query = select(QuestionGroup).where(QuestionGroup.state == GroupState.ACTIVE)
    if shop_name:
        query = query.where(QuestionGroup.shop_id == _shop(shop_name).id)
    order = (QuestionGroup.count.desc(), QuestionGroup.variant_count.desc(), QuestionGroup.id)
    groups = list(db.session.scalars(query.order_by(*order).limit(number)))
    wordings: dict[int, list[str]] = {}
    for start in range(0, len(groups), 500):
        wordings |= variants_of([group.id for group in groups[start : start + 500]], each=1000)
    if as_json:
        rows = [_row(group, wordings.get(group.id, [])) for group in groups]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for place, group in enumerate(groups, start=1):
        product = f" · {group.product_label}" if group.product_label else ""
        click.echo(f"{place:>3}. [{group.count}] {group.question}（{STAGES[group.stage]}{product}）")
        if group.answer:
            click.echo(f"       答：{group.answer}")


def _row(group: QuestionGroup, variants: list[str]) -> dict[str, Any]:
    return {
        "group": group.id,
        "question": group.question,
        "count": group.count,
        "share": group.share,
        "variants": variants,
        "answer": group.answer,
        "stage": str(group.stage),
        "product": group.product_label,
    }


def _shop(name: str) -> Shop:
    shop = db.session.scalars(select(Shop).where(Shop.name == name)).first()
    if shop is None:
        names = "、".join(db.session.scalars(select(Shop.name).order_by(Shop.name)))
        raise NotFound(f"没有名为“{name}”的店铺。", hint=f"现有店铺：{names}。" if names else "")
    return shop


def _say(done: int, total: int, note: str) -> None:
    if note:
        print(f"[{done}/{total}] {note}", file=sys.stderr)
