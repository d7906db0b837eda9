"""Stores staged conversations: what is there already is known again, and a session that grew gets what is new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Integer,
    String,
    bindparam,
    column,
    insert,
    select,
    table,
    text,
    update,
)

from lms.conversations.models import Conversation, Message
from lms.conversations.preparing import Prepared, PreparedMessage
from lms.kernel.clock import now
from lms.kernel.db import db

# The same table with plain columns: what is stored was made by this package, and checking each value of a million rows
# again takes longer than storing them.
_MESSAGE = table(
    "message",
    column("conversation_id", Integer),
    column("position", Integer),
    column("side", String),
    column("sender", String),
    column("sent_at", DateTime),
    column("kind", String),
    column("text", String),
    column("digest", BigInteger),
)
_BATCH = 250
_LOCK = 0x6B656675  # one import stores at a time; any number that nothing else locks with


@dataclass
class _Known:
    """A conversation of the database and its messages' digests, in order."""

    id: int
    ordinal: int
    digests: list[int] = field(default_factory=list)


@dataclass
class Stored:
    """How many messages were new and how many were there."""

    ok: int = 0
    duplicate: int = 0


def lock_imports(import_id: int) -> None:
    """Wait until no other import is storing, and keep others waiting until the transaction ends.

    On SQLite any write does that; it must come before the first read, or the reads could be of another moment.
    """
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    else:
        connection.execute(text("UPDATE chat_import SET state = state WHERE id = :id"), {"id": import_id})


def store(
    staged: Iterable[Prepared],
    *,
    shop_id: int | None,
    import_id: int,
    format_name: str,
    on_stored: Callable[[int], None] | None = None,
) -> Stored:
    """Add what is not there yet, in the transaction of the session. Call :func:`lock_imports` before.

    The same session is known by its key in the export and by its messages: two sessions that share a key but hardly a
    message (numbers that begin at 1 in each export) are two. A session that grew gets its new messages only.
    """
    db.session.flush()
    connection = db.session.connection()
    done = Stored()
    batch: dict[str, Prepared] = {}

    def flush() -> None:
        _store_batch(connection, batch, done, shop_id=shop_id, import_id=import_id, format_name=format_name)
        batch.clear()
        if on_stored is not None:
            on_stored(done.ok + done.duplicate)

    for prepared in staged:
        if prepared.source_digest in batch or len(batch) >= _BATCH:
            flush()
        batch[prepared.source_digest] = prepared
    if batch:
        flush()
    db.session.expire_all()
    return done


def _store_batch(
    connection: Connection,
    batch: dict[str, Prepared],
    done: Stored,
    *,
    shop_id: int | None,
    import_id: int,
    format_name: str,
) -> None:
    known = _known(connection, list(batch))
    new: list[tuple[Prepared, int]] = []
    grown: list[int] = []
    rows: list[dict[str, Any]] = []
    for digest, prepared in batch.items():
        candidates = known.get(digest, [])
        same = _same(candidates, prepared)
        if same is None:
            new.append((prepared, max((k.ordinal for k in candidates), default=-1) + 1))
            continue
        added = _missing(same.digests, prepared.messages)
        done.duplicate += len(prepared.messages) - len(added)
        done.ok += len(added)
        if added:
            rows += _message_rows(same.id, added, len(same.digests))
            _grow(connection, same, added)
            grown.append(same.id)
    if new:
        created = now()
        result = connection.execute(
            insert(Conversation.__table__).returning(Conversation.__table__.c.id, sort_by_parameter_order=True),
            [_conversation_row(p, ordinal, shop_id, import_id, format_name, created) for p, ordinal in new],
        )
        for (prepared, _ordinal), (ident,) in zip(new, result, strict=True):
            rows += _message_rows(ident, prepared.messages, 0)
            done.ok += len(prepared.messages)
    if rows:
        connection.execute(insert(_MESSAGE), rows)
    for ident in grown:
        _put_in_order(connection, ident)


