"""The shell in a real browser: drawer, menus, theme, dialogs, notices and progress, by keyboard and under the CSP."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, SignIn


def focused(page: Page) -> str:
    found: str = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    return found


def test_the_drawer_opens_and_closes_without_a_mouse(sign_in: SignIn) -> None:
    page = sign_in("agent", PHONE)
    opener = page.locator(".topbar [data-drawer-open]")
    expect(page.locator(".side")).not_to_be_visible()
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".side")).to_be_visible()
    assert 'aria-current="page"' in focused(page)
    expect(opener).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator(".side")).not_to_be_visible()
    assert "data-drawer-open" in focused(page)


def test_the_skip_link_is_the_first_stop(sign_in: SignIn) -> None:
    page = sign_in("agent")
    page.goto("/help/")
    page.keyboard.press("Tab")
    assert "skip-link" in focused(page)
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    assert 'id="main"' in focused(page)


def test_the_theme_is_kept_and_drawn_before_anything_shows(sign_in: SignIn) -> None:
    page = sign_in("agent")
    page.locator(".side-foot .person").click()
    page.locator(".side-foot .theme-option", has_text="深色").click()
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.goto("/help/")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    answer = page.request.get("/help/")
    assert 'data-bs-theme="dark"' in answer.text()
    page.locator(".side-foot .person").click()
    page.keyboard.press("Escape")
    expect(page.locator(".side-foot .menu")).not_to_be_visible()


def test_the_system_s_theme_is_followed(sign_in: SignIn) -> None:
    page = sign_in("agent", scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")


def test_an_htmx_error_is_a_notice_and_leaves_the_page_alone(sign_in: SignIn) -> None:
    page = sign_in("agent")
    page.goto("/help/")
    before = page.locator("main").inner_text()
    page.evaluate("htmx.ajax('GET', '/jobs/999999', {target: '#main'})")
    notice = page.locator("#toasts .toast-note")
    expect(notice).to_contain_text("找不到")
    assert page.locator("main").inner_text() == before
    notice.locator("[data-dismiss]").click()
    expect(notice).to_have_count(0)


def test_losing_the_network_is_said(sign_in: SignIn) -> None:
    page = sign_in("agent")
    page.goto("/help/")
    page.context.set_offline(True)
    page.evaluate("htmx.ajax('GET', '/help/', {target: '#main'}).catch(() => null)")
    expect(page.locator("#toasts")).to_contain_text("连不上服务器")
    page.context.set_offline(False)


def test_a_question_comes_before_what_can_t_be_undone(sign_in: SignIn) -> None:
    page = sign_in("agent")
    page.goto("/help/")
    page.evaluate(
        """() => {
            const form = document.createElement("form");
            form.action = "/help/start";
            form.innerHTML = '<button data-confirm="要删除吗？" data-confirm-label="删除">删</button>';
            document.querySelector("main").append(form);
        }"""
    )
    button, dialog = page.locator("main form button"), page.locator("#confirm-dialog")
    button.click()
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("要删除吗？")
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    assert page.url.endswith("/help/")
    button.click()
    dialog.locator("button", has_text="删除").click()
    page.wait_for_url("**/help/start*")


def test_the_keys_are_shown_and_work(sign_in: SignIn) -> None:
    page = sign_in("agent")
    page.goto("/help/")
    page.keyboard.press("?")
    expect(page.locator("#keys-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys-dialog")).not_to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/")


def test_signing_out_by_keyboard(sign_in: SignIn) -> None:
    page = sign_in("agent")
    page.locator(".side-foot .person").focus()
    page.keyboard.press("Enter")
    page.locator(".side-foot button.menu-item").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in*")
    page.goto("/help/")
    assert "/sign-in" in page.url
