"""Imports of chats: begun, run, finished. Reading is in ``reading``, storing in ``storing``."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from lms.conversations.enums import ImportState
from lms.conversations.formats.columns import ROLES
from lms.conversations.formats.shape import ChatFormat
from lms.conversations.models import ChatImport, ChatView, ColumnMapping, Conversation
from lms.conversations.preparing import mask_label
from lms.conversations.reading import AUTO, StagedFile, Wanted, read_files
from lms.conversations.reports import MOST_ERRORS, FileReport, ImportReport
from lms.conversations.storing import lock_imports, store
from lms.kernel.db import db
from lms.kernel.errors import Conflict
from lms.kernel.jobs import Job, enqueue
from lms.kernel.plugins import hooks, plugins
from lms.kernel.storage import StoredFile, files
from lms.people.models import Person, Shop


class ImportIsOver(Conflict):
    """The import does not wait for anything any more."""


Told = Callable[[int, int, str], None]


def chat_formats() -> list[ChatFormat]:
    """Every format that the plugins offer; of two with one name the first counts."""
    found: dict[str, ChatFormat] = {}
    for offered in plugins().all("chat_formats"):
        found.setdefault(offered.name, offered)
    return list(found.values())


def begin_import(
    *,
    actor: Person | None,
    names: Sequence[str],
    shop_id: int | None,
    at: datetime,
    format_name: str = AUTO,
    uploads: Sequence[StoredFile] = (),
) -> ChatImport:
    """Note an import and its files. ``uploads`` are the stored raw files, in the order of ``names``."""
    entries: list[dict[str, Any]] = []
    for index, name in enumerate(names):
        entry = FileReport(mask_label(name)).to_json()
        if uploads:
            entry |= {"key": uploads[index].key, "size": uploads[index].size}
        entries.append(entry)
    made = ChatImport(
        shop_id=shop_id,
        created_by_id=actor.id if actor else None,
        created_at=at,
        name="、".join(entry["name"] for entry in entries)[:200],
        wanted_format=format_name,
        files=entries,
    )
    db.session.add(made)
    db.session.flush()
    return made


def import_file(
    chat_import: ChatImport,
    path: Path,
    name: str,
    *,
    wanted: Wanted,
    companions: Sequence[Any] = (),
    told: Told | None = None,
) -> list[FileReport]:
    """Read, mask and store one file (or each member of a ZIP) in the present transaction; the caller commits.

    Nothing is written before the whole file was read. When one member can't be read the others are stored all the
    same. Importing the same file again stores nothing and counts its messages as duplicates.
    """
    ident, shop_id = chat_import.id, chat_import.shop_id
    shops = _shop_names(shop_id)
    made = read_files(
        path,
        name,
        wanted=wanted,
        formats=chat_formats(),
        shop_id=shop_id,
        shops=shops,
        saved_columns=lambda signature: saved_mapping(shop_id=shop_id, signature=signature),
        companions=companions,
        told=(lambda done, total: told(done, total, name)) if told else None,
    )
    if any(item.staged.messages for item in made):
        lock_imports(ident)
    for item in made:
        _store(item, shop_id=shop_id, import_id=ident)
    return [item.report for item in made]


def _store(item: StagedFile, *, shop_id: int | None, import_id: int) -> None:
    with contextlib.closing(item.staged):
        if item.staged.messages:
            done = store(item.staged, shop_id=shop_id, import_id=import_id, format_name=item.report.format)
            item.report.ok, item.report.duplicate = done.ok, done.duplicate


def _shop_names(shop_id: int | None) -> list[str]:
    query = select(Shop.name) if shop_id is None else select(Shop.name).where(Shop.id == shop_id)
    return list(db.session.scalars(query))


def note_file(chat_import: ChatImport, index: int, reports: Sequence[FileReport]) -> None:
    """Put what came of file ``index`` on the import, in the transaction that stored it."""
    entries = list(chat_import.files)
    head = reports[0].to_json() | {"members": [report.to_json() for report in reports[1:]], "over": True}
    entries[index] = {**entries[index], **head}
    chat_import.files = entries
    report = ImportReport(list(reports))
    for name in ("ok", "duplicate", "bad", "dropped", "conversations", "messages"):
        setattr(chat_import, name, getattr(chat_import, name) + report.total(name))
    masked = dict(chat_import.masked)
    for kind, count in report.masked.items():
        masked[kind] = masked.get(kind, 0) + count
    chat_import.masked = masked
    chat_import.errors = (list(chat_import.errors) + report.errors)[:MOST_ERRORS]
    chat_import.error_count += report.error_count
    db.session.flush()


def finish_import(chat_import: ChatImport, *, at: datetime) -> ChatImport:
    """Close the import and tell the plugins. It failed when no file of it could be read."""
    entries = chat_import.files
    chat_import.state = ImportState.FAILED if entries and all(e.get("error") for e in entries) else ImportState.DONE
    chat_import.finished_at = at
    db.session.flush()
    if chat_import.state is ImportState.DONE:
        hooks().chats_imported(chat_import=chat_import)
    return chat_import


def start_import(*, actor: Person, chat_import: ChatImport) -> Job:
    """Run the import in the background once this transaction is committed."""
    job = enqueue("conversations.import", actor_id=actor.id, import_id=chat_import.id)
    chat_import.job_id = job.id
    db.session.flush()
    return job


def retry_import(*, actor: Person, chat_import: ChatImport, format_name: str) -> Job:
    """Go on with an import that waited for a choice. Raises ImportIsOver when there is nothing left to choose."""
    if chat_import.state is not ImportState.CHOICE:
        raise ImportIsOver(_("这次导入不在等待选择。"), hint=_("请刷新页面查看最新状态。"))
    chat_import.state, chat_import.wanted_format = ImportState.WAITING, format_name
    return start_import(actor=actor, chat_import=chat_import)


def abandon_import(chat_import: ChatImport, *, at: datetime) -> None:
    """Give up an import that waits for a choice, and delete its raw files. What was stored before stays."""
    if chat_import.state is not ImportState.CHOICE:
        raise ImportIsOver(_("这次导入不在等待选择。"), hint=_("请刷新页面查看最新状态。"))
    discard_uploads(chat_import)
    finish_import(chat_import, at=at)


def waits_for_choice(chat_import: ChatImport) -> dict[str, Any] | None:
    """The first file for which a person has to name the format or map the columns."""
    return next((entry for entry in chat_import.files if entry.get("needs") and entry.get("key")), None)


def discard_uploads(chat_import: ChatImport, *, only_done: bool = False) -> int:
    """Delete the raw files of an import, which hold unmasked data. Returns how many there were.

    only_done: leave those that wait for a person's choice.
    """
    entries, count = [], 0
    for entry in chat_import.files:
        key = entry.get("key")
        if key and (entry.get("over") or not only_done):
            files().delete(key)
            count += 1
            entry = {**entry, "key": None}
        entries.append(entry)
    chat_import.files = entries
    db.session.flush()
    return count


def saved_mapping(*, shop_id: int | None, signature: str) -> dict[str, int] | None:
    """How this header's columns were mapped before, for this shop."""
    query = select(ColumnMapping.columns).where(
        ColumnMapping.scope == _scope(shop_id), ColumnMapping.signature == signature
    )
    return db.session.scalar(query)


def save_mapping(
    *, actor: Person, shop_id: int | None, signature: str, columns: Mapping[str, int], at: datetime
) -> ColumnMapping:
    """Keep a mapping for the next file with this header; an earlier one is replaced."""
    scope = _scope(shop_id)
    query = select(ColumnMapping).where(ColumnMapping.scope == scope, ColumnMapping.signature == signature)
    found = db.session.scalar(query)
    if found is None:
        found = ColumnMapping(scope=scope, signature=signature)
        db.session.add(found)
    found.columns = {role: index for role, index in columns.items() if role in ROLES}
    found.created_by_id, found.created_at = actor.id, at
    db.session.flush()
    return found


def _scope(shop_id: int | None) -> str:
    return f"shop-{shop_id}" if shop_id is not None else "all"


def log_view(*, actor: Person, conversation: Conversation, at: datetime) -> ChatView:
    """Note that somebody looked at a conversation."""
    seen = ChatView(conversation_id=conversation.id, person_id=actor.id, at=at)
    db.session.add(seen)
    db.session.flush()
    return seen
