"""How people write: buyers with typos, particles, split turns or in 繁体; agents with their own phrases.

Pure, seeded.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import lru_cache

from lms.demo.content.format import words

_PREFIXES = words("亲 |请问|你好 |那个 |我想问下 |麻烦问下|老板 |客服 |想问一下 |请问下 |hi |你好，|问下 |另外")
_SUFFIXES = words("？|?|呀|呢|啊|。|！| 谢谢|哈|~|？？| 急|亲| 谢谢亲|...|。。")
_TYPOS = (
    ("发货", "发或"), ("什么", "神马"), ("什么", "什莫"), ("怎么", "咋"), ("怎么", "怎末"), ("吗", "嘛"), ("吗", "不"),
    ("没有", "木有"), ("可以", "阔以"), ("可以", "可已"), ("优惠", "优会"), ("快递", "块递"), ("邮费", "油费"),
    ("退款", "推款"), ("刻字", "克字"), ("替芯", "替心"), ("地址", "地止"), ("多久", "多九"), ("质量", "质亮"),
    ("收到", "收道"), ("发票", "法票"), ("墨囊", "墨嚢"), ("保质期", "保值期"), ("礼盒", "里盒"), ("在哪", "在那"),
    ("书包", "书报"), ("的", "滴"), ("一下", "一哈"), ("知道", "造"), ("赠品", "增品"), ("赔", "陪"), ("包邮", "包油"),
)  # fmt: skip
_FILLERS = re.compile(r"[呀呢啊哦嘛]$|^(?:请问|亲 )")
_PLACEHOLDER = re.compile(r"\{\w+\}")


@lru_cache(maxsize=2)
def _converter(direction: str) -> object:
    from opencc import OpenCC  # heavy; only composing chats needs it

    return OpenCC(direction)


def to_traditional(text: str) -> str:
    """``text`` as a buyer from Taiwan types it."""
    converted: str = _converter("s2tw").convert(text)  # type: ignore[attr-defined]
    return converted


@lru_cache(maxsize=4096)
def is_traditional(text: str) -> bool:
    """Whether ``text`` has characters that nobody types in 简体."""
    return bool(_converter("tw2s").convert(text) != text)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Buyer:
    """A buyer's habits: chance of a typo, of a particle more, of splitting a question, and whether in 繁体."""

    nick: str
    sloppy: float
    chatty: float
    splits: float
    traditional: bool

    def write(self, text: str) -> str:
        """``text`` in the buyer's script."""
        return to_traditional(text) if self.traditional else text

    def ask(self, wording: str, rng: random.Random) -> list[str]:
        """A question as this buyer sends it: one message or several."""
        text = wording
        if rng.random() < self.sloppy:
            text = misspell(text, rng)
        if rng.random() < 0.18:
            text = _FILLERS.sub("", text) or text
        if rng.random() < self.chatty * 0.6 and not text.startswith(_PREFIXES):
            text = rng.choice(_PREFIXES) + text
        if rng.random() < self.chatty and text[-1] not in "？?！。~":
            text += rng.choice(_SUFFIXES if text[-1] not in "呀呢啊哈亲" else _SUFFIXES[:2])
        if rng.random() < 0.12:
            text = text.replace(" ", "，")
        parts = [text]
        if " " in text and rng.random() < self.splits:
            parts = [part for part in text.split(" ") if part]
        return [self.write(part) for part in parts]


def draw_buyer(nick: str, rng: random.Random) -> Buyer:
    """A buyer by chance; one in twelve writes 繁体."""
    return Buyer(
        nick=nick,
        sloppy=rng.choice((0.02, 0.05, 0.1, 0.3)),
        chatty=rng.uniform(0.15, 0.65),
        splits=rng.choice((0.1, 0.5, 0.9)),
        traditional=rng.random() < 0.08,
    )


def misspell(text: str, rng: random.Random) -> str:
    """``text`` with one slip of the input method; unchanged where none fits. Placeholders stay."""
    if _PLACEHOLDER.search(text):
        return text
    fitting = [(right, wrong) for right, wrong in _TYPOS if right in text]
    if fitting:
        right, wrong = rng.choice(fitting)
        return text.replace(right, wrong, 1)
    if len(text) > 6 and rng.random() < 0.4:
        at = rng.randrange(2, len(text) - 2)
        if text[at].isalnum() and text[at + 1].isalnum() and not text[at].isascii():
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text


@dataclass(frozen=True)
class AgentVoice:
    """How one agent answers. skill: chance of a full answer; habit: chance of the own canned wording; shift: hours."""

    account: str
    nick: str
    skill: float
    habit: float
    opener: str
    closer: str
    shift: tuple[int, int]
    post: str

    def answer(self, answers: tuple[str, ...], key: str, rng: random.Random) -> str:
        """One of ``answers``, most often this agent's own, in this agent's manner."""
        own = answers[sum(map(ord, self.account + key)) % len(answers)]
        text = own if rng.random() < self.habit else rng.choice(answers)
        bare = re.sub(r"^(亲，|您好，|亲 |可以的亲，)", "", text)
        if bare != text and rng.random() < 0.5:
            text = self.opener + bare
        if text[-1] not in "哦呢啦~吗" and rng.random() < 0.25:
            text += self.closer
        return text


def agent_voices(shop: str, people: list[tuple[str, str, str]]) -> list[AgentVoice]:
    """Voices for the sub-accounts ``[(account, nick, post)]`` of a shop, the same every time. Half early, half late.

    post is "presale" or "aftersale".
    """
    voices = []
    for n, (account, nick, post) in enumerate(people):
        rng = random.Random(f"{shop}/{nick}")  # noqa: S311
        voices.append(
            AgentVoice(
                account=account,
                nick=nick,
                skill=(0.96, 0.9, 0.94, 0.86, 0.8, 0.92, 0.68)[n % 7],
                habit=rng.uniform(0.7, 0.92),
                opener=rng.choice(("亲，", "亲亲，", "您好，", "")),
                closer=rng.choice(("哦", "呢", "哦~", "哈")),
                shift=((8, 17), (15, 24))[n % 2],
                post=post,
            )
        )
    return voices
