"""The chats of the demo: composed, written as export files, and imported like anybody's (so they are masked too)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from lms.demo.context import DemoContext
from lms.demo.exports import as_qianniu, as_table
from lms.demo.people import SHOP_NAMES
from lms.demo.scripts import demo_chats
from lms.kernel.clock import to_local

QIANNIU_DAYS = 4  # the last days come as 千牛 text, the others as a table


def exports(context: DemoContext) -> Iterator[tuple[str, str, bytes]]:
    """(shop, file name, content) of each export, the same on every run of one demo."""
    last_day = to_local(context.at).date() - timedelta(days=1)
    for shop in SHOP_NAMES:
        chats, _identifiers = demo_chats(shop, last_day)
        if shop != "songguo":
            yield shop, f"{SHOP_NAMES[shop]}聊天记录.csv", as_table(chats)
            continue
        turn = last_day - timedelta(days=QIANNIU_DAYS)
        earlier = [chat for chat in chats if chat.lines[0].at.date() <= turn]
        later = [chat for chat in chats if chat.lines[0].at.date() > turn]
        yield shop, f"{SHOP_NAMES[shop]}聊天记录.csv", as_table(earlier)
        yield shop, "千牛聊天记录.txt", as_qianniu(later, account=SHOP_NAMES[shop])


def import_chats_step(context: DemoContext) -> str:
    """Import every export as the shop's trainer would."""
    raise NotImplementedError
