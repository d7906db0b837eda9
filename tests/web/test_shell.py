"""The frame of every page: navigation by permission, errors in words, headers, CSRF, theme, static files."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, abort, flash, redirect, render_template_string, request
from flask.testing import FlaskClient

from lms.kernel.errors import Conflict, DomainError
from lms.kernel.hookspecs import NavItem
from lms.people.models import Person
from lms.web.access import public
from lms.web.navigation import current_item
from tests.conftest import Cast

SignIn = Callable[[Person], FlaskClient]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def trials(own_app: None, app: Flask) -> Iterator[Flask]:
    """Routes that go wrong in every way."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app._got_first_request = False

    @app.get("/trial/<name>", endpoint="trial")
    @public
    def trial(name: str) -> Any:
        if name == "domain":
            raise DomainError("<b>第 3 列</b>不是日期", where="人员.xlsx 第 5 行", hint="请写成 2026-11-22")
        if name == "conflict":
            raise Conflict("这道题刚被别人改过")
        if name == "bug":
            raise RuntimeError("secret detail")
        if name == "flash":
            flash("已保存", "success")
            flash("<script>x</script>", "danger")
            return redirect("/trial/page")
        if name == "page":
            return render_template_string('{% extends "lms/web/page.html" %}{% block title %}页{% endblock %}')
        abort(int(name))

    @app.post("/trial/post", endpoint="trial_post")
    @public
    def trial_post() -> str:
        return request.form.get("x", "")

    yield app


def test_a_domain_error_says_what_where_and_what_to_do(trials: Flask) -> None:
    answer = trials.test_client().get("/trial/domain")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "&lt;b&gt;第 3 列&lt;/b&gt;不是日期" in page
    assert "人员.xlsx 第 5 行" in page
    assert "请写成 2026-11-22" in page
    assert trials.test_client().get("/trial/conflict").status_code == 409


