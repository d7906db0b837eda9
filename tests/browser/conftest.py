"""A real server with the demo team, and a real headless Chromium at desktop and phone width."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 240


def chromium() -> str:
    """The system's Chromium; tests/run installs it where it is missing."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.fail("no Chromium found: tests/run installs it")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """``lms serve`` on a home of its own."""

    def __init__(self, home: Path, *options: str) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.options = options
        self.log = home.parent / f"{home.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
        return clean | {"LMS_HOME": str(self.home)}

    def start(self) -> None:
        command = [sys.executable, "-m", "lms", "serve", "--port", str(self.port), "--workers", "1", *self.options]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment(), stdout=log, stderr=log, cwd=self.home.parent, start_new_session=True
            )
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(self.url + "/sign-in", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.3)
        pytest.fail(f"the server did not start:\n{self.log.read_text()[-3000:]}")

    def stop(self) -> None:
        """Ask it to end; every process of it."""
        self._signal(signal.SIGINT)

    def kill(self) -> None:
        """kill -9 of all its processes at once, as when the power goes."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
            self.process.wait(20)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)

    def lms(self, *arguments: str) -> str:
        """Run an ``lms`` command on this home; its standard output."""
        run = subprocess.run(
            [sys.executable, "-m", "lms", *arguments],
            env=self.environment(),
            cwd=self.home.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        return run.stdout


@pytest.fixture(scope="module")
def server(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server with the demo team, fresh for each test module."""
    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(demo_home, home)
    served = Server(home)
    served.start()
    yield served
    served.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGS)
        yield launched
        launched.close()


SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(browser: Browser, server: Server) -> Iterator[SignIn]:
    """``sign_in("account", PHONE)``: a page of its own, signed in through the form; script errors fail the test."""
    contexts = []
    problems: list[str] = []

    def open_page(account: str, size: dict[str, int] = DESKTOP, password: str = "", scheme: str = "light") -> Page:
        context = browser.new_context(
            viewport=size, locale="zh-CN", color_scheme=scheme, has_touch=size["width"] < 500, base_url=server.url
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                problems.append(f"{page.url}: {message.text}")
                if message.type == "error" and "Content Security Policy" in message.text
                else None
            ),
        )
        page.goto("/sign-in")
        page.fill("input[name=account]", account)
        page.fill("input[name=password]", password or demo_password())
        page.click("button[type=submit]")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def browser_page(browser: Browser, server: Server) -> Iterator[Page]:
    """A page of somebody who has not signed in."""
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN", base_url=server.url)
    yield context.new_page()
    context.close()


def demo_password() -> str:
    """The one password of the demo accounts, as the sign-in page tells it."""
    from lms.demo.people import PASSWORD

    return PASSWORD


def check_axe(page: Page) -> None:
    """No serious or critical accessibility violation on the page as it stands."""
    found = Axe().run(page, options={"resultTypes": ["violations"]})  # spares it the list of all that is well
    serious = [
        f"{violation['id']}: {violation['help']} — {[node['html'][:160] for node in violation['nodes'][:3]]}"
        for violation in found.response["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == [], page.url


def check_fits(page: Page) -> None:
    """Nothing sticks out to the right: no sideways scrolling on a phone."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide}px too wide"
