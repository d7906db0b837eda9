"""Composes the chats of a shop out of the content. Pure: the same seed and day give the same chats.

Which intents come up follows their heat (a few are asked all day, most now and then); who answers, and how well,
follows the agents' voices and shifts.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from lms.demo.content.format import Intent, ProductLine, chatter
from lms.demo.identifiers import Identifiers
from lms.demo.nicks import nicks
from lms.demo.voices import AgentVoice, Buyer, draw_buyer, is_traditional

DAYS = 14
_SKEW = 1.2  # heat to this power: what is asked often is asked more often still
# Messages an hour, from midnight: quiet at night, busy at lunch and after dinner.
_HOURS = (2, 1, 1, 0, 0, 0, 1, 2, 5, 8, 10, 10, 9, 9, 10, 10, 9, 8, 8, 11, 14, 14, 10, 5)
_STATUS = {"presale": ("待付款",), "insale": ("待发货", "已发货", "运输中"), "aftersale": ("已签收", "交易成功")}
_PARCEL = ("已揽收", "运输中", "派送中")


@dataclass(frozen=True)
class Line:
    """One message; ``sender`` is the nick on screen."""

    at: datetime
    sender: str
    by_agent: bool
    text: str


@dataclass
class Chat:
    """One customer's chat. intents: what the buyer asked, for tests and for the curious."""

    id: str
    buyer: str
    product: ProductLine | None
    lines: list[Line] = field(default_factory=list)
    intents: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ShopScript:
    """What chats of a shop are composed from. robot: the sub-account that answers at night and at rush hours."""

    key: str
    name: str
    intents: tuple[Intent, ...]
    products: tuple[ProductLine, ...]
    agents: tuple[AgentVoice, ...]
    robot: str


def compose(script: ShopScript, *, count: int, last_day: date, seed: int, identifiers: Identifiers) -> list[Chat]:
    """``count`` chats of the fourteen days up to ``last_day``, in order of time."""
    rng = random.Random(f"{script.key}/{seed}")  # noqa: S311  (no secret hangs on it)
    starts = sorted(_start(last_day, rng) for _ in range(count))
    names = nicks(count, rng)
    return [
        _Composer(script, identifiers, rng, n, start, draw_buyer(nick, rng)).chat()
        for n, (start, nick) in enumerate(zip(starts, names, strict=True), 1)
    ]


def _start(last_day: date, rng: random.Random) -> datetime:
    # Sundays and the fourth day, a promotion, are busier.
    weights = [1.0 + 0.35 * ((last_day - timedelta(days=n)).weekday() == 6) + 0.9 * (n == 10) for n in range(DAYS)]
    day = last_day - timedelta(days=rng.choices(range(DAYS), weights)[0])
    hour = rng.choices(range(24), _HOURS)[0]
    return datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)))


