"""Word and PowerPoint files become pages: text, tables and pictures in order, and nothing that runs."""

from __future__ import annotations

import io
import re
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from pptx import Presentation
from pptx.util import Cm
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.kernel.jobs import Job, JobState, run_pending_inline
from lms.kernel.storage import files
from lms.media import converting, office, tasks
from lms.media.converting import ConversionFailed, clean, convert
from lms.media.enums import MediaState
from lms.media.models import Media
from tests.media.conftest import AT
from tests.media.making import PDF, RELATIONS, docx, picture

Keep = Callable[..., Media]
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
BLIP = (
    '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    f'<wp:docPr id="1" name="p" descr="退货流程图"/><a:graphic {A}><a:graphicData><pic:pic '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill><a:blip r:embed="rIdP"/>'
    "</pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
)
PICTURE = f'<Relationship Id="rIdP" Type="{RELATIONS}/image" Target="media/a.png"/>'


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def link(address: str) -> tuple[str, str]:
    body = '<w:p><w:hyperlink r:id="rIdL"><w:r><w:t>点我</w:t></w:r></w:hyperlink></w:p>'
    return body, f'<Relationship Id="rIdL" Type="{RELATIONS}/hyperlink" Target="{address}" TargetMode="External"/>'


def text_of(media: Media) -> str:
    return files().path(media.parts["text"]["key"]).read_text(encoding="utf-8")


@pytest.fixture
def prepared(keep: Keep, session: scoped_session) -> Callable[[bytes], Media]:
    """Keep a file and let its job run."""

    def prepare(data: bytes) -> Media:
        media = keep(data, "甲店手册")
        assert media.state is MediaState.PREPARING
        session.commit()
        run_pending_inline()
        session.refresh(media)
        return media

    return prepare


def test_a_word_file(prepared: Callable[[bytes], Media]) -> None:
    rows = "".join(f"<w:tr><w:tc>{paragraph(a)}</w:tc><w:tc>{paragraph(b)}</w:tc></w:tr>" for a, b in [("早", "晚")])
    body = (
        paragraph("先听完，再回答。&lt;script&gt;") + BLIP + f"<w:tbl>{rows}</w:tbl>" + link("https://a.example/x")[0]
    )
    more = {"word/media/a.png": picture()}
    media = prepared(docx(body, rels=PICTURE + link("https://a.example/x")[1], more=more))
    assert (media.state, media.error) == (MediaState.READY, "")
    html = text_of(media)
    assert "<p>先听完，再回答。&lt;script&gt;</p>" in html
    assert re.search(r'<img(?=[^>]* src="part:1")(?=[^>]* alt="退货流程图")(?=[^>]* width="60")', html)
    assert "<td><p>早</p></td>" in html and 'href="https://a.example/x"' in html
    assert set(media.parts) == {"text", "1"} and media.parts["1"]["mimetype"] == "image/png"
    assert html.index("先听完") < html.index("<img") < html.index("<table")


