"""Answers with files: types, names, ranges and policies."""

from __future__ import annotations

import io
from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from lms.media.models import Media
from lms.media.services import save_file
from tests.conftest import Cast
from tests.media.making import PDF, docx, mp4, picture

VIDEO = mp4(pixels=bytes(range(256)) * 40)


@pytest.fixture
def client(cast: Cast, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(cast.trainer)


@pytest.fixture
def video(keep: Callable[..., Media], session: scoped_session) -> Media:
    media = keep(VIDEO, "开场.mp4")
    session.commit()
    return media


def test_headers_say_what_it_is_and_let_nothing_run(
    keep: Callable[..., Media], session: scoped_session, client: FlaskClient
) -> None:
    made = [(picture(), "inline"), (PDF, "inline"), (VIDEO, "inline"), (docx(), "attachment")]
    for data, shown in made:
        media = keep(data, '说明"1".x')
        session.commit()
        answer = client.get(f"/media/{media.id}")
        headers = answer.headers
        assert (answer.status_code, headers["Content-Type"]) == (200, media.mimetype)
        assert headers["Content-Disposition"].startswith(shown)
        assert f"filename*=UTF-8''{quote(media.name)}" in headers["Content-Disposition"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert ("sandbox" in headers["Content-Security-Policy"]) == (media.mimetype != "application/pdf")
        assert headers["Cache-Control"] == "no-store"
        forced = client.get(f"/media/{media.id}?download=1").headers["Content-Disposition"]
        assert forced.startswith("attachment")


SIZE = len(VIDEO)


@pytest.mark.parametrize(
    "asked, status, span",
    [
        ("bytes=0-0", 206, (0, 1)),
        ("bytes=100-199", 206, (100, 200)),
        (f"bytes={SIZE - 5}-", 206, (SIZE - 5, SIZE)),
        ("bytes=-7", 206, (SIZE - 7, SIZE)),
        (f"bytes=10-{SIZE + 900}", 206, (10, SIZE)),
        ("bytes=0-1,5-6", 200, (0, SIZE)),
        ("lines=1-2", 200, (0, SIZE)),
        ("nonsense", 200, (0, SIZE)),
        (f"bytes={SIZE}-", 416, (0, 0)),
    ],
)
def test_ranges(client: FlaskClient, video: Media, asked: str, status: int, span: tuple[int, int]) -> None:
    answer = client.get(f"/media/{video.id}", headers={"Range": asked})
    assert answer.status_code == status
    assert answer.get_data() == VIDEO[slice(*span)]
    if status == 206:
        assert answer.headers["Content-Range"] == f"bytes {span[0]}-{span[1] - 1}/{SIZE}"
        assert answer.headers["Content-Length"] == str(span[1] - span[0])
    if status == 416:
        assert answer.headers["Content-Range"] == f"bytes */{SIZE}"


def test_conditions_and_head(client: FlaskClient, video: Media) -> None:
    url = f"/media/{video.id}"
    head = client.head(url)
    assert (head.status_code, head.get_data(), head.headers["Content-Length"]) == (200, b"", str(SIZE))
    assert head.headers["Accept-Ranges"] == "bytes"
    etag = head.headers["ETag"]
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 304
    part = {"Range": "bytes=0-9"}
    assert client.get(url, headers=part | {"If-Range": etag}).status_code == 206
    assert client.get(url, headers=part | {"If-Range": '"older"'}).status_code == 200


def test_parts_and_missing_ones(client: FlaskClient, video: Media, session: scoped_session) -> None:
    video.parts = {"1": {"key": save_file(io.BytesIO(b"<p>x</p>")).key, "mimetype": "text/html"}}
    session.commit()
    answer = client.get(f"/media/{video.id}/1")
    assert (answer.status_code, answer.get_data()) == (200, b"<p>x</p>")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
    for missing in ("2", "..", "key", "%2e%2e%2f"):
        assert client.get(f"/media/{video.id}/{missing}").status_code == 404
    assert client.get("/media/999").status_code == 404


def test_a_file_that_is_gone_says_so(client: FlaskClient, video: Media) -> None:
    from lms.kernel.storage import files

    files().delete(video.key)
    answer = client.get(f"/media/{video.id}")
    assert answer.status_code == 404 and "找不到这个文件" in answer.get_data(as_text=True)