class _Composer:
    """Writes one chat, message by message, with a clock that moves on."""

    def __init__(
        self, script: ShopScript, ids: Identifiers, rng: random.Random, number: int, start: datetime, buyer: Buyer
    ) -> None:
        self.script, self.ids, self.rng, self.buyer = script, ids, rng, buyer
        self.at = start
        self.topics = self._draw_topics()
        self.agent = self._draw_agent(start.hour)
        self.result = Chat(
            id=f"{script.key[:2]}{start:%m%d}{number:05d}",
            buyer=buyer.nick,
            product=self._draw_product(),
            intents=[topic.key for topic in self.topics],
        )

    def chat(self) -> Chat:
        self._open()
        for n, topic in enumerate(self.topics):
            self._topic(topic, first=n == 0)
        self._close()
        return self.result

    # -- drawing ---------------------------------------------------------------------------------------------------

    def _draw_topics(self) -> list[Intent]:
        rng, pool = self.rng, self.script.intents
        first = rng.choices(pool, [i.heat**_SKEW for i in pool])[0]
        topics = [first]
        while len(topics) < 3 and rng.random() < (0.45 if len(topics) == 1 else 0.25):
            weights = [0.0 if i in topics else i.heat**_SKEW * _kinship(i, first) for i in pool]
            topics.append(rng.choices(pool, weights)[0])
        return topics

    def _draw_product(self) -> ProductLine | None:
        skus = next((topic.skus for topic in self.topics if topic.skus), ())
        by_sku = {product.sku: product for product in self.script.products}
        if skus:
            return by_sku[self.rng.choice(skus)]
        return self.rng.choice(self.script.products) if self.rng.random() < 0.7 else None

    def _draw_agent(self, hour: int) -> AgentVoice:
        agents = self.script.agents
        on_shift = [a for a in agents if a.shift[0] <= hour < a.shift[1]] or list(agents)
        # Either post takes a chat of the other one when it is busy.
        weights = [4.0 if (a.post == "aftersale") == (self.topics[0].stage == "aftersale") else 1.0 for a in on_shift]
        return self.rng.choices(on_shift, weights)[0]

    # -- writing ---------------------------------------------------------------------------------------------------

    def _say(self, text: str, *, sender: str = "", seconds: tuple[int, int] = (4, 25)) -> None:
        self.at += timedelta(seconds=self.rng.randint(*seconds))
        self.result.lines.append(Line(self.at, sender or self.buyer.nick, bool(sender), text))

    def _buyer(self, text: str, *, seconds: tuple[int, int] = (4, 25)) -> None:
        self._say(self.ids.fill(self.buyer.write(text)), seconds=seconds)

    def _agent(self, text: str, *, seconds: tuple[int, int] = (4, 25)) -> None:
        self._say(text, sender=self.agent.account, seconds=seconds)

    def _pick(self, section: str) -> str:
        text = self.rng.choice(chatter()[section])
        shown = text.replace("{nick}", self.agent.nick).replace("{shop}", self.script.name)
        return shown.replace("{status2}", self.rng.choice(_PARCEL))

    def _chance(self, p: float) -> bool:
        return self.rng.random() < p

    def _open(self) -> None:
        product = self.result.product
        if product and self._chance(0.45):
            self._say(f"https://item.taobao.com/item.htm?id={self.rng.randint(620_000_000_000, 790_000_000_000)}")
        if self._chance(0.5):
            self._buyer(self._pick("greet"))
        night = self.result.lines[0].at.hour if self.result.lines else self.at.hour
        if self._chance(0.9 if not 8 <= night < 24 else 0.22):
            self._robot()
        elif self._chance(0.6):
            self._agent(self._pick("agent-open"), seconds=(3, 20))

    def _robot(self) -> None:
        self._say(self._pick("robot-open"), sender=self.script.robot, seconds=(0, 2))
        if self._chance(0.4):
            for part in self._wording(self.topics[0]):
                self._say(part)
            self._say(self._pick("robot-miss"), sender=self.script.robot, seconds=(0, 2))
        if self._chance(0.6):
            self._say(self.rng.choice(("转人工", "人工", "人工客服", "转接人工客服")))
            self._agent(self._pick("agent-open"), seconds=(5, 60))

    def _wording(self, topic: Intent) -> list[str]:
        # The commonest wording is used far more than the rarest. What was written in 繁体 belongs to 繁体 buyers.
        wordings = [w for w in topic.wordings if self.buyer.traditional or not is_traditional(w)]
        weights = [(3.0 if is_traditional(w) else 1.0) / (1 + n) ** 0.75 for n, w in enumerate(wordings)]
        return [self.ids.fill(part) for part in self.buyer.ask(self.rng.choices(wordings, weights)[0], self.rng)]

    def _topic(self, topic: Intent, *, first: bool) -> None:
        if first and self._chance(0.08):
            self._buyer(self._pick("smalltalk"))
        if topic.stage != "presale" and self._chance(0.3):
            self._identify(topic)
        for part in self._wording(topic):
            self._say(part, seconds=(3, 30))
        if topic.stage == "aftersale" and topic.dimension == "skill" and self._chance(0.5):
            self._say("[图片]")
        if self._chance(0.07):
            self._buyer(self._pick("impatient"), seconds=(60, 200))
            self._agent(self._pick("agent-apology"))
        if self._chance(0.15):
            self._agent(self._pick("agent-wait"))
        self._reply(topic)
        if topic.follow_ups and self._chance(0.3):
            wordings, answer = self.rng.choice(topic.follow_ups)
            for part in self.buyer.ask(self.rng.choice(wordings), self.rng):
                self._say(self.ids.fill(part))
            self._agent(answer)
        if self._chance(0.6):
            self._buyer(self._pick("ack" if self._chance(0.6) else "thanks"))

    def _reply(self, topic: Intent) -> None:
        if topic.poor and not self._chance(self.agent.skill):
            self._agent(self.rng.choice(topic.poor))
            if not self._chance(0.5):
                return
            for part in self._wording(topic):
                self._say(part, seconds=(15, 90))
        text = self.agent.answer(topic.answers, topic.key, self.rng)
        if self._chance(0.12):
            text += self.rng.choice(chatter()["agent-emote"])
        self._agent(text, seconds=(6, 70))

    def _identify(self, topic: Intent) -> None:
        """The buyer names an order, a phone, a tracking number: what masking is for."""
        on_its_way = topic.key.startswith(("track", "signed", "return", "refund", "exchange"))
        weights = (6.0, 2.0, 4.0 if on_its_way else 0.0, 0.6 if topic.stage == "aftersale" else 0.0)
        kind = self.rng.choices(("order", "phone", "track", "wechat"), weights)[0]
        self._buyer(self._pick(f"{kind}-talk"))
        reply = self._pick(f"{kind}-reply").replace("{status}", self.rng.choice(_STATUS[topic.stage]))
        if "{order}" in reply:
            reply = reply.replace("{order}", self.ids.drawn["order"][-1])
        self._agent(reply)

    def _close(self) -> None:
        if self._chance(0.1):
            self._say(self.rng.choice(chatter()["emote"]))
        if self._chance(0.35):
            self._buyer(self._pick("bye"))
        if self._chance(0.5):
            self._agent(self._pick("agent-close"), seconds=(3, 40))


def _kinship(intent: Intent, first: Intent) -> float:
    """How readily ``intent`` follows ``first``: people stay with the stage and with the product."""
    same_product = 3.0 if set(intent.skus) & set(first.skus) else 0.4 if intent.skus else 1.0
    return same_product * (4.0 if intent.stage == first.stage else 1.0)


def spread(chats: Sequence[Chat]) -> dict[str, int]:
    """How often each intent came up, most first."""
    counts: dict[str, int] = {}
    for chat in chats:
        for key in chat.intents:
            counts[key] = counts.get(key, 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))
