"""What an import would do: whose each chat is, which lines it gets, what is there already, what is wrong."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from lms.conversations.digests import Digests
from lms.conversations.masking import mask
from lms.conversations.models import Conversation
from lms.kernel.db import db
from lms.people.models import Person
from lms.qa.chats.models import AgentAccount, ChatAgent
from lms.qa.chats.queries import people_serving
from lms.qa.enums import Scale
from lms.qa.evaluations.models import Evaluation
from lms.qa.evaluations.services import LineAnswer, Quote
from lms.qa.imports.sheets import Mark, Problem, Reading, ScoredChat, Table, cause_of, read_chats
from lms.qa.scorecards.definition import CriterionSpec, Definition
from lms.qa.scorecards.models import ScorecardVersion

CHUNK = 500
_UNSTORABLE = re.compile(r"[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Planned:
    """An evaluation that would be made."""

    line: int
    agent_id: int
    agent_name: str
    evaluator_id: int | None
    conversation_id: int | None
    served_at: datetime
    scored_at: datetime | None
    comment: str
    answers: tuple[LineAnswer, ...]
    source_key: str

    @property
    def faults(self) -> int:
        return sum(answer.root_cause is not None for answer in self.answers)


@dataclass(frozen=True)
class Plan:
    """What is new, how many chats were imported before, and what is wrong; ``lines`` are those of the sheet."""

    new: tuple[Planned, ...]
    duplicate: int
    problems: tuple[Problem, ...]
    lines: int


@dataclass(frozen=True)
class _Chat:
    """A conversation that a sheet's number leads to."""

    id: int
    started_at: datetime | None
    agent_id: int | None


def plan(table: Table, reading: Reading, *, shop_id: int, version: ScorecardVersion, at: datetime) -> Plan:
    """A handful of statements, however long the sheet is."""
    chats, problems = read_chats(table, reading)
    people = _People(shop_id)
    conversations = _conversations(shop_id, {chat.chat for chat in chats if chat.chat})
    specs = Definition.from_json(version.definition).by_id()
    planned: dict[str, Planned] = {}
    twice = 0
    for chat in chats:
        try:
            made = _plan_one(chat, reading, people, conversations.get(chat.chat), specs, shop_id=shop_id, at=at)
        except _Wrong as wrong:
            problems.append(wrong.problem)
            continue
        twice += made.source_key in planned
        planned.setdefault(made.source_key, made)
    known = known_keys(planned)
    new = tuple(one for key, one in planned.items() if key not in known)
    # What a sentence quotes of the sheet may be what a buyer wrote.
    said = sorted((Problem(one.line, clean(one.reason), one.hint) for one in problems), key=lambda one: one.line)
    return Plan(new, len(known) + twice, tuple(said), len(table.rows))


