"""The walk over every page of the demo as each of its people, shared by two files so that two browsers can divide it.

It starts from the navigation and goes two links deep, so a new page is covered as soon as it is linked. Pages are found
by plain requests, which is quick; only a kind of page that nobody has looked at yet is opened in the browser.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit
from zlib import crc32

from playwright.sync_api import APIRequestContext, Page

from tests.browser.conftest import DESKTOP, PHONE, SignIn, check_axe, check_fits

PEOPLE = ("trainer", "supervisor", "agent", "admin", "lead", "evaluator")
PARTS = 2
SKIP = re.compile(r"/sign-out|/assets/|\.xlsx|/export|/pdf|/template|/download")
HREF = re.compile(r'<a\b[^>]*?\shref="([^"]*)"')

checked: set[str] = set()  # kinds of page that somebody before has looked at; the start page differs for each


def shape(url: str) -> str:
    """The address with its numbers taken out: /items/7 and /items/8 are one kind of page."""
    return re.sub(r"\d+", "#", urlsplit(url).path)


def links(request: APIRequestContext, address: str) -> list[str]:
    answer = request.get(address)
    assert answer.status < 400, address
    if "html" not in answer.headers.get("content-type", ""):
        return []
    found = [unescape(href).split("#")[0] for href in HREF.findall(answer.text())]
    return [href for href in found if href.startswith("/") and not SKIP.search(href)]


def kinds_of_page(page: Page) -> list[str]:
    """One address for each kind of page within two links of the start page."""
    kept: dict[str, str] = {"/": "/"}
    level = links(page.request, "/")
    for _ in range(2):
        fresh, level = level, []
        for href in dict.fromkeys(fresh):
            if href and shape(href) not in kept:
                kept[shape(href)] = href
                level += links(page.request, href)
    return list(kept.values())


def check_pages(sign_in: SignIn, account: str, part: int) -> None:
    """Every kind of page of this part is readable at desktop and phone width, light and dark."""
    wide = sign_in(account, DESKTOP)
    addresses = kinds_of_page(wide)
    assert len(addresses) >= 4
    mine = [address for address in addresses if crc32(shape(address).encode()) % PARTS == part]
    fresh = [address for address in mine if address == "/" or shape(address) not in checked]
    checked.update(map(shape, fresh))
    if not fresh:
        return
    narrow = sign_in(account, PHONE, scheme="dark")
    for address in fresh:
        for page in (wide, narrow):
            answer = page.goto(address)
            assert answer is not None
            assert answer.status < 400, address
            check_axe(page)
        check_fits(narrow)
