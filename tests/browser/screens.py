"""Takes every page of the demo as a picture: each role, 1280 and 360 px, light and dark.

    python -m tests.browser.screens FOLDER                      starts the demo on a home of its own
    python -m tests.browser.screens FOLDER --url http://… --password …        or looks at a running one

FOLDER/index.html shows all of them. Pages are found from the navigation, one of each kind, two links deep; the states
that no link leads to (menus, dialogs, errors, a quiz begun) are in STEPS.
"""

from __future__ import annotations

import argparse
import html
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from tests.browser.conftest import CHROMIUM_ARGS, Server, chromium, demo_password

ACCOUNTS = ("agent", "lead", "supervisor", "trainer", "evaluator", "admin")
WIDTHS = {1280: 900, 360: 740}
THEMES = ("light", "dark")
SKIP = re.compile(r"/sign-out|/assets/|\.xlsx|/export|/pdf|/template|/download|\.zip")
TALLEST = 6000  # pixels; a longer page is cut, the picture would not be looked at anyway


def open_menu(page: Page) -> None:
    page.locator(".person:visible").first.click()


def open_drawer(page: Page) -> None:
    if page.locator("[data-drawer-open]:visible").count():
        page.locator("[data-drawer-open]:visible").first.click()
        page.wait_for_timeout(400)


def show_keys(page: Page) -> None:
    page.keyboard.press("?")


def begin_quiz(page: Page) -> None:
    page.goto("/my-quizzes")
    page.locator("main a.btn, main .card a").first.click()
    page.locator("main form[method=post] button[type=submit]").first.click()
    page.wait_for_load_state()


@dataclass(frozen=True)
class Step:
    """A state that no link leads to: what to do on which page, as whom (None = signed out)."""

    name: str
    account: str | None
    start: str
    act: Callable[[Page], None] | None = None
    widths: tuple[int, ...] = tuple(WIDTHS)


STEPS = (
    Step("sign-in", None, "/sign-in"),
    Step("signed-out-not-found", None, "/nowhere"),
    Step("not-found", "agent", "/nowhere"),
    Step("no-permission", "agent", "/people"),
    Step("menu", "trainer", "/", open_menu),
    Step("drawer", "trainer", "/", open_drawer, (360,)),
    Step("keys", "trainer", "/", show_keys, (1280,)),
    Step("quiz-begun", "agent", "/", begin_quiz),
)


@dataclass
class Album:
    """The pictures taken, and what went wrong on the way."""

    folder: Path
    taken: list[tuple[str, str, str, int, Path]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def take(self, page: Page, who: str, name: str, theme: str, width: int) -> None:
        page.evaluate("window.scrollTo(0, 0)")
        page.wait_for_timeout(120)
        path = self.folder / who / f"{name}-{width}-{theme}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        # A window as tall as the page: bars that stick to its edges then stand at the edges of the picture.
        height = min(TALLEST, max(WIDTHS[width], page.evaluate("document.documentElement.scrollHeight")))
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=path)
        page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        self.taken.append((who, name, theme, width, path))
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            self.problems.append(f"{page.url} at {width}: {wide}px too wide")

    def write_index(self) -> None:
        groups: dict[tuple[str, str], list[Path]] = {}
        for who, name, _theme, _width, path in self.taken:
            groups.setdefault((who, name), []).append(path.relative_to(self.folder))
        style = "img{height:420px;margin:4px;border:1px solid #999}"
        parts = [f"<!doctype html><meta charset=utf-8><title>screens</title><style>{style}</style>"]
        for (who, name), paths in groups.items():
            shots = "".join(
                f'<a href="{html.escape(p.as_posix())}"><img loading=lazy src="{html.escape(p.as_posix())}"></a>'
                for p in paths
            )
            parts.append(f"<h2>{html.escape(who)} · {html.escape(name)}</h2>{shots}")
        (self.folder / "index.html").write_text("\n".join(parts), encoding="utf-8")


def shape(url: str) -> str:
    """The address with its numbers taken out: /items/7 and /items/8 are one kind of page."""
    return re.sub(r"\d+", "n", urlsplit(url).path)


def file_name(url: str) -> str:
    return re.sub(r"[^\w]+", "-", shape(url)).strip("-") or "start"


