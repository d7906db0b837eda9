"""Static files: versioned addresses, a year in the browser's cache, and gzip (Granian sends files as they are).

A page loads some 800 kB of styles and scripts once; compressed it is 160 kB, which matters on a shop's shared line.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path

from flask import Response, abort, request, send_from_directory, url_for
from werkzeug.utils import safe_join

STATIC = Path(__file__).parent / "static"
SPRITE = "vendor/tabler-icons-3.51.0/sprite.svg"
YEAR = 365 * 24 * 3600
COMPRESSIBLE = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@cache
def _digest(path: str, modified_ns: int) -> str:
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]


def asset(path: str) -> str:
    """The address of a file in static/; it changes with the file's content, so that caches never go stale."""
    return url_for("web.static", filename=path, v=_digest(path, (STATIC / path).stat().st_mtime_ns))


@cache
def icon_names() -> frozenset[str]:
    """The icons that the sprite holds."""
    text = (STATIC / SPRITE).read_text(encoding="utf-8")
    return frozenset(part.split('"', 1)[0] for part in text.split('<symbol id="')[1:])


def icon_href(name: str) -> str:
    """Where ``<use>`` finds an icon; a name the sprite doesn't have shows as a question mark, not as nothing."""
    version = _digest(SPRITE, (STATIC / SPRITE).stat().st_mtime_ns)
    return f"{url_for('web.sprite', v=version)}#{name if name in icon_names() else 'help-circle'}"


@cache
def _compressed(path: str, modified_ns: int) -> bytes:
    return gzip.compress(Path(path).read_bytes(), compresslevel=9, mtime=0)


def send_asset(filename: str) -> Response:
    """A static file, compressed when the browser takes that."""
    full = safe_join(str(STATIC), filename)
    if full is None or not Path(full).is_file():
        abort(404)
    modified = Path(full).stat().st_mtime_ns
    versioned = "v" in request.args
    response = send_from_directory(
        STATIC, filename, max_age=YEAR if versioned else 3600, conditional=False, etag=_digest(filename, modified)
    )
    if mimetype := COMPRESSIBLE.get(Path(full).suffix):
        response.mimetype = mimetype
        response.vary.add("Accept-Encoding")
        if request.accept_encodings.quality("gzip") > 0:
            response.direct_passthrough = False
            response.set_data(_compressed(full, modified))
            response.headers["Content-Encoding"] = "gzip"
            response.set_etag(f"{response.get_etag()[0]}-gz")
    if versioned:
        response.cache_control.public = True
        response.cache_control.immutable = True
    response.make_conditional(request)
    return response
