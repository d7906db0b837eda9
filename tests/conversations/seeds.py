"""What every kind of invented identifier shares: other digits and widths, a mobile number, a seeded message."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

FULL = str.maketrans(
    "0123456789-+@.ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "０１２３４５６７８９－＋＠．ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ",
)
HAN = str.maketrans("0123456789", "零一二三四五六七八九")
HAN2 = str.maketrans("0123456789", "〇幺二三四五六七八九")
HAN3 = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")
CIRCLED = str.maketrans("123456789", "①②③④⑤⑥⑦⑧⑨")


@dataclass(frozen=True)
class Seeded:
    """A message with an identifier in it; none of ``secrets`` may stand in what is stored."""

    kind: str
    text: str
    secrets: tuple[str, ...]


def digits(rnd: Random, n: int) -> str:
    return "".join(rnd.choice("0123456789") for _ in range(n))


def mobile(rnd: Random) -> str:
    return (
        "1"
        + rnd.choice(
            [
                "30",
                "35",
                "36",
                "38",
                "39",
                "47",
                "50",
                "51",
                "58",
                "59",
                "66",
                "73",
                "77",
                "80",
                "82",
                "86",
                "88",
                "91",
                "98",
                "99",
            ]
        )
        + digits(rnd, 8)
    )