def links(page: Page) -> list[str]:
    found = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
    return [href.split("#")[0] for href in found if href.startswith("/") and not SKIP.search(href)]


def kinds_of_page(page: Page) -> list[str]:
    """One address for each kind of page within two links of the start page."""
    kept = {shape(page.url): urlsplit(page.url).path}
    level = links(page)
    for _depth in range(2):
        fresh, level = level, []
        for href in dict.fromkeys(fresh):
            if href and shape(href) not in kept:
                kept[shape(href)] = href
                page.goto(href)
                level += links(page)
    return list(kept.values())


@dataclass
class Camera:
    """A browser that signs in once for each account."""

    browser: Browser
    base_url: str
    password: str
    album: Album
    states: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def page(self, account: str | None, theme: str, width: int) -> Iterator[Page]:
        context = self.browser.new_context(
            viewport={"width": width, "height": WIDTHS[width]},
            base_url=self.base_url,
            locale="zh-CN",
            color_scheme="dark" if theme == "dark" else "light",
            has_touch=width < 500,
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        if account in self.states:
            context.add_cookies([{"name": "lms", "value": self.states[account], "url": self.base_url}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.album.problems.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._hear(page, said.type, said.text))
        try:
            if account and account not in self.states:
                self._sign_in(page, account)
            yield page
        finally:
            context.close()

    def _hear(self, page: Page, kind: str, text: str) -> None:
        if kind == "error" and "Failed to load resource" not in text:
            self.album.problems.append(f"{page.url}: {text}")

    def _sign_in(self, page: Page, account: str) -> None:
        page.goto("/sign-in")
        page.fill("input[name=account]", account)
        page.fill("input[name=password]", self.password)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
        self.states[account] = cookies["lms"]

    def shoot_pages(self, account: str, themes: list[str], widths: list[int]) -> None:
        """Every kind of page that ``account`` reaches."""
        with self.page(account, "light", 1280) as page:
            page.goto("/")
            addresses = kinds_of_page(page)
        # The manual reads the same for everybody: once is enough.
        if any(name.startswith("help-") for _who, name, *_rest in self.album.taken):
            addresses = [address for address in addresses if not address.startswith("/help/")]
        for width in widths:
            with self.page(account, themes[0], width) as page:
                for address in addresses:
                    answer = page.goto(address)
                    if answer is None or answer.status >= 400:
                        self.album.problems.append(f"{address} as {account}: {answer and answer.status}")
                    for theme in themes:
                        page.evaluate("theme => window.kefuTheme(theme)", theme)
                        self.album.take(page, account, file_name(address), theme, width)

    def shoot_step(self, step: Step, themes: list[str], widths: list[int]) -> None:
        for width in (width for width in widths if width in step.widths):
            for theme in themes:
                with self.page(step.account, theme, width) as page:
                    try:
                        page.goto(step.start)
                        if step.act:
                            step.act(page)
                        self.album.take(page, "states", step.name, theme, width)
                    except BrowserError as error:
                        self.album.problems.append(f"{step.name} at {width}: {str(error).splitlines()[0]}")


@contextmanager
def demo_server() -> Iterator[str]:
    """The demo on a home of its own."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "home", "--demo")
        server.start()
        try:
            yield server.url
        finally:
            server.stop()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--accounts", default=",".join(ACCOUNTS))
    parser.add_argument("--themes", default=",".join(THEMES))
    parser.add_argument("--widths", default=",".join(map(str, WIDTHS)))
    options = parser.parse_args(arguments)
    themes, widths = options.themes.split(","), [int(width) for width in options.widths.split(",")]
    began = time.monotonic()
    album = Album(options.folder)

    def shoot(url: str) -> None:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGS)
            camera = Camera(browser, url, options.password or demo_password(), album)
            for account in filter(None, options.accounts.split(",")):
                camera.shoot_pages(account, themes, widths)
            for step in STEPS:
                camera.shoot_step(step, themes, widths)
            browser.close()

    if options.url:
        shoot(options.url)
    else:
        with demo_server() as url:
            shoot(url)
    album.write_index()
    print(f"{len(album.taken)} pictures in {time.monotonic() - began:.0f} s: {album.folder / 'index.html'}")
    for problem in dict.fromkeys(album.problems):
        print(f"! {problem}")
    return 1 if album.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
