"""The files of lessons: who gets which, and how a text shows them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from courses.lessons.models import Lesson
from courses.lessons.publishing import publish
from courses.lessons.services import Draft, archive, create_lesson, draft_of, edit_lesson
from courses.types import MediaShown, Place
from courses.types.embedding import refs_in
from courses.types.file import FileLesson
from courses.types.markdown import MarkdownLesson
from lms.kernel.hookspecs import Lock, hookimpl
from lms.kernel.jobs import run_pending_inline
from lms.kernel.plugins import plugins
from lms.media.models import Media
from lms.media.services import store_upload
from tests.conftest import Cast
from tests.courses.conftest import AT, newest, switch_reviews_off, write_lesson
from tests.factories import make_competency
from tests.media.making import docx, picture


def kept(cast: Cast, data: bytes, name: str = "甲店图.png") -> Media:
    return store_upload(actor=cast.trainer, shop_id=cast.shop.id, stream=io.BytesIO(data), filename=name, at=AT)


@pytest.fixture
def shown(cast: Cast, session: scoped_session) -> tuple[Lesson, Media, Media]:
    """A published lesson of 甲 with a picture, and a picture that no lesson shows."""
    media, unused = kept(cast, picture()), kept(cast, picture(colour="blue"))
    lesson = write_lesson(cast.trainer, cast.shop, body=f"## 图\n\n![甲店海报](media:{media.ref})\n")
    session.commit()
    return lesson, media, unused


def test_readers_get_what_the_lesson_shows_and_no_more(
    cast: Cast, sign_in: Callable[..., FlaskClient], shown: tuple[Lesson, Media, Media]
) -> None:
    lesson, media, unused = shown
    client = sign_in(cast.agent)
    assert f'src="/lessons/{lesson.id}/media/{media.ref}"' in client.get(f"/lessons/{lesson.id}").get_data(True)
    assert client.get(f"/lessons/{lesson.id}/media/{media.ref}").status_code == 200
    for ref in (unused.ref, "0" * 16, "x", f"{media.ref}0"):
        assert client.get(f"/lessons/{lesson.id}/media/{ref}").status_code == 404
    assert client.get(f"/lessons/999/media/{media.ref}").status_code == 404
    assert client.get(f"/media/{media.id}").status_code == 403
    assert sign_in(cast.other_agent).get(f"/lessons/{lesson.id}/media/{media.ref}").status_code == 404


def test_a_replaced_version_keeps_its_files_for_who_is_reading_it(
    cast: Cast, session: scoped_session, sign_in: Callable[..., FlaskClient], shown: tuple[Lesson, Media, Media]
) -> None:
    lesson, media, unused = shown
    reading, late = sign_in(cast.agent), sign_in(cast.agent2)
    reading.get(f"/lessons/{lesson.id}")
    edit_lesson(
        actor=cast.trainer,
        lesson=lesson,
        draft=replace(draft_of(newest(lesson)), body=f"![新图](media:{unused.ref})"),
        competencies=lesson.activity.competencies,
        base=1,
        at=AT,
    )
    session.commit()
    new = f"/lessons/{lesson.id}/media/{unused.ref}"
    assert reading.get(new).status_code == 404  # saved, but not published
    publish(actor=cast.trainer, lesson=lesson, at=AT)
    session.commit()
    assert reading.get(new).status_code == 200
    old = f"/lessons/{lesson.id}/media/{media.ref}"
    assert [client.get(f"{old}?v=1").status_code for client in (reading, late)] == [200, 404]
    assert reading.get(old).status_code == 404
    assert reading.get(f"{old}?v=x").status_code == 404
    archive(actor=cast.trainer, lesson=lesson, at=AT)
    session.commit()
    assert reading.get(new).status_code == 404


REF, CLIP, PAPER, GONE = (digit * 16 for digit in "abcd")
FILES = {
    REF: MediaShown(REF, "picture", "图.png", "/l/1/a", "image/png", 9, facts={"width": 60, "height": 40}),
    CLIP: MediaShown(CLIP, "video", "片.mp4", "/l/1/b", "video/mp4", 9, facts={"seconds": 3}),
    PAPER: MediaShown(PAPER, "pdf", "册<b>.pdf", "/l/1/c?v=2", "application/pdf", 2048),
}


def render(body: str) -> str:
    with current_app.test_request_context():
        return str(MarkdownLesson().render(body, today=date(2026, 11, 2), place=Place({}, FILES.get)).html)


def test_files_in_a_text(app: Flask) -> None:
    html = render(
        f'![海报](media:{REF} "双十一海报")\n\n看![图](media:{REF})这里\n\n![](media:{CLIP})\n\n![手册](media:{PAPER})'
    )
    assert '<img src="/l/1/a" alt="海报" loading="lazy" decoding="async" width="60" height="40">' in html
    assert "<figcaption>双十一海报</figcaption></figure>" in html
    assert html.count("<figure") == 2 and "<p>看<a" in html
    assert '<video class="media-video" src="/l/1/b" controls preload="metadata"' in html
    assert 'href="/l/1/c?v=2&amp;download=1"' in html.replace("&download", "&amp;download")
    assert "册&lt;b&gt;.pdf · 2" in html
    assert "文件不存在：旧图" in render(f"![旧图](media:{GONE})")


def test_hostile_texts_show_no_foreign_file_and_run_nothing(app: Flask) -> None:
    for body in (
        f'![x" onerror="alert(1)](media:{REF})',
        f'![x](media:{REF} "a\' onload=alert(1) "")',
        f'<img src="media:{REF}" onerror="alert(1)" class="x" alt="<script>">',
        f"![](media:{REF}/../../x)",
        f'<img src="MEDIA:{REF}">',
        "![](https://evil.example/x.png)",
        "![](//evil.example/x.png)",
        "[x](media:javascript)",
        f'<a href="media:{REF}">x</a>',
        f'<video src="https://evil.example/x.mp4"></video><img src="media:{REF}" src="https://evil.example">',
        f'<img alt="> <img src=x onerror=alert(1)>" src="media:{REF}">',
    ):
        html = render(body)
        outside = html.replace("&quot;", "").replace("&lt;", "").replace("&gt;", "")
        assert "evil.example" not in html and "<script" not in html, body
        for tag in re.findall(r"<[a-z][^>]*>", outside):
            names = re.sub(r'"[^"]*"', '""', tag)
            assert "onerror" not in names and "onload" not in names and "media:" not in tag, (body, tag)


def test_refs() -> None:
    assert refs_in(f"![a](media:{REF})![b](media:{CLIP} 't') [c]: media:{REF} media:{GONE}0 media:xyz") == (REF, CLIP)


def in_file_lesson(media: MediaShown | None, *, body: str = "") -> tuple[str, list[str]]:
    place = Place({"media": "a" * 16}, lambda _ref: media)
    with current_app.test_request_context():
        rendered = FileLesson().render(body, today=date(2026, 11, 2), place=place)
    return str(rendered.html), [heading.text for heading in rendered.headings]


def document(kind: str, *, text: str = "", state: str = "ready", look: bool = False) -> MediaShown:
    parts = ({"text": {}} if text else {}) | ({"pdf": {}} if look else {})
    return MediaShown(
        "a" * 16, kind, "手册.x", "/m", "x/y", 9, state, {}, parts, lambda name: f"/m/{name}?v=1&x", lambda _name: text
    )


def test_a_document_lesson_shows_each_kind(app: Flask) -> None:
    html, _headings = in_file_lesson(document("pdf"), body="先看这份手册。")
    assert 'data-pdf="/m"' in html and html.index("先看这份手册") < html.index("data-pdf")
    assert 'href="/m?download=1"' in html
    text = '<section><h2>1. 开场</h2><p>三步<img alt="图" width="6" height="4" src="part:2"></p></section>'
    html, headings = in_file_lesson(document("slides", text=text), body="## 说明")
    assert '<h2 id="s2">1. 开场</h2>' in html and headings == ["说明", "1. 开场"]
    assert 'src="/m/2?v=1&amp;x" loading="lazy"' in html
    html, headings = in_file_lesson(document("slides", text=text, look=True))
    assert 'data-pdf="/m/pdf?v=1&amp;x"' in html and "文字版" in html and headings == []
    for state, words in (("preparing", "正在转换"), ("failed", "没能转换")):
        html, _headings = in_file_lesson(document("word", state=state))
        assert words in html and "download=1" in html
    assert "文件不存在" in in_file_lesson(None)[0]


def test_the_settings_of_a_document_lesson(app: Flask) -> None:
    kind, ref = FileLesson(), "0123456789abcdef"
    assert kind.settings_from({"media": f" media:{ref} "}) == {"media": ref}
    assert kind.settings_from({"media": "../x"}) == {"media": ""}
    assert [p.line for p in kind.problems("", {"media": ""})] == [0]
    assert kind.problems("", {"media": ref}) == []
    assert kind.media_refs(f"![x](media:{'f' * 16})", {"media": ref}) == (ref, "f" * 16)
    assert kind.minimum_seconds("") == 20


def test_a_word_file_becomes_a_lesson_that_is_read_to_its_end(
    cast: Cast, session: scoped_session, sign_in: Callable[..., FlaskClient]
) -> None:
    media = kept(cast, docx(), "甲店手册.docx")
    session.commit()
    run_pending_inline()
    lesson = create_lesson(
        actor=cast.trainer,
        draft=Draft(title="甲店手册", body="", minutes=6, settings={"media": media.ref}),
        competencies=[make_competency()],
        shop_id=cast.shop.id,
        type_name="file",
        at=AT,
    )
    switch_reviews_off(cast.shop.id)
    publish(actor=cast.trainer, lesson=lesson, at=AT)
    session.commit()
    client = sign_in(cast.agent)
    page = client.get(f"/lessons/{lesson.id}").get_data(as_text=True)
    assert "接待流程" in page and "data-finish" in page and 'data-seconds-left="20"' in page
    answer = client.get(f"/lessons/{lesson.id}/media/{media.ref}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"/lessons/{lesson.id}/media/{media.ref}/text").status_code == 200
    assert client.get(f"/lessons/{lesson.id}/media/{media.ref}/nothing").status_code == 404


class Locking(SimpleNamespace):
    """A plugin that locks one activity."""

    @hookimpl
    def activity_locks(self, activity_ids: list[int]) -> dict[int, Lock]:
        return {number: Lock("先学完第一天。") for number in activity_ids if number == self.locked}


def test_a_locked_lesson_gives_no_file_away(
    cast: Cast, sign_in: Callable[..., FlaskClient], shown: tuple[Lesson, Media, Media]
) -> None:
    lesson, media, _unused = shown
    plugins().manager.register(Locking(locked=lesson.activity_id), name="locking")
    try:
        assert sign_in(cast.agent).get(f"/lessons/{lesson.id}/media/{media.ref}").status_code == 403
    finally:
        plugins().manager.unregister(name="locking")
