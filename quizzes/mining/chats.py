"""What mining reads and what it returns: plain values, no database."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One masked message. `side` is customer, agent, robot or system; only `kind` text holds somebody's words."""

    conversation_id: int
    message_id: int
    side: str
    text: str
    kind: str = "text"
    product_ref: str = ""
    product_label: str = ""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One question of one customer, as he worded it, and what the agents said next (one text a turn)."""

    conversation_id: int
    message_id: int
    text: str
    normalised: str
    core: str
    replies: tuple[Reply, ...] = ()
    product_ref: str = ""
    product_label: str = ""
    stage_hint: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The agent's lines of one turn, from the message where it begins."""

    conversation_id: int
    message_id: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MinedAnswer:
    """An answer that agents gave and that holds for any order; `count` conversations say so in about these words."""

    text: str
    count: int
    source: tuple[int, int]  # conversation, message
    score: float


@dataclass(frozen=True, slots=True)
class MinedGroup:
    """The same thing asked in many ways. `count` is the heat: distinct conversations; `share` is of all of them."""

    question: str
    variants: tuple[str, ...]
    count: int
    share: float
    stage: str
    product_ref: str
    product: str
    dimension: str
    answers: tuple[MinedAnswer, ...]
    questions: tuple[AskedQuestion, ...]

    @property
    def sources(self) -> tuple[tuple[int, int], ...]:
        return tuple((question.conversation_id, question.message_id) for question in self.questions)


@dataclass(frozen=True, slots=True)
class MinedChats:
    """The result of one pass over all messages."""

    messages: int
    conversations: int
    questions: int
    groups: tuple[MinedGroup, ...]
