"""``lms people``: import and export of accounts on the command line."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click
from sqlalchemy import select

from lms.kernel.clock import now
from lms.kernel.db import db, unit_of_work
from lms.kernel.errors import DomainError
from lms.people.columns import header_names, people_headers
from lms.people.enums import Role
from lms.people.exporters import PASSWORD_HEADERS, password_rows, people_rows, template_rows
from lms.people.importers import PeopleImported, PeoplePlan, apply_import, plan_import
from lms.people.models import Person, RoleGrant
from lms.people.queries import PeopleFilter
from lms.people.services import hand_out_passwords
from lms.people.sheets import RowError, read_people
from lms.web.sheets import read_sheet, write_xlsx


class NoAdministrator(DomainError):
    """Nobody in whose name the command could work."""


@click.group()
def people() -> None:
    """人员：导入、导出账号。"""


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只预览，不写入")
@click.option("--passwords", type=click.Path(dir_okay=False, path_type=Path), help="初始密码写入这个新的 xlsx 文件")
@click.option("--as", "account", default="", help="以哪个管理员的名义操作，默认第一个管理员")
@click.option("--json", "as_json", is_flag=True, help="在标准输出打印一个 JSON 对象")
def import_(file: Path, dry_run: bool, passwords: Path | None, account: str, as_json: bool) -> None:
    """从 xlsx 或 csv 导入账号：列有 账号、姓名、团队、角色、状态、岗位、培训计划。再次导入只改动有变化的内容。

    新账号的一次性密码只给一次：写入 --passwords 指定的文件，没有指定就打印出来。
    """
    if passwords is not None and passwords.exists():
        raise click.BadParameter("文件已存在，请换一个文件名。", param_hint="--passwords")
    sheet = read_people(read_sheet(file, file.name), header_names())
    with unit_of_work():
        actor = _actor(account)
        if dry_run:
            plan = plan_import(actor=actor, sheet=sheet)
            _tell_plan(file, plan, as_json)
            return
        done = apply_import(actor=actor, sheet=sheet, at=now())
        handed_out = password_rows(hand_out_passwords(actor=actor, people=done.created))
    if passwords is not None and handed_out:
        with os.fdopen(os.open(passwords, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            write_xlsx(out, [str(name) for name in PASSWORD_HEADERS], handed_out)
    _tell_done(file, done, handed_out, passwords, as_json)
    if done.errors:
        raise click.exceptions.Exit(1)


@people.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--template", is_flag=True, help="只写导入模板")
def export(file: Path, template: bool) -> None:
    """把全部账号写成 xlsx，改好后可以再导入。"""
    rows = template_rows() if template else list(people_rows(_actor(""), PeopleFilter(state="all")))
    with open(file, "wb") as out:
        write_xlsx(out, people_headers(), rows)
    click.echo(f"已写入 {file}：{len(rows)} 行")


def _actor(account: str) -> Person:
    admins = select(Person).join(RoleGrant).where(RoleGrant.role == Role.ADMIN, Person.active).order_by(Person.id)
    if account:
        admins = admins.where(Person.account == account)
    actor = db.session.scalars(admins.limit(1)).first()
    if actor is None:
        raise NoAdministrator(
            "找不到在职的管理员账号。", where=account, hint="请先运行 lms init，或用 --as 指定管理员账号。"
        )
    return actor


def _tell_plan(file: Path, plan: PeoplePlan, as_json: bool) -> None:
    counts = {"created": plan.count("new"), "updated": plan.count("changed"), "unchanged": plan.count("same")}
    if as_json:
        _echo_json({"dry_run": True, **counts, "teams": plan.new_teams, "errors": _errors(file, plan.errors)})
        return
    for row in plan.rows:
        changes = "；".join(
            f"{change.label} {change.old or '（空）'} → {change.new or '（空）'}" for change in row.changes
        )
        if row.kind != "same":
            click.echo(f"第 {row.row.line} 行 {'新增' if row.kind == 'new' else '修改'} {row.row.account}：{changes}")
    _tell_errors(file, plan.errors)
    click.echo("预览：将新增 {created} 人，修改 {updated} 人，不变 {unchanged} 人；没有写入。".format(**counts))


def _tell_done(
    file: Path, done: PeopleImported, handed_out: list[tuple[str, ...]], passwords: Path | None, as_json: bool
) -> None:
    counts = {"created": len(done.created), "updated": len(done.updated), "unchanged": done.unchanged}
    if as_json:
        shown = [] if passwords else [{"account": row[0], "name": row[1], "password": row[3]} for row in handed_out]
        where = str(passwords) if passwords and handed_out else None
        told = {
            "teams": done.new_teams,
            "errors": _errors(file, done.errors),
            "passwords": shown,
            "passwords_file": where,
        }
        _echo_json({"dry_run": False, **counts, **told})
        return
    _tell_errors(file, done.errors)
    click.echo("已新增 {created} 人，修改 {updated} 人，不变 {unchanged} 人。".format(**counts))
    if passwords and handed_out:
        click.echo(f"一次性密码已写入 {passwords}，请发给本人后删除这个文件。")
    elif handed_out:
        click.echo("一次性密码（只显示这一次）：")
        for row in handed_out:
            click.echo(f"  {row[0]}\t{row[1]}\t{row[3]}")


def _tell_errors(file: Path, errors: list[RowError]) -> None:
    for error in errors:
        column = f"“{error.column}”列" if error.column else ""
        click.echo(f"{file.name} 第 {error.line} 行{column}：{error.reason}", err=True)


def _errors(file: Path, errors: list[RowError]) -> list[dict[str, object]]:
    return [{"file": file.name, "line": error.line, "column": error.column, "reason": error.reason} for error in errors]


def _echo_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