def test_htmx_gets_a_notice_among_the_toasts(trials: Flask) -> None:
    answer = trials.test_client().get("/trial/domain", headers=HTMX)
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#toasts", "beforeend")
    text = answer.get_data(as_text=True)
    assert "<html" not in text
    assert "请写成 2026-11-22" in text


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 415, 429, 500, 503])
def test_every_status_has_words_in_chinese(trials: Flask, status: int) -> None:
    answer = trials.test_client().get(f"/trial/{status}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    heading = re.search(r"<h1[^>]*>(.+?)</h1>", page)
    assert heading and re.search("[\u4e00-\u9fff]{3}", heading[1])
    assert 'class="error-hint"' in page
    assert f"代码 {status}" in page


def test_a_bug_shows_no_trace(trials: Flask) -> None:
    for headers in ({}, HTMX):
        answer = trials.test_client().get("/trial/bug", headers=headers)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 500
        assert "程序出了意外的错误" in page
        assert not re.search("secret detail|Traceback|RuntimeError|werkzeug", page)


def test_a_wrong_method_is_explained(trials: Flask, cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.agent).post("/help/")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_form_without_its_token_is_refused_and_one_with_it_is_not(trials: Flask) -> None:
    trials.config["WTF_CSRF_ENABLED"] = True
    client = trials.test_client()
    answer = client.post("/trial/post", data={"x": "1"})
    assert answer.status_code == 400
    assert "页面已过期" in answer.get_data(as_text=True)
    page = client.get("/trial/page").get_data(as_text=True)
    token = re.search(r'hx-headers=\'\{"X-CSRFToken": "([^"]+)"\}', page)
    assert token
    assert client.post("/trial/post", data={"x": "1", "csrf_token": token[1]}).get_data(as_text=True) == "1"
    assert client.post("/trial/post", data={"x": "2"}, headers={"X-CSRFToken": token[1]}).get_data(as_text=True) == "2"
    stranger = trials.test_client().post("/trial/post", data={"x": "1", "csrf_token": token[1]})
    assert stranger.status_code == 400


def test_notices_are_shown_once_and_escaped(trials: Flask) -> None:
    client = trials.test_client()
    page = client.get("/trial/flash", follow_redirects=True).get_data(as_text=True)
    assert "已保存" in page
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page
    assert "已保存" not in client.get("/trial/page").get_data(as_text=True)


def test_headers_as_owasp_asks(trials: Flask, cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.agent).get("/")
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["script-src"] == policy["style-src"] == policy["default-src"] == policy["form-action"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in answer.headers
    for path in ("/nowhere", "/trial/500", "/trial/403"):
        assert "Content-Security-Policy" in trials.test_client().get(path).headers


def test_under_https_cookies_are_secure_and_hsts_is_sent(
    home: Any, _empty_database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lms.app import create_app
    from lms.config import settings

    monkeypatch.setenv("LMS_HTTPS", "1")
    settings.cache_clear()
    app = create_app({"TESTING": True})
    answer = app.test_client().get("/nowhere", base_url="https://lms.example")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    cookie = answer.headers["Set-Cookie"]
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax"))
    settings.cache_clear()


def test_a_page_has_landmarks_a_skip_link_and_no_foreign_address(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.trainer).get("/").get_data(as_text=True)
    for part in (
        '<a class="skip-link" href="#main">',
        '<main class="main" id="main"',
        'aria-label="主导航"',
        "<h1",
        'lang="zh-Hans"',
    ):
        assert part in page
    assert not re.findall(r"""(?:src|href|action)=["'](?:https?:)?//[^"']+""", page)
    assert not re.findall(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", page)
    assert page.count('aria-current="page"') == 2  # the sidebar's and the tab bar's


def test_navigation_shows_only_what_one_may_do(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    def lines(person: Person) -> set[str]:
        page = sign_in(person).get("/").get_data(as_text=True)
        return set(re.findall(r'class="side-link" href="([^"]+)"', page))

    agent, admin = lines(cast.agent), lines(cast.admin)
    assert "/people" not in agent
    assert {"/people", "/teams", "/help/"} <= admin
    assert agent < admin
    for url in admin:
        assert sign_in(cast.admin).get(url).status_code == 200, url
    for url in agent:
        assert sign_in(cast.agent).get(url).status_code == 200, url


def test_the_line_nearest_to_a_page_is_current() -> None:
    people, teams, papers, results = (
        NavItem(endpoint, "", "", n)
        for n, endpoint in enumerate(("people.index", "people.teams", "papers.index", "results.index"))
    )
    linked = [(people, "/people"), (teams, "/teams"), (papers, "/quizzes"), (results, "/quizzes/results")]
    assert current_item(linked, "people.index", "/people") is people
    assert current_item(linked, "people.team_edit", "/teams/3") is teams
    assert current_item(linked, "papers.show", "/quizzes/4") is papers
    assert current_item(linked, "results.show", "/quizzes/results/4") is results
    assert current_item(linked, "papers.other", "/elsewhere") is papers
    assert current_item(linked, "people.shop", "/shops/3") is None
    assert current_item(linked, "web.dashboard", "/") is None
    assert current_item(linked, None, "/peopleless") is None


def test_the_theme_of_the_cookie_is_drawn_at_once(client: FlaskClient) -> None:
    for cookie, shown, choice in (
        ("dark", "dark", "dark"),
        ("light", "light", "light"),
        ('"><script>', "light", "auto"),
    ):
        client.set_cookie("theme", cookie)
        page = client.get("/nowhere").get_data(as_text=True)
        assert f'data-bs-theme="{shown}" data-theme="{choice}"' in page


def test_static_files_are_versioned_compressed_and_cached(client: FlaskClient) -> None:
    page = client.get("/nowhere").get_data(as_text=True)
    addresses = re.findall(r'(?:src|href)="(/(?:assets/|i\.svg)[^"#]+)', page)
    assert len(addresses) >= 8
    for address in set(addresses):
        plain = client.get(address)
        small = client.get(address, headers={"Accept-Encoding": "gzip, br"})
        assert plain.status_code == small.status_code == 200, address
        assert "?v=" in address
        assert "immutable" in plain.headers["Cache-Control"]
        assert "Accept-Encoding" in small.headers["Vary"]
        assert gzip.decompress(small.get_data()) == plain.get_data()
        again = client.get(address, headers={"Accept-Encoding": "gzip", "If-None-Match": small.headers["ETag"]})
        assert again.status_code == 304, address
    assert client.get("/assets/../setup.py").status_code == 404
    assert client.get("/assets/%2e%2e/setup.py").status_code == 404
    assert client.get("/assets//etc/passwd", follow_redirects=True).status_code == 404
    assert client.get("/assets/").status_code == 404


def test_a_broken_card_does_not_take_the_start_page_along(
    trials: Flask, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lms.kernel.plugins import plugins

    client = sign_in(cast.agent)
    offered = [
        SimpleNamespace(order=1, template="no/such.html", context={}),
        SimpleNamespace(
            order=2, template="lms/web/toast.html", context={"status": 200, "icon_name": "check", "title": "还在"}
        ),
    ]
    monkeypatch.setattr(plugins(), "all", lambda hook, **kwargs: offered if hook == "dashboard_cards" else [])
    trials.testing = False
    page = client.get("/")
    assert page.status_code == 200
    assert "还在" in page.get_data(as_text=True)


def test_each_plugin_s_later_cards_are_fetched_alone_and_a_broken_plugin_takes_none_along(
    own_app: None, app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    from lms.kernel.hookspecs import DashboardCard, hookimpl
    from lms.kernel.plugins import plugins

    class Good:
        @hookimpl
        def later_cards(self) -> list[DashboardCard]:
            context = {"status": 200, "icon_name": "check", "title": "来了"}
            return [DashboardCard(1, "lms/web/toast.html", context)]

    class Bad:
        @hookimpl
        def later_cards(self) -> list[DashboardCard]:
            raise RuntimeError("broken")

    client = sign_in(cast.agent)
    plugins().manager.register(Good(), name="good")
    plugins().manager.register(Bad(), name="bad")
    try:
        page = client.get("/").get_data(as_text=True)
        assert "/cards?plugin=good" in page and "/cards?plugin=bad" in page
        assert "来了" not in page
        assert "来了" in client.get("/cards?plugin=good").get_data(as_text=True)
        assert client.get("/cards?plugin=bad").get_data(as_text=True).strip() == ""
        assert "/cards?plugin=bad" not in client.get("/").get_data(as_text=True)
        assert client.get("/cards").get_data(as_text=True).strip() == ""
    finally:
        plugins().manager.unregister(name="good")
        plugins().found[:] = [info for info in plugins().found if info.name != "bad"]


@pytest.mark.parametrize("role", ["agent", "lead", "supervisor", "trainer", "evaluator", "admin"])
def test_the_start_page_stays_within_its_budget(
    cast: Cast, sign_in: SignIn, count_queries: Callable[[], Any], role: str
) -> None:
    client = sign_in(getattr(cast, role))
    with count_queries() as q:
        page = client.get("/")
    assert q.count <= 10, q.statements
    assert len(page.get_data()) < 60_000
