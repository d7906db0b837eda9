"""What authors write can't run anything in a reader's browser, whichever way it comes in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import scoped_session

from courses.types import RenderedLesson, lesson_type
from lms.people.models import Person
from tests.conftest import Cast
from tests.courses.conftest import write_lesson

TODAY = date(2026, 11, 2)
ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><animate onbegin=alert(1)></svg>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    '![x](x"onerror="alert(1))',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<details open ontoggle=alert(1)>x</details>",
    "<div style='position:fixed;inset:0' onclick=alert(1)>x</div>",
    "<form action='https://evil.example'><input name=password><button formaction=javascript:alert(1)>x</button></form>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "</div></article><script>alert(1)</script>",
    "</span></p></figure><img src=x onerror=alert(1)>",
    "<base href='https://evil.example/'><meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<object data=x><embed src=x><link rel=stylesheet href=//evil.example>",
    "<button hx-get='/x' hx-trigger='load' data-confirm='x'>x</button>",
    '"><script>alert(1)</script>',
    "{{ config }}{% include 'lms/web/base.html' %}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<!--><script>alert(1)</script>-->",
    "<x\x00 onclick=alert(1)>",
]
PLACES = {
    "prose": "{}",
    "heading": "## {}",
    "table": "| a | b |\n| --- | --- |\n| {} | c |",
    "list": "- {}",
    "code": "```html\n{}\n```",
    "buyer": "```chat 正例\n买家: {}\n客服: 好\n```",
    "note": "```chat 反例\n客服: 好\n点评: {}\n```",
    "chat before anybody speaks": "```chat\n{}\n买家: 好\n```",
    "chat title": "```chat 正例 {}\n买家: 好\n```",
    "rule": "```平台规则 2027-01-01\n{}\n```",
    "rule date": "```平台规则 {}\n规则\n```",
    "question": "```自测\n问：{}\n答：好\n```",
    "answer": "```自测\n问：好\n答：{}\n```",
    "point": "```清单\n- {}\n```",
    "block name": "```{}\n买家: 好\n```",
}
TAGS = """
    p br hr h2 h3 h4 h5 h6 strong em b i u s del ins mark sub sup small code pre kbd samp blockquote q cite ul ol li
    dl dt dd table caption thead tbody tfoot tr th td a img figure figcaption abbr details summary
    div span aside svg use
"""
ATTRIBUTES = """
    id class href title src alt width height start align colspan rowspan scope open rel aria-hidden focusable
"""


class Inspector(HTMLParser):
    """Notes every element and attribute that a browser would make of the text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.bad: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS.split():
            self.bad.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES.split():
                self.bad.append(f"<{tag} {name}>")
            if name in ("href", "src") and re.match(r"\s*(javascript|data|vbscript)", value or "", re.IGNORECASE):
                self.bad.append(f"<{tag} {name}={value}>")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def inspected(html: str) -> Inspector:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector


@pytest.fixture
def render(app: Flask) -> Iterator[Callable[[str], RenderedLesson]]:
    with app.test_request_context():
        yield lambda body: lesson_type("markdown").render(body, today=TODAY)


@pytest.mark.parametrize("place", PLACES)
def test_attacks_stay_text(render: Callable[[str], RenderedLesson], place: str) -> None:
    for attack in ATTACKS:
        rendered = render(PLACES[place].format(attack))
        assert inspected(rendered.html).bad == [], attack


def test_the_inspector_sees_what_it_should() -> None:
    found = inspected("<script>x</script><p onclick=x style=y><a href=' JavaScript:x'>z</a>")
    assert found.bad == ["<script>", "<p onclick>", "<p style>", "<a href= JavaScript:x>"]


def test_blocks_show_the_very_words(render: Callable[[str], RenderedLesson]) -> None:
    rendered = render("```chat\n买家: **不是粗体** <b>也不是</b> & [不是链接](/x)\n```")
    assert "**不是粗体** <b>也不是</b> & [不是链接](/x)" in "".join(inspected(rendered.html).text)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.lists(
        st.sampled_from([*ATTACKS, *PLACES.values(), "\n", "```", "```chat 正例\n", "买家: ", "> "]), max_size=12
    )
)
def test_attacks_put_together_stay_text(render: Callable[[str], RenderedLesson], body: list[str]) -> None:
    assert inspected(render("\n".join(body)).html).bad == []


def test_headings_are_numbered_and_start_below_the_page_title(render: Callable[[str], RenderedLesson]) -> None:
    rendered = render("# 一 **粗**\n\n```chat\n买家: ## 不是标题\n```\n\n### 二 & 三\n\n## 一 **粗**\n")
    assert [(h.anchor, h.text, h.rank) for h in rendered.headings] == [
        ("s1", "一 粗", 2),
        ("s2", "二 & 三", 3),
        ("s3", "一 粗", 2),
    ]
    assert re.findall(r'<h\d id="(\w+)">', rendered.html) == ["s1", "s2", "s3"]
    assert "<h1" not in rendered.html


def test_an_author_cannot_take_an_anchor_or_a_class(render: Callable[[str], RenderedLesson]) -> None:
    html = render('<p id="finish" class="alert">x</p>\n\n<h2 id="main">y</h2>').html
    assert "finish" not in html
    assert "alert" not in html
    assert 'id="main"' not in html


def test_a_rule_past_its_day_says_so(app: Flask) -> None:
    body = "```平台规则 2026-11-02\n48小时\n```"
    with app.test_request_context():
        kind = lesson_type("markdown")
        assert "下次核对：2026-11-02 前" in kind.render(body, today=date(2026, 11, 2)).html
        late = kind.render(body, today=date(2026, 11, 3)).html
    assert "is-late" in late
    assert "已过核对日期 2026-11-02" in late


@pytest.mark.parametrize(("characters", "seconds"), [(1, 10), (150, 10), (600, 40), (2700, 180), (30_000, 180)])
def test_the_least_reading_time_is_short_and_bounded(app: Flask, characters: int, seconds: int) -> None:
    assert lesson_type("markdown").minimum_seconds("字" * characters + " \n" * 500) == seconds


def test_attacks_are_inert_on_the_pages_too(
    cast: Cast, session: scoped_session, sign_in: Callable[[Person], FlaskClient]
) -> None:
    attack = "<img src=x onerror=alert(1)>"
    made = write_lesson(
        cast.trainer,
        cast.shop,
        title=f"甲{attack}",
        body=f"## {attack}\n\n```chat 正例 {attack}\n买家: {attack}\n```\n",
    )
    session.commit()
    for person, url in (
        (cast.agent, "/lessons/"),
        (cast.agent, f"/lessons/{made.id}"),
        (cast.agent, "/"),
        (cast.trainer, "/lessons/manage/"),
        (cast.trainer, f"/lessons/manage/{made.id}"),
        (cast.trainer, f"/lessons/manage/{made.id}/versions"),
        (cast.trainer, f"/lessons/manage/{made.id}/versions/1"),
    ):
        html = sign_in(person).get(url).get_data(as_text=True)
        assert "<img src=x" not in html, url
        assert "onerror=alert(1)>" not in html.replace("&lt;img src=x onerror=alert(1)&gt;", ""), url
