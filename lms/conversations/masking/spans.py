"""What a rule found: a place in the text and what kind of personal data stands there."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

PLACEHOLDERS: dict[str, str] = {
    "phone": "[手机号]",
    "landline": "[电话]",
    "order": "[订单号]",
    "tracking": "[快递单号]",
    "id_card": "[身份证号]",
    "bank_card": "[银行卡号]",
    "email": "[邮箱]",
    "wechat": "[微信号]",
    "qq": "[QQ号]",
    "account": "[账号]",
    "plate": "[车牌号]",
    "code": "[验证码]",
    "address": "[地址]",
    "name": "[姓名]",
    "nick": "[昵称]",
    "link": "[链接参数]",
}


class Span(NamedTuple):
    """text[start:end] is personal data of this kind."""

    start: int
    end: int
    kind: str


class Spans:
    """Spans that don't overlap, in order; who comes first stays."""

    def __init__(self, keep: list[tuple[int, int]] | None = None) -> None:
        self.found: list[Span] = []
        self._keep = keep or []

    def add(self, start: int, end: int, kind: str) -> bool:
        """Take the span unless it touches one taken before or a stretch to keep."""
        if start >= end or any(start < stop and begin < end for begin, stop in self._keep):
            return False
        at = bisect_left(self.found, (start,))
        if at < len(self.found) and self.found[at].start < end:
            return False
        if at and self.found[at - 1].end > start:
            return False
        self.found.insert(at, Span(start, end, kind))
        return True

    def keep(self, start: int, end: int) -> None:
        """Nothing in this stretch may be masked."""
        self._keep.append((start, end))

    def apply(self, text: str, counts: dict[str, int]) -> str:
        """The text with placeholders, the kinds counted into ``counts``."""
        if not self.found:
            return text
        parts, at = [], 0
        for span in self.found:
            parts += [text[at : span.start], PLACEHOLDERS[span.kind]]
            counts[span.kind] = counts.get(span.kind, 0) + 1
            at = span.end
        parts.append(text[at:])
        return "".join(parts)
