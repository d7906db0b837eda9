"""The chats of the demo shops, composed for a given last day. Pure."""

from __future__ import annotations

import random
from datetime import date

from lms.demo.chats import Chat, ShopScript, compose
from lms.demo.content.format import intents, products
from lms.demo.identifiers import Identifiers
from lms.demo.people import ROBOTS, SHOP_NAMES, agents_of
from lms.demo.voices import agent_voices

COUNTS = {"songguo": 560, "shanyue": 124}
SEED = 20_26


def shop_script(shop: str) -> ShopScript:
    """What the chats of a shop are composed from."""
    name = SHOP_NAMES[shop]
    people = [(f"{name}:{m.nick}", m.nick, m.team.rpartition("/")[2][:9]) for m in agents_of(shop)]
    voices = agent_voices(shop, people)
    return ShopScript(shop, name, intents(shop), tuple(products()[shop]), tuple(voices), ROBOTS[shop])


def demo_chats(shop: str, last_day: date) -> tuple[list[Chat], Identifiers]:
    """The chats of a shop, and the identifiers in them, which must not be found anywhere after the import."""
    identifiers = Identifiers(random.Random(f"{shop}/{SEED}"))  # noqa: S311
    chats = compose(shop_script(shop), count=COUNTS[shop], last_day=last_day, seed=SEED, identifiers=identifiers)
    return chats, identifiers
