"""Keeping uploaded files."""

from __future__ import annotations

import hashlib
import io
import logging
import re
import secrets
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from flask_babel import gettext as _
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, SessionTransaction

from lms.config import settings
from lms.kernel.db import db
from lms.kernel.jobs import enqueue
from lms.kernel.storage import CHUNK, StoredFile, files
from lms.media.enums import MediaKind, MediaState
from lms.media.kinds import MB, MediaRefused, limit_mb, too_large
from lms.media.models import REF_LENGTH, Media
from lms.media.permissions import P
from lms.media.queries import media_by_ref
from lms.media.rules import can_add_media, can_manage_media
from lms.media.sniffing import HEAD, Identified, identify, likely_kind
from lms.people.models import Person, Shop
from lms.people.rules import require, require_visible

log = logging.getLogger(__name__)

SUFFIX = ".media"
"""Of every key in the store that is ours, whatever the type: the sweep touches no others."""
TEMPORARY = "upload-"
NAME_LENGTH = 120
PREPARED = frozenset({MediaKind.WORD, MediaKind.SLIDES})
EVERY_KIND = frozenset(MediaKind)


def store_upload(
    *,
    actor: Person,
    shop_id: int | None,
    stream: BinaryIO,
    filename: str,
    at: datetime,
    allowed: Collection[MediaKind] = EVERY_KIND,
) -> Media:
    """Keep a file for a shop (None: for all of them); the same file again gives the row that is there.

    The ref is the start of the SHA-256 of what is kept: the bytes that came, for pictures those without EXIF. Taking
    a kept file up again, as an import does, therefore gives the same ref. Word and PowerPoint files are PREPARING
    until the job "media.prepare" has made pages of them. Raises MediaRefused; nothing is kept then, nor when the
    transaction is rolled back.
    """
    require(P.MEDIA_EDIT, of=actor)
    require_visible(can_add_media(actor, shop_id, shop_ids=frozenset(db.session.scalars(select(Shop.id)))))
    with _received(stream, allowed) as path:
        found = identify(path, allowed=allowed)
        if path.stat().st_size > limit_mb(found.kind) * MB:
            raise too_large(found.kind)
        with _content(path, found) as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
            content.seek(0)
            return _keep(actor, shop_id, content, sha256, found, tidy_name(filename, found.suffix), at)


def _content(path: Path, found: Identified) -> BufferedReader | io.BytesIO:
    return open(path, "rb") if found.content is None else io.BytesIO(found.content)


