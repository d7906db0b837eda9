"""``lms courses export`` and ``lms courses import``."""

from __future__ import annotations

import json
from pathlib import Path

import click
from sqlalchemy import select

from courses.lessons.models import Course
from courses.packages.archive import open_package
from courses.packages.services import export_course, import_course
from lms.kernel.clock import now
from lms.kernel.db import db, get_or_404, unit_of_work
from lms.kernel.errors import DomainError, NotFound
from lms.people.enums import Role
from lms.people.models import Person, RoleGrant, Shop

ALL_SHOPS = "全部店铺"


@click.command("export")
@click.argument("course_id", metavar="ID", type=int)
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="标准输出只打印一个 JSON 对象")
def export_command(course_id: int, file: Path, as_json: bool) -> None:
    """把一门课程连同用到的文件导出为一个 zip。"""
    part = file.with_name(file.name + ".part")
    try:
        with unit_of_work(), part.open("wb") as target:
            package = export_course(actor=_administrator(), course=get_or_404(Course, course_id), target=target)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    _tell(as_json, {"file": str(file), "lessons": len(package.lessons), "media": len(package.media)},
          f"已导出 {len(package.lessons)} 节课时、{len(package.media)} 个文件到 {file}")  # fmt: skip


@click.command("import")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--shop", "shop_name", required=True, help=f"店铺名；写“{ALL_SHOPS}”则所有店铺可用")
@click.option("--json", "as_json", is_flag=True, help="标准输出只打印一个 JSON 对象")
def import_command(file: Path, shop_name: str, as_json: bool) -> None:
    """把课程包导入为一门新课程，课时都是草稿。"""
    with unit_of_work(), open_package(file) as source:
        course = import_course(actor=_administrator(), shop_id=_shop_id(shop_name), source=source, at=now())
        lessons = len(source.package.lessons)
    _tell(as_json, {"course": course.id, "lessons": lessons}, f"已导入课程 {course.id}：{lessons} 节课时，都是草稿")


def _administrator() -> Person:
    """In whose name the command acts: the first administrator."""
    grants = Person.grants.any(RoleGrant.role == Role.ADMIN)
    person = db.session.scalars(select(Person).where(Person.active, grants).order_by(Person.id)).first()
    if person is None:
        raise DomainError("还没有管理员。", hint="请先运行 lms init。")
    return person


def _shop_id(name: str) -> int | None:
    if name == ALL_SHOPS:
        return None
    shop = db.session.scalars(select(Shop).where(Shop.name == name)).one_or_none()
    if shop is None:
        raise NotFound("没有这家店铺。", where=name)
    return shop.id


def _tell(as_json: bool, report: dict[str, object], line: str) -> None:
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else line)
