"""Announces chat import and browsing to the host."""

from __future__ import annotations

import click
from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.conversations import models as models
from lms.conversations.formats import BUILT_IN, ChatFormat
from lms.conversations.permissions import SPECS, P
from lms.kernel.hookspecs import NavItem, PermissionSpec, hookimpl


@hookimpl
def permissions() -> list[PermissionSpec]:
    return list(SPECS)


@hookimpl
def blueprints() -> list[Blueprint]:
    from lms.conversations.views import bp  # the job process and commands never need the views

    return [bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [
        NavItem("conversations.index", _l("会话"), "messages", 10, P.CHATS_READ, "chats"),
        NavItem("conversations.imports", _l("聊天导入"), "file-import", 15, P.CHATS_IMPORT, "chats"),
    ]


@hookimpl
def chat_formats() -> list[ChatFormat]:
    return list(BUILT_IN)


@hookimpl
def commands() -> list[click.Command]:
    from lms.conversations.cli import chats  # commands only: web workers don't need it

    return [chats]


@hookimpl
def jobs() -> dict[str, str]:
    return {"conversations.import": "lms.conversations.tasks:run_import"}


@hookimpl
def periodic_jobs() -> dict[str, tuple[int, str]]:
    return {"conversations.purge": (30, "lms.conversations.tasks:purge_uploads")}
