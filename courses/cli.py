"""``lms courses``."""

from __future__ import annotations

import json

import click

from courses.packages.cli import export_command, import_command
from courses.starter.services import load_starter
from lms.kernel.clock import now
from lms.kernel.db import unit_of_work


@click.group("courses")
def courses() -> None:
    """课程。"""


courses.add_command(export_command)
courses.add_command(import_command)


@courses.command("load-starter")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def load_starter_command(as_json: bool) -> None:
    """装入随附的入门课时；已有的只在没人改过时更新。"""
    with unit_of_work():
        report = load_starter(at=now())
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        click.echo(
            f"入门课时：新增 {report.added}，更新 {report.renewed}，"
            f"本店已改动、保持原样 {report.kept}，无变化 {report.unchanged}"
        )