class _Wrong(Exception):
    def __init__(self, line: int, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.problem = Problem(line, reason, hint)


class _People:
    """Who a name in the sheet is: an account, an agent's account of the shop's chats, or a name that one person has."""

    def __init__(self, shop_id: int) -> None:
        serving = people_serving(shop_id)
        self.by_id = {person.id: person for person in serving}
        self.known: dict[str, int | None] = {}
        for person in serving:
            key = person.name.casefold()
            self.known[key] = None if key in self.known else person.id
        for label, person_id in db.session.execute(
            select(AgentAccount.label, AgentAccount.person_id).where(AgentAccount.shop_id == shop_id)
        ):
            if person_id is None or person_id in self.by_id:
                self.known[label.casefold()] = person_id
        self.known |= {person.account.casefold(): person.id for person in serving}

    def find(self, text: str) -> int | None:
        """None for nobody, or for a name that several have."""
        whole = text.strip().casefold()
        if whole in self.known:
            return self.known[whole]
        return self.known.get(whole.replace("：", ":").rpartition(":")[2].strip())


def _conversations(shop_id: int, numbers: set[str]) -> dict[str, _Chat]:
    """The one conversation of the shop that each number names in its export."""
    digests = Digests(shop_id)
    by_digest = {digests.session(number): number for number in numbers}
    found: dict[str, list[_Chat]] = {}
    for some in _chunks(by_digest):
        query = (
            select(Conversation.source_digest, Conversation.id, Conversation.started_at, ChatAgent.person_id)
            .outerjoin(ChatAgent, ChatAgent.conversation_id == Conversation.id)
            .where(Conversation.shop_id == shop_id, Conversation.source_digest.in_(some))
        )
        for digest, ident, started_at, person_id in db.session.execute(query):
            found.setdefault(by_digest[digest], []).append(_Chat(ident, started_at, person_id))
    return {number: chats[0] for number, chats in found.items() if len(chats) == 1}


def known_keys(keys: Iterable[str]) -> set[str]:
    """Those of the keys that were imported already."""
    known: set[str] = set()
    for some in _chunks(keys):
        known |= set(db.session.scalars(select(Evaluation.source_key).where(Evaluation.source_key.in_(some))))
    return known


def _chunks(items: Iterable[str]) -> Iterable[Sequence[str]]:
    every = list(items)
    return (every[start : start + CHUNK] for start in range(0, len(every), CHUNK))


def _plan_one(
    chat: ScoredChat,
    reading: Reading,
    people: _People,
    conversation: _Chat | None,
    specs: dict[int, CriterionSpec],
    *,
    shop_id: int,
    at: datetime,
) -> Planned:
    agent = _agent(chat, people, conversation)
    served_at = chat.served_at or (conversation.started_at if conversation else None) or chat.scored_at
    if served_at is None:
        raise _Wrong(chat.line, _("不知道会话是什么时候的"), _("请补上会话时间或质检时间。"))
    if max(served_at, chat.scored_at or served_at) > at:
        raise _Wrong(chat.line, _("时间在将来"), _("请检查会话时间和质检时间。"))
    evaluator_id = people.find(chat.evaluator) if chat.evaluator else None
    if evaluator_id == agent.id:
        raise _Wrong(chat.line, _("质检员和被检客服是同一个人"), _("请改正其中一个。"))
    comment = clean(chat.comment)
    if chat.evaluator and evaluator_id is None:
        comment = "\n".join(part for part in (_("质检员：%(name)s", name=chat.evaluator), comment) if part)
    given = {reading.criteria[label][0]: mark for label, mark in chat.marks.items()}
    answers = tuple(_answer(ident, spec, given.get(spec.code), chat) for ident, spec in specs.items())
    if all(answer.value is None for answer in answers):
        raise _Wrong(chat.line, _("这通会话没有任何评分结果"), _("请至少写一项的结果。"))
    return Planned(
        chat.line,
        agent.id,
        agent.name,
        evaluator_id,
        conversation.id if conversation else None,
        served_at,
        chat.scored_at,
        comment,
        answers,
        _source_key(chat, agent.id, served_at, shop_id),
    )


def _agent(chat: ScoredChat, people: _People, conversation: _Chat | None) -> Person:
    ident = people.find(chat.agent) if chat.agent else conversation.agent_id if conversation else None
    if ident is not None and ident in people.by_id:
        return people.by_id[ident]
    if not chat.agent:
        raise _Wrong(chat.line, _("没有写客服是谁"), _("请补上客服的账号或姓名。"))
    raise _Wrong(
        chat.line,
        _("找不到客服“%(name)s”", name=chat.agent),
        _("请写登录账号；同名的人要写账号。也可以在“会话归属”里把这个账号对应到人。"),
    )


def _answer(ident: int, spec: CriterionSpec, mark: Mark | None, chat: ScoredChat) -> LineAnswer:
    """Our answer for a mark. Part of the full mark is rounded down: nine tenths of yes is no.

    What the sheet says nothing of does not apply; an error that would have been critical did not happen.
    """
    if mark is None or mark.share is None:
        if spec.na_allowed:
            return LineAnswer(ident, None)
        if spec.critical:
            return LineAnswer(ident, spec.top)
        raise _Wrong(chat.line, _("没有“%(name)s”的结果", name=spec.name), _("评分表规定这一项必须评，请补上。"))
    value = int(mark.share * spec.top + 1e-9) if spec.scale is Scale.STEPS else int(mark.share >= 1)
    comment = clean(mark.comment)[:500]
    if not spec.is_fault(value):
        return LineAnswer(ident, value, comment=comment)
    return LineAnswer(
        ident,
        value,
        root_cause=cause_of(mark.cause),
        cause_note=clean(mark.cause)[:200],
        comment=comment or _("原质检结果：%(said)s", said=mark.said[:60]),
        quotes=(Quote(None, clean(mark.quote)[:500]),) if mark.quote else (),
    )


def clean(text: str) -> str:
    """Other tools' remarks quote buyers: nothing unmasked is stored."""
    return mask(_UNSTORABLE.sub("", text)).text.strip() if text else ""


def _source_key(chat: ScoredChat, agent_id: int, served_at: datetime, shop_id: int) -> str:
    """What an imported result is known by: the chat, or agent and time where it has no number; and the evaluator."""
    which = chat.chat or f"{agent_id}@{served_at.isoformat()}"
    told = f"{shop_id}|{which}|{chat.evaluator.casefold()}"
    return "import:" + hashlib.sha256(told.encode()).hexdigest()[:48]
