"""The composed chats: many, varied, believable, and the same for the same seed."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date, timedelta

import pytest

from lms.demo.chats import Chat, spread
from lms.demo.content.format import SHOPS, intents
from lms.demo.exports import TABLE_HEADERS, as_qianniu, as_table
from lms.demo.scripts import COUNTS, demo_chats
from lms.demo.voices import is_traditional

LAST = date(2026, 3, 15)


@pytest.fixture(scope="module")
def chats() -> dict[str, list[Chat]]:
    return {shop: demo_chats(shop, LAST)[0] for shop in SHOPS}


def asked(chats: list[Chat]) -> list[str]:
    return [line.text for chat in chats for line in chat.lines if not line.by_agent]


def test_there_are_several_hundred_over_two_weeks(chats: dict[str, list[Chat]]) -> None:
    assert {shop: len(made) for shop, made in chats.items()} == COUNTS
    assert COUNTS["songguo"] >= 400
    days = {chat.lines[0].at.date() for chat in chats["songguo"]}
    assert days == {LAST - timedelta(days=n) for n in range(14)}


def test_the_same_seed_gives_the_same_chats(chats: dict[str, list[Chat]]) -> None:
    assert demo_chats("shanyue", LAST)[0] == chats["shanyue"]


def test_no_two_chats_are_alike(chats: dict[str, list[Chat]]) -> None:
    for made in chats.values():
        texts = Counter(tuple(line.text for line in chat.lines) for chat in made)
        buyers = Counter(tuple(line.text for line in chat.lines if not line.by_agent) for chat in made)
        assert max(texts.values()) == 1
        # Two buyers may ask the same short thing, as they do.
        assert sum(n for n in buyers.values() if n > 1) < 0.05 * len(made)


def test_customers_word_their_questions_in_many_ways(chats: dict[str, list[Chat]]) -> None:
    chatty = {"好的", "嗯", "谢谢"}
    texts = [text for text in asked(chats["songguo"]) if len(text) > 3 and text not in chatty]
    assert len(set(texts)) / len(texts) > 0.6
    known = {w for intent in intents("songguo") for w in intent.wordings}
    # Typos, particles and split turns: most of what is sent is not in the files letter by letter.
    assert len([t for t in set(texts) if t not in known]) / len(set(texts)) > 0.5


def test_some_buyers_write_traditional_and_only_they_do(chats: dict[str, list[Chat]]) -> None:
    writers = 0
    for chat in chats["songguo"]:
        lines = [line.text for line in chat.lines if not line.by_agent]
        some = [line for line in lines if is_traditional(line)]
        writers += bool(some)
    assert 20 <= writers <= 70


def test_there_are_typos(chats: dict[str, list[Chat]]) -> None:
    slips = ("发或", "块递", "阔以", "神马", "木有", "咋", "嘛", "滴", "一哈", "油费", "保值期", "替心")
    assert sum(any(slip in text for slip in slips) for text in asked(chats["songguo"])) >= 40


def test_a_few_questions_make_up_much_of_the_heat(chats: dict[str, list[Chat]]) -> None:
    counts = list(spread(chats["songguo"]).values())
    assert len(counts) >= 70
    assert sum(counts[: len(counts) // 5]) > 0.45 * sum(counts)


def test_time_moves_on_and_several_agents_and_the_robot_answer(chats: dict[str, list[Chat]]) -> None:
    senders: Counter[str] = Counter()
    for chat in chats["songguo"]:
        assert all(a.at <= b.at for a, b in zip(chat.lines, chat.lines[1:], strict=False))
        senders.update({line.sender for line in chat.lines if line.by_agent})
    assert len(senders) == 13
    assert senders["松果文具旗舰店:机器人小松"] > 80


def test_the_shops_share_no_chat_and_no_identifier() -> None:
    (first, ids), (second, other_ids) = (demo_chats(shop, LAST) for shop in SHOPS)
    assert not {chat.id for chat in first} & {chat.id for chat in second}
    drawn = [{text for texts in each.drawn.values() for text in texts if len(text) > 4} for each in (ids, other_ids)]
    assert not drawn[0] & drawn[1]


def test_no_placeholder_is_left_open(chats: dict[str, list[Chat]]) -> None:
    assert [line.text for made in chats.values() for c in made for line in c.lines if "{" in line.text] == []


def test_the_table_has_a_row_a_message(chats: dict[str, list[Chat]]) -> None:
    rows = list(csv.reader(io.StringIO(as_table(chats["shanyue"]).decode("utf-8-sig"))))
    assert tuple(rows[0]) == TABLE_HEADERS
    assert len(rows) - 1 == sum(len(chat.lines) for chat in chats["shanyue"])


def test_the_qianniu_text_has_its_shape(chats: dict[str, list[Chat]]) -> None:
    lines = as_qianniu(chats["shanyue"][:2], account="山月坊干果旗舰店").decode("gb18030").split("\r\n")
    chat = chats["shanyue"][0]
    first = chat.lines[0]
    assert lines[0] == "山月坊干果旗舰店"
    assert lines[1] == lines[3] == "=" * 64 and lines[2].strip() == "单聊"
    assert lines[4] == "-" * 28 + chat.buyer + "-" * 28
    assert lines[5] == f"{first.sender}({first.at:%Y-%m-%d %H:%M:%S}):  {first.text}"
