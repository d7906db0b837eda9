"""Sending files: streamed, in parts when a player asks, and never as something that could run in a page of ours."""

from __future__ import annotations

from flask import Response, request
from flask_babel import gettext as _
from werkzeug.datastructures import Headers
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import parse_range_header
from werkzeug.utils import send_file

from lms.kernel.errors import NotFound
from lms.kernel.storage import files
from lms.media.enums import MediaKind
from lms.media.models import Media

SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'"
# The browsers' own PDF viewers do not start in a sandbox; scripts in a PDF never reach the page's origin.
PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"
SHOWN = frozenset({MediaKind.PICTURE, MediaKind.VIDEO, MediaKind.PDF})


def send_media(media: Media, *, part: str | None = None, download: bool = False) -> Response:
    """The file of a row, or a part of it, as an answer to this request. The caller has checked who asks.

    Takes Range, If-Range and If-None-Match; of several ranges, which no player needs, the whole file is sent. The
    app's own header keeps signed-in answers out of caches. NotFound when there is no such part or file.
    """
    key, mimetype, etag, name = media.key, media.mimetype, media.sha256, media.name
    inline = media.kind in SHOWN
    if part is not None:
        found = media.parts.get(part)
        if found is None:
            raise NotFound(_("找不到这个文件。"))
        key, mimetype, etag, name = found["key"], found["mimetype"], f"{media.sha256[:32]}-{part}", part
        inline = True
    path = files().path(key)
    if not path.is_file():
        raise NotFound(_("找不到这个文件。"), hint=_("它可能没有随备份恢复，请让培训师重新上传。"))
    environ = dict(request.environ)
    asked = parse_range_header(environ.get("HTTP_RANGE"))
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        environ.pop("HTTP_RANGE", None)
    try:
        response = send_file(
            path,
            environ,
            mimetype=mimetype,
            as_attachment=download or not inline,
            download_name=name,
            conditional=True,
            etag=etag,
            last_modified=media.created_at,
            response_class=Response,
        )
    except RequestedRangeNotSatisfiable:
        response = Response(status=416)
        response.headers["Content-Range"] = f"bytes */{path.stat().st_size}"
    _protect(response.headers, mimetype)
    return response  # type: ignore[return-value]


def _protect(headers: Headers, mimetype: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = PDF_POLICY if mimetype == "application/pdf" else SANDBOX
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Cache-Control"] = "private, no-store"