def _known(connection: Connection, digests: list[str]) -> dict[str, list[_Known]]:
    """Conversations of these sessions, with the digests of their messages."""
    found: dict[str, list[_Known]] = {}
    by_id: dict[int, _Known] = {}
    conversation = Conversation.__table__.c
    query = (
        select(conversation.id, conversation.source_digest, conversation.fingerprint)
        .where(conversation.source_digest.in_(digests))
        .order_by(conversation.id)
    )
    for ident, digest, fingerprint in connection.execute(query):
        known = _Known(ident, int(fingerprint.rpartition("-")[2]))
        found.setdefault(digest, []).append(known)
        by_id[ident] = known
    if by_id:
        message = Message.__table__.c
        lines = (
            select(message.conversation_id, message.digest)
            .where(message.conversation_id.in_(by_id))
            .order_by(message.conversation_id, message.position)
        )
        for ident, digest in connection.execute(lines):
            by_id[ident].digests.append(digest)
    return found


def _same(candidates: list[_Known], prepared: Prepared) -> _Known | None:
    """The stored conversation that shares most messages, if that is at least half of the shorter one.

    One message with its second is enough: nobody writes twice in one.
    """
    if not candidates:
        return None
    incoming = Counter(message.digest for message in prepared.messages)
    timed = all(message.at for message in prepared.messages)
    best, most = None, 0
    for known in candidates:
        common = sum((incoming & Counter(known.digests)).values())
        if common > most and (timed or common * 2 >= min(len(known.digests), len(prepared.messages))):
            best, most = known, common
    return best


def _missing(digests: list[int], messages: list[PreparedMessage]) -> list[PreparedMessage]:
    """The messages beyond those stored; a text said three times and stored twice is missing once."""
    left = Counter(digests)
    missing = []
    for message in messages:
        if left[message.digest] > 0:
            left[message.digest] -= 1
        else:
            missing.append(message)
    return missing


def _conversation_row(
    prepared: Prepared, ordinal: int, shop_id: int | None, import_id: int, format_name: str, created: datetime
) -> dict[str, Any]:
    times = [message.at for message in prepared.messages if message.at]
    return {
        "shop_id": shop_id,
        "import_id": import_id,
        "format": format_name,
        "fingerprint": f"{prepared.source_digest}-{ordinal}",
        "source_digest": prepared.source_digest,
        "customer_digest": prepared.customer_digest,
        "customer_label": prepared.customer_label,
        "agent_label": prepared.agent_label,
        "started_at": _moment(min(times)) if times else None,
        "ended_at": _moment(max(times)) if times else None,
        "product_ref": prepared.product_ref,
        "product_name": prepared.product_name,
        "message_count": len(prepared.messages),
        "preview": prepared.preview,
        "facts": prepared.facts,
        "created_at": created,
    }


def _message_rows(conversation_id: int, messages: list[PreparedMessage], position: int) -> list[dict[str, Any]]:
    return [
        {
            "conversation_id": conversation_id,
            "position": at,
            "side": message.side,
            "sender": message.sender,
            "sent_at": datetime.fromisoformat(message.at) if message.at else None,
            "kind": message.kind,
            "text": message.text,
            "digest": message.digest,
        }
        for at, message in enumerate(messages, start=position)
    ]


def _moment(at: str) -> datetime:
    return datetime.fromisoformat(f"{at}+00:00")


def _grow(connection: Connection, known: _Known, added: list[PreparedMessage]) -> None:
    """Bring the conversation's own figures up to its new messages."""
    known_table = Conversation.__table__
    times = sorted(message.at for message in added if message.at)
    values: dict[str, Any] = {"message_count": len(known.digests) + len(added)}
    if times:
        bounds = connection.execute(
            select(known_table.c.started_at, known_table.c.ended_at).where(known_table.c.id == known.id)
        ).one()
        first, last = _moment(times[0]), _moment(times[-1])
        values["started_at"] = min(first, bounds.started_at or first)
        values["ended_at"] = max(last, bounds.ended_at or last)
    connection.execute(update(known_table).where(known_table.c.id == known.id).values(**values))


def _put_in_order(connection: Connection, conversation_id: int) -> None:
    """Where every message has a time, positions follow the times: a later export may bring what lies in between."""
    message = Message.__table__
    query = select(message.c.id, message.c.position, message.c.sent_at).where(
        message.c.conversation_id == conversation_id
    )
    rows = sorted(connection.execute(query).all(), key=lambda row: row.position)
    if any(row.sent_at is None for row in rows):
        return
    ordered = sorted(rows, key=lambda row: row.sent_at)
    moved = [{"b_id": row.id, "b_at": at} for at, row in enumerate(ordered) if row.position != at]
    if moved:
        statement = update(message).where(message.c.id == bindparam("b_id")).values(position=bindparam("b_at"))
        connection.execute(statement, moved)
