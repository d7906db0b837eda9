"""Reads the text files beside it. Pure.

An intent file is a list of blocks::

    # key | stage | heat | sku,sku | dimension | title
    ? a customer's wording           (several)
    = a good answer                  (several, all stating the same facts)
    ~ a poor answer, as agents do give them
    > a follow-up question / another wording of it => its answer

``{name}``, ``{phone}``, ``{address}``, ``{email}`` and the like are filled in when a chat is composed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

SHOPS = ("songguo", "shanyue")


class ContentError(ValueError):
    """A content file has a line that fits nothing; names the file and the line."""


@dataclass(frozen=True)
class Intent:
    """One thing that customers ask of a shop. heat: relative frequency; skus: the products it is about, if any."""

    key: str
    stage: str
    heat: int
    skus: tuple[str, ...]
    dimension: str
    title: str
    wordings: tuple[str, ...]
    answers: tuple[str, ...]
    poor: tuple[str, ...]
    follow_ups: tuple[tuple[tuple[str, ...], str], ...]


@dataclass(frozen=True)
class ProductLine:
    """A product of a demo shop; facts as (label, value)."""

    sku: str
    name: str
    category: str
    price: str
    facts: tuple[tuple[str, str], ...]


def words(text: str) -> tuple[str, ...]:
    """The parts between the bars; blanks in them count."""
    return tuple(text.split("|"))


def parse_intents(text: str, *, source: str = "") -> list[Intent]:
    """The intents of one file."""
    found: list[Intent] = []
    head: list[str] = []
    parts: dict[str, list[str]] = {}

    def close() -> None:
        if not head:
            return
        key, stage, heat, skus, dimension, title = head
        pairs = (line.partition("=>") for line in parts[">"])
        follow = tuple((tuple(q.strip() for q in asked.split(" / ")), reply.strip()) for asked, _, reply in pairs)
        found.append(
            Intent(
                key=key,
                stage=stage,
                heat=int(heat),
                skus=tuple(sku for sku in skus.split(",") if sku),
                dimension=dimension,
                title=title,
                wordings=tuple(parts["?"]),
                answers=tuple(parts["="]),
                poor=tuple(parts["~"]),
                follow_ups=follow,
            )
        )

    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line:
            continue
        mark, rest = line[0], line[1:].strip()
        if mark == "#":
            close()
            head, parts = [field.strip() for field in rest.split("|")], {mark: [] for mark in "?=~>"}
            if len(head) != 6:
                raise ContentError(f"{source}:{number}: a head needs six fields")
        elif head and mark in parts:
            parts[mark].append(rest)
        else:
            raise ContentError(f"{source}:{number}: {line!r} fits nothing")
    close()
    return found


def parse_sections(text: str) -> dict[str, tuple[str, ...]]:
    """Lines under their ``[section]`` headings."""
    sections: dict[str, list[str]] = {}
    current = ""
    for line in (raw.strip() for raw in text.splitlines()):
        if not line:
            continue
        if line.startswith("[") and line.endswith("]") and line[1].isascii():
            current = line[1:-1]
            sections[current] = []
        else:
            sections[current].append(line)
    return {name: tuple(lines) for name, lines in sections.items()}


def parse_products(lines: Iterable[str]) -> dict[str, list[ProductLine]]:
    """Products by shop, from the table with a header line."""
    products: dict[str, list[ProductLine]] = {}
    for line in list(lines)[1:]:
        shop, sku, name, category, price, facts = line.rstrip("\n").split("\t")
        pairs = tuple((k, v) for k, _, v in (fact.partition("=") for fact in facts.split("|")))
        products.setdefault(shop, []).append(ProductLine(sku, name, category, price, pairs))
    return products


@lru_cache(maxsize=4)
def intents(shop: str) -> tuple[Intent, ...]:
    """All intents of a shop, in the order of its files."""
    folder = files("lms.demo.content") / shop
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".txt"))
    return tuple(i for name in names for i in parse_intents((folder / name).read_text("utf-8"), source=name))


@lru_cache(maxsize=1)
def chatter() -> dict[str, tuple[str, ...]]:
    """Greetings, thanks, closings and the rest of what fills a chat, by section."""
    return parse_sections((files("lms.demo.content") / "chatter.txt").read_text("utf-8"))


@lru_cache(maxsize=1)
def products() -> dict[str, list[ProductLine]]:
    """Products by shop."""
    text = (files("lms.demo.content") / "products.tsv").read_text("utf-8")
    return parse_products(text.splitlines())
