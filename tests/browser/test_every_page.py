"""Every page of the demo, as each of its people, at desktop and phone width, light and dark: readable for everybody.

The walk starts from the navigation and goes one link deep into each list, so a new page is covered as soon as it is
linked.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE, SignIn, check_axe, check_fits

PEOPLE = ("trainer", "supervisor", "agent", "admin", "lead", "evaluator")
SKIP = re.compile(r"/sign-out|/assets/|\.xlsx|/export|/pdf|/template|/download")


def shape(url: str) -> str:
    """The address with its numbers taken out: /items/7 and /items/8 are one kind of page."""
    return re.sub(r"\d+", "#", urlsplit(url).path)


def links(page: Page) -> list[str]:
    found = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
    return [href.split("#")[0] for href in found if href.startswith("/") and not SKIP.search(href)]


def kinds_of_page(page: Page) -> list[str]:
    """One address for each kind of page that this person can reach in two clicks from the start page."""
    kept: dict[str, str] = {shape(page.url): urlsplit(page.url).path}
    level = links(page)
    for _ in range(2):
        fresh = [href for href in dict.fromkeys(level) if href and shape(href) not in kept]
        level = []
        for href in fresh:
            if shape(href) in kept:
                continue
            kept[shape(href)] = href
            page.goto(href)
            level += links(page)
    return list(kept.values())


checked: set[str] = set()  # kinds of page that somebody before has looked at; the start page differs for each


@pytest.mark.parametrize("account", PEOPLE)
def test_pages_are_readable_at_every_width_and_in_both_schemes(sign_in: SignIn, account: str) -> None:
    wide = sign_in(account, DESKTOP)
    addresses = kinds_of_page(wide)
    assert len(addresses) >= 4
    narrow = sign_in(account, PHONE, scheme="dark")
    for address in addresses:
        if address != "/" and shape(address) in checked:
            continue
        checked.add(shape(address))
        for page in (wide, narrow):
            answer = page.goto(address)
            assert answer is not None
            assert answer.status < 400, address
            check_axe(page)
        check_fits(narrow)
