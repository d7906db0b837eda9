"""Everything that decides on Chinese text: what counts as the same writing, and where words end.

Segmentation is rjieba (jieba's dictionary in Rust); a shop's own words are cut out before it sees the rest. 繁 to 简 is
OpenCC. Both are loaded at the first call, so that web workers, which never call, never pay for them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffd\ue000-\uf8ff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_IN_LINE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_SPACES = re.compile(r"\s+")
_SPACES_IN_LINE = re.compile(r"[^\S\n]+")
_SYLLABLE = (
    r"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxzcsryw])?"
    r"(?:iang|iong|uang|ian|iao|ang|eng|ing|ong|uai|uan|ai|ei|ui|ao|ou|iu|ie|ue|ve|er|an|en|in|un|vn|ia|ua|uo|[aeiouv]))"
)
_BRACKETED = re.compile(r"(?<=[\u4e00-\u9fff]) ?[(\[{<【〔] ?([a-z\u00e0-\u01dc ü]{1,12}[1-5]?) ?[)\]}>】〕]")
_PINYIN = re.compile(rf"{_SYLLABLE}(?: {_SYLLABLE}){{0,3}}")
_PINYIN_RUN = re.compile(rf"{_SYLLABLE}{{1,4}}")
_TONES = re.compile("[\u0300\u0301\u0304\u030c]")


@cache
def _converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")


def to_simplified(text: str) -> str:
    """繁體 to 简体, word by word where the word decides (乾淨 → 干净, 乾坤 stays)."""
    return text if text.isascii() else str(_converter().convert(text))


def _drop_pinyin(match: re.Match[str]) -> str:
    inside = match.group(1).strip()
    plain = _TONES.sub("", unicodedata.normalize("NFD", inside)).replace("\u0075\u0308", "v").rstrip("12345")
    marked = plain != inside
    if len(plain) < 2 and not marked:
        return match.group(0)  # a size or a variant, as in 码数(m)
    pattern = _PINYIN_RUN if marked else _PINYIN
    return "" if pattern.fullmatch(plain) else match.group(0)


def _tidy(text: str) -> str:
    text = unicodedata.normalize("NFKC", " ".join(text.split()))
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    return _SPACES.sub(" ", _BRACKETED.sub(_drop_pinyin, text)).strip()


def normalise(text: str) -> str:
    """The same words written one way: half width, simplified, without invisible or control characters, and without the
    pinyin that some exports put in brackets inside words (快(kuai)递 → 快递). Case and punctuation stay."""
    return to_simplified(_tidy(text))


def normalise_many(texts: Iterable[str]) -> list[str]:
    """`normalise` of each text, in one pass over all of them."""
    lines = [" ".join(text.split()) for text in texts]
    if not lines:
        return []
    whole = unicodedata.normalize("NFKC", "\n".join(lines))
    whole = _CONTROL_IN_LINE.sub(" ", _INVISIBLE.sub("", whole))
    whole = _SPACES_IN_LINE.sub(" ", _BRACKETED.sub(_drop_pinyin, whole))
    return [line.strip() for line in str(_converter().convert(whole)).split("\n")]


def cut(text: str, words: Sequence[str] = ()) -> list[str]:
    """The words of a text. With `words` (product names, a shop's own terms) these are never split."""
    import rjieba

    if not words:
        return list(rjieba.cut(text))
    found: list[str] = []
    for piece in _own_words(tuple(words)).split(text):  # every second piece is one of the words
        found += [piece] if piece in words else rjieba.cut(piece) if piece else []
    return found


def cut_many(texts: Iterable[str]) -> list[list[str]]:
    """`cut` of each text, for bulk passes."""
    import rjieba

    split = rjieba.cut
    return [split(text) for text in texts]


@lru_cache(maxsize=8)
def _own_words(words: tuple[str, ...]) -> re.Pattern[str]:
    """The longest of the words that starts at a place wins."""
    return re.compile(f"({'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})")
