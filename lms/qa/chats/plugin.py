"""Announces this part of quality checks to the host."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import DemoStep, NavItem, hookimpl
from lms.qa.chats import models as models
from lms.qa.chats.services import link_chats
from lms.qa.permissions import Q


@hookimpl
def blueprints() -> list[Blueprint]:
    from lms.qa.chats.views import bp  # the job process and commands never need the views

    return [bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [NavItem("qa_chats.agents", _l("会话归属"), "user-search", 82, Q.SAMPLING_MANAGE, "qa")]


@hookimpl
def chats_imported(chat_import: Any) -> None:
    """New chats of accounts that are known already are linked at once."""
    if chat_import.shop_id is not None:
        link_chats(shop_id=chat_import.shop_id, import_id=chat_import.id)


@hookimpl
def demo_steps() -> list[DemoStep]:
    from lms.qa.chats.demo import DEMO_STEPS  # commands only

    return list(DEMO_STEPS)