def _keep(
    actor: Person,
    shop_id: int | None,
    content: BinaryIO,
    sha256: str,
    found: Identified,
    name: str,
    at: datetime,
) -> Media:
    known = _row(shop_id, sha256)
    if known is not None:
        return _renewed(known, content, actor)
    stored = save_file(content)
    media = Media(
        shop_id=shop_id,
        ref=sha256[:REF_LENGTH],
        kind=found.kind,
        mimetype=found.mimetype,
        name=name,
        size=stored.size,
        sha256=sha256,
        key=stored.key,
        state=MediaState.PREPARING if found.kind in PREPARED else MediaState.READY,
        facts=found.facts,
        parts={},
        created_by_id=actor.id,
        created_at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(media)
    except IntegrityError:  # somebody was faster with the same file
        forget_file(stored.key)
        known = _row(shop_id, sha256)
        if known is None:
            raise
        return known
    if media.state is MediaState.PREPARING:
        enqueue("media.prepare", actor_id=actor.id, media_id=media.id)
    return media


def _row(shop_id: int | None, sha256: str) -> Media | None:
    of_shop = Media.shop_id.is_(None) if shop_id is None else Media.shop_id == shop_id
    media = db.session.scalars(select(Media).where(Media.ref == sha256[:REF_LENGTH], of_shop)).one_or_none()
    if media is not None and media.sha256 != sha256:
        raise MediaRefused(_("这个文件和已有的另一个文件重名，没有保存。"), hint=_("请稍作修改后再上传。"))
    return media


def _renewed(media: Media, content: BinaryIO, actor: Person) -> Media:
    """The row of a file that is uploaded again; a lost file is put back, a failed preparation is tried anew."""
    if not files().path(media.key).is_file():
        media.key = save_file(content).key
    if media.state is MediaState.FAILED:
        media.state, media.error = MediaState.PREPARING, ""
        enqueue("media.prepare", actor_id=actor.id, media_id=media.id)
    db.session.flush()
    return media


def copy_media(
    *, actor: Person, refs: Iterable[str], from_shop_id: int | None, to_shop_id: int | None, at: datetime
) -> list[Media]:
    """Let texts of another shop show these files, as a copied lesson needs. Files are shared, rows are not.

    Refs that the shop has already, or that the actor may not see, are left out.
    """
    require(P.MEDIA_EDIT, of=actor)
    require_visible(can_add_media(actor, to_shop_id, shop_ids=frozenset(db.session.scalars(select(Shop.id)))))
    wanted = set(refs)
    there = media_by_ref(to_shop_id, wanted)
    made = []
    for ref, media in media_by_ref(from_shop_id, wanted - there.keys()).items():
        if not can_manage_media(actor, media):
            continue
        columns = ("kind", "mimetype", "name", "size", "sha256", "key", "state", "error", "facts", "parts")
        copied = {name: getattr(media, name) for name in columns}
        copy = Media(shop_id=to_shop_id, ref=ref, created_by_id=actor.id, created_at=at, **copied)
        db.session.add(copy)
        db.session.flush()
        if copy.state is MediaState.PREPARING:
            enqueue("media.prepare", actor_id=actor.id, media_id=copy.id)
        made.append(copy)
    return made


def tidy_name(filename: str, suffix: str) -> str:
    """The name to show and to download by: no folders, no control or direction marks, the suffix of what it is."""
    name = PurePosixPath(filename.replace("\\", "/")).name
    name = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C")
    name = " ".join(re.sub(r'[<>:"|?*%]', " ", name).split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if dot and re.fullmatch(r"[A-Za-z0-9]{1,5}", ending):
        name = stem.strip(". ")
    return (name[:NAME_LENGTH].strip() or _("未命名")) + suffix


def save_file(content: BinaryIO) -> StoredFile:
    """Put bytes into the store; they go again when the transaction is rolled back."""
    stored = files().save(content, suffix=SUFFIX)
    db.session.info.setdefault("media_keys", []).append(stored.key)
    return stored


def forget_file(key: str) -> None:
    """Take back what save_file stored in this transaction."""
    if key in (keys := db.session.info.get("media_keys", [])):
        keys.remove(key)
    files().delete(key)


@event.listens_for(Session, "after_commit")
def _keep_files(session: Session) -> None:
    if not session.in_nested_transaction():  # a savepoint that is released commits nothing yet
        session.info.pop("media_keys", None)


@event.listens_for(Session, "after_soft_rollback")
def _drop_files(session: Session, previous: SessionTransaction) -> None:
    if previous.nested:
        return
    for key in session.info.pop("media_keys", []):
        try:
            files().delete(key)
        except OSError:
            log.warning("the file %s of a failed upload is left to the sweep", key)


@contextmanager
def _received(stream: BinaryIO, allowed: Collection[MediaKind]) -> Iterator[Path]:
    """The stream in a temporary file that goes again; refused as soon as it is of no use or too long."""
    head = _read_head(stream)
    if not head:
        raise MediaRefused(_("文件是空的。"), hint=_("请重新选择文件。"))
    kind = likely_kind(head, allowed)
    path = settings().tmp_path / f"{TEMPORARY}{secrets.token_hex(16)}"
    size, most = len(head), limit_mb(kind) * MB
    try:
        with open(path, "xb") as out:
            out.write(head)
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > most:
                    raise too_large(kind)
                out.write(chunk)
        yield path
    finally:
        path.unlink(missing_ok=True)


def _read_head(stream: BinaryIO) -> bytes:
    head = b""
    while len(head) < HEAD and (chunk := stream.read(HEAD - len(head))):
        head += chunk
    return head


def keys_of(media: Media) -> set[str]:
    """Every key of the store that the row needs."""
    return {media.key, *part_keys(media.parts)}


def part_keys(parts: dict[str, Any]) -> set[str]:
    """The keys of the store among the parts of a row."""
    return {part["key"] for part in parts.values()}