def test_a_hostile_word_file_says_nothing_that_runs(prepared: Callable[[bytes], Media]) -> None:
    body, rel = link("javascript:alert(1)")
    svg = {"word/media/a.png": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'}
    media = prepared(docx(body + BLIP + paragraph("&lt;img src=x onerror=alert(1)&gt;"), rels=rel + PICTURE, more=svg))
    html = text_of(media)
    assert "javascript:" not in html and "<img" not in html and "点我" in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert set(media.parts) == {"text"} and media.facts["pictures_left_out"] == 1


def test_a_word_file_opens_no_other_file(prepared: Callable[[bytes], Media], tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(picture(colour="green"))
    rel = f'<Relationship Id="rIdP" Type="{RELATIONS}/image" Target="{secret.as_uri()}" TargetMode="External"/>'
    media = prepared(docx(paragraph("文字还在") + BLIP.replace("r:embed", "r:link"), rels=rel))
    assert set(media.parts) <= {"text"}
    assert "文字还在" in text_of(media) and "<img" not in text_of(media)


def test_a_file_that_no_parser_takes_fails_in_words_and_may_be_tried_again(
    prepared: Callable[[bytes], Media], keep: Keep
) -> None:
    data = docx(more={"word/document.xml": "<?xml version='1.0'?><w:document"})
    media = prepared(data)
    assert (media.state, media.parts) == (MediaState.FAILED, {})
    assert media.error == "文件打不开，可能已损坏。请用 Word、PowerPoint 或 WPS 另存一份再上传。"
    assert keep(data).state is MediaState.PREPARING


def deck() -> bytes:
    show = Presentation()
    one = show.slides.add_slide(show.slide_layouts[1])
    one.shapes.title.text = "退换货 <三步>"
    frame = one.placeholders[1].text_frame
    frame.text = "先道歉"
    for level, text in ((1, "别找借口"), (0, "再给办法")):
        added = frame.add_paragraph()
        added.text, added.level = text, level
    two = show.slides.add_slide(show.slide_layouts[6])
    two.shapes.add_picture(io.BytesIO(picture("JPEG")), Cm(1), Cm(12), Cm(4))
    box = two.shapes.add_textbox(Cm(1), Cm(2), Cm(8), Cm(2))
    run = box.text_frame.paragraphs[0].add_run()
    run.text, run.hyperlink.address = "看平台规则", "javascript:alert(1)"
    grid = two.shapes.add_table(2, 2, Cm(1), Cm(6), Cm(8), Cm(3)).table
    for index, text in enumerate(("时限", "说法", "7 天", "<b>无理由</b>")):
        grid.cell(index // 2, index % 2).text = text
    hidden = show.slides.add_slide(show.slide_layouts[5])
    hidden.shapes.title.text = "讲师自用"
    hidden.element.set("show", "0")
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


def test_a_powerpoint_file(prepared: Callable[[bytes], Media], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "find_office", lambda: None)
    media = prepared(deck())
    assert (media.state, media.error, media.facts["pages"]) == (MediaState.READY, "", 2)
    html = text_of(media)
    assert "<h2>1. 退换货 &lt;三步&gt;</h2>" in html and "<h2>第 2 页</h2>" in html
    assert "<ul><li>先道歉<ul><li>别找借口</li></ul></li><li>再给办法</li></ul>" in html
    assert "<th>时限</th>" in html and "<td>&lt;b&gt;无理由&lt;/b&gt;</td>" in html
    assert html.index("看平台规则") < html.index("<table") < html.index('src="part:1"')
    assert "javascript:" not in html and "讲师自用" not in html
    assert set(media.parts) == {"text", "1"}


def _soffice(folder: Path, script: str) -> str:
    """A stand-in for LibreOffice: what matters is how it is called and what becomes of its answer."""
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program)


def test_with_libreoffice_a_powerpoint_file_also_shows_as_it_looks(
    prepared: Callable[[bytes], Media], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "look.pdf").write_bytes(PDF)
    script = f'echo "$@" > {tmp_path}/called; env > {tmp_path}/env; cp {tmp_path}/look.pdf "$HOME/source.pdf"'
    program = _soffice(tmp_path, script)
    monkeypatch.setattr(tasks, "find_office", lambda: program)
    monkeypatch.setenv("LMS_SECRET_KEY", "not for others")
    media = prepared(deck())
    assert set(media.parts) == {"text", "1", "pdf"}
    assert files().path(media.parts["pdf"]["key"]).read_bytes() == PDF
    called = (tmp_path / "called").read_text()
    assert "--headless" in called and "-env:UserInstallation=file:///" in called
    assert "not for others" not in (tmp_path / "env").read_text()


def test_libreoffice_that_hangs_or_fails_leaves_the_text(tmp_path: Path) -> None:
    for n, script in enumerate(("sleep 60", "exit 1", "echo '<html>' > \"$HOME/source.pdf\"")):
        folder = tmp_path / str(n)
        folder.mkdir()
        program = _soffice(folder, script)
        (folder / "source.pptx").write_bytes(b"x")
        assert office.as_pdf(folder / "source.pptx", folder, office=program, seconds=1) is None


def test_what_points_outside_is_not_given_to_libreoffice(tmp_path: Path) -> None:
    outside = f'<Relationship Id="r" Type="{RELATIONS}/image" Target="file:///etc/x.png" TargetMode = "External"/>'
    for rels, expected in ((outside, True), (link("https://a.example")[1], False), (PICTURE, False)):
        path = tmp_path / "x.docx"
        path.write_bytes(docx(rels=rels))
        assert office.points_outside(path) is expected


def test_time_and_memory_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "a.docx"
    source.write_bytes(docx())
    with pytest.raises(ConversionFailed, match="已停止"):
        convert("word", source, tmp_path, seconds=0)
    assert converting.MEMORY <= 2 << 30


def test_cleaning_lets_through_only_parts_and_plain_marks() -> None:
    dirty = (
        '<section onclick="x"><h2 id="a" style="x">题</h2><img src="part:1" onerror="x"><img src="part:1/../2">'
        '<img src="https://evil.example/a.png"><img src="/media/1"><a href="part:1">a</a><a href="javascript:x">b</a>'
        "<script>x</script><svg><a/></svg><iframe src=x></iframe><form><input></form></section>"
    )
    assert clean(dirty) == (
        '<section><h2>题</h2><img src="part:1"><a rel="noopener noreferrer">a</a><a rel="noopener noreferrer">b</a>'
        "</section>"
    )


def test_a_document_whose_job_was_given_up_is_not_waited_for(keep: Keep, session: scoped_session) -> None:
    media = keep(docx())
    session.commit()
    later = AT + timedelta(hours=7)
    tasks.sweep(at=later)
    assert media.state is MediaState.PREPARING  # its job is still in the queue
    job = session.scalars(select(Job)).one()
    job.state = JobState.FAILED
    tasks.sweep(at=later)
    assert media.state is MediaState.FAILED and "重新上传" in media.error


def test_an_unforeseen_error_is_told_too(prepared: Callable[[bytes], Media], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "convert", lambda *_args: {}["facts"])
    media = prepared(docx())
    assert media.state is MediaState.FAILED and media.error.startswith("转换时出了意外")
