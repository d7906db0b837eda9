"""Uploading, and looking at a file by itself. Readers get files through the page that shows them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from lms.config import settings
from lms.kernel.clock import now
from lms.kernel.db import db, get_or_404
from lms.kernel.errors import DomainError
from lms.media.enums import MediaKind
from lms.media.kinds import MediaRefused, formats, limit_mb, suffixes
from lms.media.models import Media
from lms.media.permissions import P
from lms.media.queries import manageable
from lms.media.rules import can_manage_media
from lms.media.services import store_upload
from lms.media.serving import send_media
from lms.people.guards import current_person, requires
from lms.people.rules import has_permission, require_visible

bp = Blueprint("media", __name__, url_prefix="/media", template_folder="templates", static_folder="static")


@bp.app_template_global("media_named")
def media_named(ref: str) -> dict[str, Any] | None:
    """What a form says about the file that it holds already; None when the viewer may not see one of that ref."""
    person = current_person()
    if not ref or not has_permission(person, P.MEDIA_EDIT):
        return None
    query = select(Media).where(Media.ref == ref, manageable(person)).order_by(Media.shop_id.is_(None)).limit(1)
    media = db.session.scalars(query).one_or_none()
    if media is None:
        return None
    url = url_for("media.show", media_id=media.id)
    return {"name": media.name, "size": media.size, "state": media.state, "error": media.error, "url": url}


@bp.app_template_global("media_formats")
def media_formats(accepted: str) -> str:
    return formats(_kinds(accepted))


@bp.app_template_global("media_limit_mb")
def media_limit_mb(accepted: str) -> int:
    return max(limit_mb(kind) for kind in _kinds(accepted))


@bp.app_template_global("media_suffixes")
def media_suffixes(accepted: str) -> str:
    return suffixes(_kinds(accepted))


@bp.app_template_global("upload_limit_mb")
def upload_limit_mb() -> int:
    return settings().upload_max_mb


@bp.post("/upload")
@requires(P.MEDIA_EDIT)
def upload() -> ResponseReturnValue:
    """One file, answered in JSON for upload.js: what to put into the text, or what is wrong."""
    try:
        file = request.files.get("file")
        if file is None:
            raise MediaRefused(_("没有收到文件。"), hint=_("请重新选择文件。"))
        media = store_upload(
            actor=current_person(),
            shop_id=_shop_id(),
            stream=file.stream,  # type: ignore[arg-type]
            filename=file.filename or "",
            at=now(),
            allowed=_kinds(request.form.get("accept", "")),
        )
    except DomainError as error:
        return jsonify(error=f"{error.message}{error.hint}"), error.status
    return jsonify(_told(media))


@bp.get("/<int:media_id>")
@bp.get("/<int:media_id>/<part>")
@requires(P.MEDIA_EDIT)
def show(media_id: int, part: str | None = None) -> Response:
    media = get_or_404(Media, media_id)
    require_visible(can_manage_media(current_person(), media))
    return send_media(media, part=part, download="download" in request.args)


def _told(media: Media) -> dict[str, Any]:
    text = "".join(c for c in media.name.rpartition(".")[0] if c not in "[]\\`*_")
    return {
        "ref": media.ref,
        "kind": media.kind.value,
        "name": media.name,
        "size": media.size,
        "state": media.state.value,
        "url": url_for("media.show", media_id=media.id),
        "markdown": f"![{text}](media:{media.ref})",
    }


def _shop_id() -> int | None:
    text = request.form.get("shop_id", "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _kinds(accepted: str) -> frozenset[MediaKind]:
    """The kinds that the field takes; all of them where it does not say."""
    wanted = {word.strip() for word in accepted.split(",")}
    return frozenset(kind for kind in MediaKind if kind.value in wanted) or frozenset(MediaKind)
