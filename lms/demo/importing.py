"""The chats of the demo: composed, written as export files, and imported like anybody's (so they are masked too)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from lms.config import settings
from lms.conversations.models import ChatImport
from lms.conversations.reading import Wanted
from lms.conversations.services import begin_import, finish_import, import_file, note_file
from lms.demo.context import DemoContext
from lms.demo.exports import as_qianniu, as_table
from lms.demo.people import SHOP_NAMES, TRAINERS
from lms.demo.scripts import demo_chats
from lms.kernel.clock import to_local
from lms.kernel.errors import DomainError

ENDED = 8  # days ago: the quizzes made from the chats were taken since
QIANNIU_DAYS = 4  # the last days come as 千牛 text, the others as a table


class DemoImportFailed(DomainError):
    """An export of the demo was not read as a whole: the importer and the demo disagree."""


def exports(context: DemoContext) -> Iterator[tuple[str, str, bytes]]:
    """(shop, file name, content) of each export, the same on every run of one demo."""
    last_day = to_local(context.at).date() - timedelta(days=ENDED)
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
    """Import every export as the shop's trainer would. Raises DemoImportFailed when a line of them is not read."""
    conversations = messages = masked = 0
    for number, (shop, name, content) in enumerate(exports(context)):
        done = _import(context, shop, name, content, at=context.days_ago(ENDED - 1, hour=8, minute=40 + number))
        conversations += done.conversations
        messages += done.messages
        masked += sum(done.masked.values())
    return f"{conversations} 通会话，{messages} 条消息，遮盖 {masked} 处个人信息"


def _import(context: DemoContext, shop: str, name: str, content: bytes, *, at: datetime) -> ChatImport:
    made = begin_import(actor=context.person(TRAINERS[shop]), names=[name], shop_id=context.shop(shop).id, at=at)
    # The raw file is out of sight and gone again before the step ends: what is kept is masked.
    with TemporaryDirectory(dir=settings().tmp_path) as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        reports = import_file(made, path, name, wanted=Wanted())
    note_file(made, 0, reports)
    if made.error_count or not made.messages:
        raise DemoImportFailed("演示聊天记录没有完整导入。", where=name)
    return finish_import(made, at=at)
