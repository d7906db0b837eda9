"""``lms demo``."""

from __future__ import annotations

import json
from dataclasses import asdict
from time import perf_counter

import click

from lms.demo.people import PASSWORD
from lms.demo.queries import demo_accounts
from lms.demo.services import StepDone, fill_home, is_begun, is_home_empty
from lms.kernel.clock import now


@click.command()
@click.option("--if-empty", is_flag=True, help="已有数据时不报错，什么也不做")
@click.option("--json", "as_json", is_flag=True)
def demo(if_empty: bool, as_json: bool) -> None:
    """装入演示团队：两家店铺、人员、商品、两周聊天记录、课程和试题。只用于空的数据目录。"""
    if if_empty and not is_begun() and not is_home_empty():
        click.echo("数据目录里已有数据，没有装入演示内容。", err=True)
        return
    if not as_json and not is_begun():
        click.echo("正在装入演示团队，大约需要半分钟……", err=True)
    started = perf_counter()
    done = fill_home(at=now(), tell=lambda step: click.echo(_line(step), err=True))
    accounts = demo_accounts()
    if as_json:
        shown = {
            "steps": [asdict(step) for step in done],
            "password": PASSWORD,
            "accounts": [asdict(account) for account in accounts],
        }
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    if done:
        click.echo(f"演示团队已装好，用时 {perf_counter() - started:.0f} 秒。")
    else:
        click.echo("演示团队之前已经装好，这次没有改动。")
    if accounts:
        click.echo(f"演示账号（密码都是 {PASSWORD}）：")
        for account in accounts:
            click.echo(f"  {account.account:<14}{account.name}  {account.shown}")


def _line(step: StepDone) -> str:
    return f"  {step.name}：{step.note}（{step.seconds:.1f} 秒）"
