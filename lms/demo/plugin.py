"""Announces the demo team to the host: its command, its first steps, and the note on the sign-in page."""

from __future__ import annotations

import click
from flask import Blueprint, Flask

from lms.demo.cli import demo
from lms.demo.importing import import_chats_step
from lms.demo.people import PASSWORD
from lms.demo.queries import demo_accounts
from lms.demo.team import make_products_step, make_team_step
from lms.kernel.hookspecs import DemoStep, hookimpl

# No views: the blueprint is how its template is found.
bp = Blueprint("demo", __name__, template_folder="templates")


@hookimpl
def blueprints() -> list[Blueprint]:
    return [bp]


@hookimpl
def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(demo_accounts=demo_accounts, demo_password=PASSWORD)


@hookimpl
def commands() -> list[click.Command]:
    return [demo]


@hookimpl
def demo_steps() -> list[DemoStep]:
    return [
        DemoStep(10, "人员与团队", make_team_step),
        DemoStep(20, "商品", make_products_step),
        DemoStep(30, "聊天记录", import_chats_step),
    ]


@hookimpl
def sign_in_notes() -> list[str]:
    """The demo accounts, in a home that the demo filled."""
    return ["lms/demo/sign_in_note.html"]
