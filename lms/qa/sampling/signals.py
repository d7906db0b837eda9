"""What makes a chat risky. Pure; the chats that show it are looked at before others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from lms.conversations.enums import Side
from lms.qa.checks.manners import waits_of
from lms.qa.checks.phrases import forbidden_in
from lms.qa.checks.protocol import ChatText

WAIT, FORBIDDEN, REFUND, TRANSFER, ANGER = "wait", "forbidden", "refund", "transfer", "anger"
SIGNALS = (WAIT, FORBIDDEN, REFUND, TRANSFER, ANGER)
DEFAULT_WEIGHTS: dict[str, float] = {WAIT: 2.0, FORBIDDEN: 3.0, REFUND: 2.0, TRANSFER: 1.0, ANGER: 3.0}
LONG_WAIT = 180  # seconds
_REFUND = re.compile(r"退款|退货|退钱|仅退|退掉|退了吧|退回去|要退|想退|申请退|给我退")
_TRANSFER = re.compile(r"(?:为您|帮您|给您)转|转接|转给|转交|转到(?:专|售|相关)")
_ASKED_FOR = re.compile(r"换个?(?:人|客服)|转人工|叫你们?(?:主管|经理|领导)|找(?:你们)?(?:主管|经理|领导)")
_ANGER = re.compile(
    r"投诉|差评|骗|垃圾|生气|气死|火大|什么态度|态度(?:太|真|很)?差|太差|恶心|无语|举报|12315|工商|曝光|坑人|太坑|忽悠|敷衍|失望|欺负|不讲理|混蛋|[?？]{4,}|[!！]{4,}"
)


def signals_in(chat: ChatText, own_words: Iterable[str] = ()) -> list[str]:
    """The names of what the chat shows, in the order of ``SIGNALS``.

    That it began with "转人工" is the way into most chats and no signal; asking for it again later is.
    """
    buyer, agent = chat.of(Side.CUSTOMER), chat.of(Side.AGENT)
    first = next((n for n, said in enumerate(chat.messages) if said.side is Side.AGENT), len(chat.messages))
    later = [said for said in chat.messages[first:] if said.side is Side.CUSTOMER]
    own = tuple(own_words)
    shown = {
        WAIT: any(seconds >= LONG_WAIT for seconds, _said in waits_of(chat)),
        FORBIDDEN: any(said.words and forbidden_in(said.words, own) for said in agent),
        REFUND: any(_REFUND.search(said.words) for said in buyer),
        TRANSFER: any(_TRANSFER.search(said.words) for said in agent)
        or any(_ASKED_FOR.search(said.words) for said in later),
        ANGER: any(_ANGER.search(said.words) for said in buyer),
    }
    return [name for name in SIGNALS if shown[name]]


def risk_of(signals: Iterable[str], weights: Mapping[str, float]) -> float:
    """The weights of the signals together; one without a weight counts nothing."""
    return round(sum(max(0.0, weights.get(name, 0.0)) for name in signals), 3)
