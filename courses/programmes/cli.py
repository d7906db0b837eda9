"""``lms programmes``: what there is, and making projections anew."""

from __future__ import annotations

import json

import click
from sqlalchemy import func, select

from courses.programmes.enrolling import rebuild
from courses.programmes.enums import EnrolmentState
from courses.programmes.models import Enrolment, Programme
from lms.kernel.clock import now
from lms.kernel.db import db, unit_of_work


@click.group("programmes")
def programmes() -> None:
    """培训计划。"""


@programmes.command("list")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def list_command(as_json: bool) -> None:
    """列出培训计划、天数和各有多少人。"""
    active = func.count(Enrolment.id).filter(Enrolment.state == EnrolmentState.ACTIVE)
    finished = func.count(Enrolment.id).filter(Enrolment.state == EnrolmentState.FINISHED)
    query = (
        select(Programme, active, finished)
        .outerjoin(Enrolment, Enrolment.programme_id == Programme.id)
        .group_by(Programme.id)
        .order_by(Programme.id)
    )
    rows = [
        {
            "id": programme.id,
            "slug": programme.slug,
            "title": programme.title,
            "state": programme.state.value,
            "version": programme.published_number,
            "days": len(programme.draft.get("days", [])),
            "active": under_way,
            "finished": done,
        }
        for programme, under_way, done in db.session.execute(query)
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(
            f"{row['id']}  {row['title']}（{row['days']} 天，第 {row['version'] or 0} 版，{row['state']}）"
            f"  进行中 {row['active']}，已完成 {row['finished']}"
        )
    if not rows:
        click.echo("还没有培训计划。")


@programmes.command("rebuild")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def rebuild_command(as_json: bool) -> None:
    """按学习记录重新计算每个人走到哪一天；漏开的天会补开。"""
    with unit_of_work():
        count = rebuild(at=now())
    click.echo(json.dumps({"enrolments": count}) if as_json else f"已重新计算 {count} 人次的进度。")
