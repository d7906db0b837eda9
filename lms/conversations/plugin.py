"""Announces chat import and browsing to the host."""

from __future__ import annotations

import click

from lms.conversations import models as models
from lms.conversations.formats import BUILT_IN, ChatFormat
from lms.conversations.permissions import SPECS
from lms.kernel.hookspecs import PermissionSpec, hookimpl


@hookimpl
def permissions() -> list[PermissionSpec]:
    return list(SPECS)


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
