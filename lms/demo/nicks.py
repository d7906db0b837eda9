"""Names that buyers go by. Pure, seeded."""

from __future__ import annotations

import random

from lms.demo.content.format import words

_HEADS = words(
    "小雨|糖糖|大宝|暖阳|阿布|橙子|柚子|一朵|南瓜|豆豆|木子|晴天|可乐|圆圆|阿紫|泡泡|星星|老周|小鱼|米粒|麦兜|青柠|"
    "树懒|乐乐|花卷|朵朵|苏苏|阿杰|娜娜|土豆"
)
_TAILS = words("妈妈|麻麻|爸爸|老师|的窝|同学|爱读书|要加油|不吃辣|在路上|酱|子|家|姐|哥|的小店|呀|仔|要上岸|在深圳")
_LATIN = words("lily|momo|echo|sunny|jack|coco|nina|vivi|leo|kiki|yoyo|mia|tina|ben|rain")


def nicks(count: int, rng: random.Random) -> list[str]:
    """``count`` different nicks in the manners of the platform: words, tb-numbers, latin, masked."""
    found: dict[str, None] = {}
    while len(found) < count:
        kind = rng.random()
        head = rng.choice(_HEADS)
        if kind < 0.42:
            nick = head + rng.choice(_TAILS) + (str(rng.randint(1, 99)) if rng.random() < 0.3 else "")
        elif kind < 0.72:
            nick = f"tb{rng.randint(1_000_000, 99_999_999)}"
        elif kind < 0.88:
            nick = rng.choice(_LATIN) + rng.choice(("_", "", "")) + str(rng.randint(66, 2019))
        else:
            nick = f"{head[0]}**{rng.choice(_TAILS)[-1]}{rng.randint(0, 9)}"
        found.setdefault(nick)
    return list(found)
