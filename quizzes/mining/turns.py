"""From a conversation's messages to the questions in it: joining what belongs together, splitting what does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from lms.kernel.text import cut, cut_many, normalise, normalise_many
from quizzes.mining.asking import Asking, is_clear, kind_of
from quizzes.mining.chats import AskedQuestion, ChatMessage, Reply
from quizzes.mining.core import cores
from quizzes.mining.debris import is_debris, strip_codes, strip_politeness

# Sentences end at stops and line breaks; some exports join a customer's messages with a space.
_SENTENCES = re.compile(
    r"(?<=[?!。;？！；])\s*|\s*\n\s*|(?<=[\u4e00-\u9fff\]】])[ \u3000]+(?=[\u4e00-\u9fff\[【])|[~～]{2,}|[~～]\s+"
    r"|(?<=[\u4e00-\u9fff])\.{2,}|…+"
)
_CLAUSES = re.compile(r"[,，、:：]\s*|\s+")
_LONG = 26  # characters above which the asking clause is taken out of its sentence
_TOO_LONG = 60
_CONTEXT = 30
_STAGE_HINTS = (
    ("presale", re.compile(r"购买前|未购买|售前")),
    ("aftersale", re.compile(r"收货后|已购买|售后咨询|返修退换货")),
)
_REPLY_TURNS = 2


@dataclass(slots=True)
class _Segment:
    message: ChatMessage
    raw: str
    text: str = ""
    kind: Asking = Asking.NOTHING
    core: str = ""
    clear: bool = False


def asked_questions(messages: Iterable[ChatMessage]) -> list[AskedQuestion]:
    """All questions of all conversations. Messages of one conversation stand together, in their order."""
    runs_of: list[list[tuple[str, list[ChatMessage]]]] = []
    segments: list[_Segment] = []
    by_run: dict[int, list[_Segment]] = {}
    for _, members in groupby(messages, key=lambda message: message.conversation_id):
        runs = [(side, list(run)) for side, run in groupby(_spoken(members), key=lambda m: _party(m.side))]
        runs_of.append(runs)
        for side, run in runs:
            if side == "customer":
                by_run[id(run)] = mine = [_Segment(m, part) for m in run for part in _split(m.text)]
                segments.extend(mine)
    _describe(segments)
    questions: list[AskedQuestion] = []
    lines_of: dict[int, tuple[str, ...]] = {}
    for runs in runs_of:
        hint = _stage_hint(runs)
        product = _products(runs)
        for place, (side, run) in enumerate(runs):
            if side != "customer":
                continue
            found = _questions_of_run(by_run[id(run)])
            replies = tuple(_replies(runs, place, by_run, lines_of)) if found else ()
            for message, raw, text, core in found:
                ref, label = product(message)
                questions.append(
                    AskedQuestion(
                        conversation_id=message.conversation_id,
                        message_id=message.message_id,
                        text=raw,
                        normalised=text,
                        core=core,
                        replies=replies,
                        product_ref=ref,
                        product_label=label,
                        stage_hint=hint,
                    )
                )
    return questions


def _spoken(members: Iterable[ChatMessage]) -> Iterator[ChatMessage]:
    return (message for message in members if message.side != "system")


def _party(side: str) -> str:
    return "customer" if side == "customer" else "agent"


def _split(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCES.split(strip_codes(text)) if part and part.strip()]


def _describe(segments: Sequence[_Segment]) -> None:
    """Fill in what each segment says, in bulk."""
    for segment, text in zip(segments, normalise_many(segment.raw for segment in segments), strict=True):
        segment.text = text
    speaking = [segment for segment in segments if not is_debris(segment.text)]
    for segment in speaking:
        segment.text = strip_politeness(segment.text)
        if len(segment.text) > _LONG:
            segment.raw, segment.text = _asking_clause(segment.raw, segment.text)
        segment.kind = kind_of(segment.text)
    asking = [segment for segment in speaking if segment.kind is not Asking.NOTHING]
    found = cores([segment.text for segment in asking])
    for segment, core, words in zip(asking, found, cut_many(found), strict=True):
        segment.core = core
        segment.clear = is_clear(core, words)


def _asking_clause(raw: str, text: str) -> tuple[str, str]:
    """The clause that asks, with the one before it where it alone does not say of what."""
    clauses = [clause for clause in _CLAUSES.split(raw) if clause]
    for place in range(len(clauses) - 1, -1, -1):
        clause = strip_politeness(normalise(clauses[place]))
        if kind_of(clause) is Asking.NOTHING:
            continue
        if _is_clear(clause):
            return clauses[place], clause
        if place and len(clauses[place - 1]) <= _CONTEXT:
            joined = f"{clauses[place - 1]}，{clauses[place]}"
            return joined, strip_politeness(normalise(joined))
        return clauses[place], clause
    return raw, text


def _is_clear(text: str) -> bool:
    core = cores([text])[0]
    return is_clear(core, cut(core))


def _questions_of_run(segments: Sequence[_Segment]) -> list[tuple[ChatMessage, str, str, str]]:
    """Message, the customer's words, normalised words and core of each question in one customer's turn."""
    found: list[tuple[ChatMessage, str, str, str]] = []
    before: _Segment | None = None  # the segment directly before, said in the same turn
    last_asked: _Segment | None = None
    for segment in segments:
        if not segment.text or is_debris(segment.text):
            continue
        if segment.kind is Asking.NOTHING or len(segment.text) > _TOO_LONG:
            before = segment
            continue
        if segment.clear:
            found.append((segment.message, segment.raw, segment.text, segment.core))
            before = last_asked = segment
            continue
        apart = before is None or before.kind is Asking.QUESTION or len(before.text) > _CONTEXT
        if before is not None and not apart and segment.kind is Asking.QUESTION:
            # "电话填错了" + "怎么办": neither alone is the question
            joined = f"{before.text.rstrip(',.。!;')},{segment.text}"
            core = cores([joined])[0]
            if is_clear(core, cut(core)):
                entry = (before.message, f"{before.raw.rstrip('，,。.！!；;')}，{segment.raw}", joined, core)
                if before is last_asked:
                    found[-1] = entry
                else:
                    found.append(entry)
        before = segment
    return list({core: entry for entry in found for core in (entry[3],)}.values())


def _replies(
    runs: Sequence[tuple[str, list[ChatMessage]]],
    place: int,
    by_run: dict[int, list[_Segment]],
    lines_of: dict[int, tuple[str, ...]],
) -> Iterator[Reply]:
    """The agent's next turn; and the one after it, when the customer only nodded in between."""
    turns = 0
    for side, run in runs[place + 1 :]:
        if side == "customer":
            if any(segment.kind is not Asking.NOTHING for segment in by_run[id(run)]):
                return
            continue
        spoken = [message for message in run if message.side == "agent" and message.kind == "text"]
        if spoken:
            if id(run) not in lines_of:
                lines_of[id(run)] = tuple(line for message in spoken for line in _split(message.text))
            yield Reply(spoken[0].conversation_id, spoken[0].message_id, lines_of[id(run)])
            turns += 1
            if turns == _REPLY_TURNS:
                return


def _stage_hint(runs: Sequence[tuple[str, list[ChatMessage]]]) -> str:
    """What the entry menu of the chat tells: the customer chose "before buying" or "after receipt"."""
    for side, run in runs[:4]:
        if side == "customer":
            for message in run:
                if len(message.text) <= 20:
                    for stage, pattern in _STAGE_HINTS:
                        if pattern.search(message.text):
                            return stage
    return ""


def _products(runs: Sequence[tuple[str, list[ChatMessage]]]) -> Callable[[ChatMessage], tuple[str, str]]:
    """The product of a message: its own, or the conversation's when it has only one."""
    seen = dict.fromkeys(
        (m.product_ref, m.product_label) for _, run in runs for m in run if m.product_ref or m.product_label
    )
    only = next(iter(seen)) if len(seen) == 1 else ("", "")
    return lambda message: (message.product_ref, message.product_label) if message.product_ref else only
