"""Announces the status page to the host."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import NavItem, hookimpl
from lms.people.permissions import P
from lms.system.services import note_event
from lms.system.views import bp


@hookimpl
def blueprints() -> list[Blueprint]:
    return [bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [NavItem("system.index", _l("系统状态"), "server", 900, P.PLUGINS_READ, "system")]


@hookimpl
def chats_imported(chat_import: Any) -> None:
    note_event("chats_imported", chat_import.created_by_id, number=chat_import.id, ok=chat_import.ok)


@hookimpl
def questions_mined(run: Any) -> None:
    note_event("questions_mined", run.created_by_id, questions=run.questions, groups=run.groups)


@hookimpl
def attempt_submitted(attempt: Any) -> None:
    note_event("attempt_submitted", attempt.person_id, number=attempt.id)


@hookimpl
def certificate_issued(certificate: Any) -> None:
    note_event("certificate_issued", certificate.person_id, number=certificate.number)


@hookimpl
def certificate_ended(certificate: Any) -> None:
    note_event("certificate_ended", certificate.person_id, number=certificate.number)


@hookimpl
def person_deactivated(person: Any) -> None:
    note_event("person_deactivated", None, account=person.account)
