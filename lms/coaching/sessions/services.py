"""Planning, holding, signing and rating a coaching session. A signature freezes what it signs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from lms.coaching.enums import OPEN_STATES, CaseState, Help, SessionState
from lms.coaching.loop.follow_services import sign_off
from lms.coaching.loop.models import RemedialCase
from lms.coaching.loop.rules import can_steer_case
from lms.coaching.sessions.models import CoachingSession, CoachingSignature, CoachingTemplate, PlanItem
from lms.coaching.sessions.queries import locked
from lms.coaching.sessions.rules import (
    can_coach,
    can_rate,
    can_see_session,
    can_sign,
    can_write,
    has_signed,
    is_frozen,
    is_one_of_two,
)
from lms.coaching.sessions.signing import Agreed, digest, is_intact
from lms.coaching.sessions.telling import tell_cancelled, tell_planned, tell_signed, tell_to_sign
from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError
from lms.people.models import Person
from lms.people.rules import can_see_shop, require_visible
from lms.qa.evaluations.models import Finding

NOTE_LENGTH, PLAN_LENGTH, PLAN_MOST = 5000, 300, 20
FAR = timedelta(days=365)


class SessionError(DomainError):
    """A session that can't be planned, held, signed or rated like this."""


class SessionChanged(Conflict):
    """Somebody saved or signed since the page was shown."""


@dataclass(frozen=True)
class PlanLine:
    """Something agreed on, and by when."""

    text: str
    due_on: date | None = None


def plan_session(
    *,
    actor: Person,
    agent: Person,
    template: CoachingTemplate,
    title: str,
    planned_at: datetime,
    at: datetime,
    confidential: bool = False,
    evidence: Sequence[Finding] = (),
    case: RemedialCase | None = None,
) -> CoachingSession:
    """Make an appointment with an agent of one's branch, and tell the agent.

    ``evidence`` must be the agent's findings, ``case`` an open case of the agent.
    """
    require_visible(can_coach(actor, agent) and can_see_shop(actor, template.shop_id))
    _check_subject(actor, agent.id, evidence, case)
    _check_time(planned_at, at)
    session = CoachingSession(
        shop_id=case.shop_id if case is not None else evidence[0].shop_id if evidence else None,
        agent_id=agent.id,
        coach_id=actor.id,
        case_id=case.id if case is not None else None,
        template_id=template.id,
        title=title.strip()[:100] or template.title,
        confidential=confidential,
        state=SessionState.PLANNED,
        planned_at=planned_at,
        notes=[{"title": each["title"], "hint": each.get("hint", ""), "text": ""} for each in template.sections],
        created_by_id=actor.id,
        created_at=at,
        evidence=list(evidence),
    )
    session.coach, session.agent = actor, agent
    db.session.add(session)
    db.session.flush()
    tell_planned(session, at)
    return session


def _check_subject(actor: Person, agent_id: int, evidence: Sequence[Finding], case: RemedialCase | None) -> None:
    require_visible(all(each.agent_id == agent_id and can_see_shop(actor, each.shop_id) for each in evidence))
    if case is not None:
        require_visible(case.agent_id == agent_id and can_see_shop(actor, case.shop_id))
        if case.state not in OPEN_STATES:
            raise SessionError(_("这次补训已经结束，不能再关联。"))


def _check_time(planned_at: datetime, at: datetime) -> None:
    if abs(planned_at - at) > FAR:
        raise SessionError(_("面谈时间离今天太远，请检查年份。"), where=_("面谈时间"))


def change_session(
    *,
    actor: Person,
    session: CoachingSession,
    title: str,
    planned_at: datetime,
    confidential: bool,
    evidence: Sequence[Finding],
    at: datetime,
) -> CoachingSession:
    """Move or rename a session, or make it confidential: the agent relies on that, so it is never taken back."""
    session = _writable(actor, session)
    if session.confidential and not confidential:
        raise SessionError(_("保密的面谈不能改成公开。"), hint=_("需要公开的内容，请另约一次面谈。"))
    _check_subject(actor, session.agent_id, evidence, None)
    if planned_at != session.planned_at:
        _check_time(planned_at, at)
    moved = planned_at != session.planned_at and session.state is SessionState.PLANNED
    session.title, session.planned_at, session.confidential = title.strip()[:100], planned_at, confidential
    session.evidence = list(evidence)
    session.rev += 1
    db.session.flush()
    if moved:
        tell_planned(session, at)
    return session


def _writable(actor: Person, session: CoachingSession) -> CoachingSession:
    """The session as it stands now, when the actor may write; SessionChanged when somebody signed meanwhile."""
    require_visible(can_see_session(actor, session))
    session = locked(session.id)
    if actor.id == session.coach_id and is_frozen(session):
        raise SessionChanged(_("已经有人签字，内容不能再改。"), hint=_("有新的约定，请另约一次面谈。"))
    require_visible(can_write(actor, session))
    return session


def save_draft(
    *, actor: Person, session: CoachingSession, rev: int, notes: Sequence[str], plan: Sequence[PlanLine]
) -> CoachingSession:
    """Keep what the coach has written so far, a text for each section. ``rev`` is what the page was shown with.

    Raises SessionChanged when another page of the coach has saved since: nothing is overwritten unseen.
    """
    session = _writable(actor, session)
    if rev != session.rev:
        raise SessionChanged(
            _("这份记录在别的页面改过了，这里的内容没有保存。"), hint=_("请先复制您刚写的内容，再刷新页面。")
        )
    if len(notes) != len(session.notes):
        raise SessionError(_("记录的段落和模板对不上。"), hint=_("请刷新页面。"))
    lines = [PlanLine(line.text.strip()[:PLAN_LENGTH], line.due_on) for line in plan if line.text.strip()]
    if len(lines) > PLAN_MOST:
        raise SessionError(_("辅导计划最多 %(most)s 条。", most=PLAN_MOST))
    session.notes = [
        note | {"text": text.strip()[:NOTE_LENGTH]} for note, text in zip(session.notes, notes, strict=True)
    ]
    for item, line in zip(session.plan, lines, strict=False):
        item.text, item.due_on = line.text, line.due_on
    del session.plan[len(lines) :]
    session.plan += [PlanItem(text=line.text, due_on=line.due_on) for line in lines[len(session.plan) :]]
    session.rev += 1
    db.session.flush()
    return session


def hold_session(*, actor: Person, session: CoachingSession, at: datetime) -> CoachingSession:
    """It took place; both are to sign now. At least one section must say something."""
    session = _writable(actor, session)
    if session.state is SessionState.HELD:
        return session
    if not any(note["text"] for note in session.notes):
        raise SessionError(_("请先写下面谈记录，至少一段。"))
    session.state, session.held_at = SessionState.HELD, at
    db.session.flush()
    tell_to_sign(session, at)
    return session


def cancel_session(*, actor: Person, session: CoachingSession, at: datetime) -> None:
    """Call off what has not been held."""
    session = _writable(actor, session)
    if session.state is not SessionState.PLANNED:
        raise SessionError(_("面谈已经进行，不能取消。"))
    session.state = SessionState.CANCELLED
    db.session.flush()
    tell_cancelled(session, at)


# --- signing -------------------------------------------------------------------------------------------------------


def agreed_of(session: CoachingSession) -> Agreed:
    """What a signature of the session holds."""
    return Agreed(
        session_id=session.id,
        coach_id=session.coach_id,
        agent_id=session.agent_id,
        title=session.title,
        notes=tuple((note["title"], note["text"]) for note in session.notes),
        plan=tuple((item.text, item.due_on) for item in session.plan),
        evidence=tuple(finding.id for finding in session.evidence),
    )


def intact(session: CoachingSession) -> bool:
    """Whether what stands there is what was signed."""
    return is_intact(digest(agreed_of(session)), (signature.digest for signature in session.signatures))


def sign_session(*, actor: Person, session: CoachingSession, seen: str, at: datetime) -> CoachingSession:
    """Sign what one has read: ``seen`` is the digest that the page was shown with. A second signature changes nothing.

    The signature of the second of the two ends the session, and signs off the case that it belongs to where that
    waits for help other than a lesson. Raises SessionChanged when the text changed since it was shown.
    """
    require_visible(can_see_session(actor, session) and is_one_of_two(actor, session))
    session = locked(session.id)
    if has_signed(actor, session):
        return session
    if not can_sign(actor, session):
        raise SessionError(_("面谈还没有进行，不能签字。"))
    now_there = digest(agreed_of(session))
    if seen != now_there or not intact(session):
        raise SessionChanged(_("内容在您打开页面之后改过。"), hint=_("请重新看一遍再签字。"))
    session.signatures.append(CoachingSignature(person_id=actor.id, digest=now_there, at=at))
    if len(session.signatures) == 2:
        session.state, session.signed_at = SessionState.SIGNED, at
    db.session.flush()
    if session.state is SessionState.SIGNED:
        tell_signed(session, at)
        _sign_off_case(session, at)
    elif actor.id == session.coach_id:
        tell_to_sign(session, at)
    return session


def _sign_off_case(session: CoachingSession, at: datetime) -> None:
    """The help that a case waited for was given. Its log says nothing of a confidential session."""
    case = session.case
    if case is None or case.state is not CaseState.TRAINING or case.help is Help.LESSON:
        return
    if not can_steer_case(session.coach, case):
        return
    note = _("已按计划给予帮助") if session.confidential else _("面谈“%(title)s”双方已签字", title=session.title)
    sign_off(actor=session.coach, case=case, note=note, at=at)


# --- afterwards ----------------------------------------------------------------------------------------------------


def rate_session(*, actor: Person, session: CoachingSession, rating: int, note: str) -> None:
    """The coached one says how helpful it was, 1–5, once."""
    require_visible(can_see_session(actor, session) and actor.id == session.agent_id)
    session = locked(session.id)
    if not can_rate(actor, session):
        raise SessionError(_("签字之后才能评分，而且只能评一次。"))
    if not 1 <= rating <= 5:
        raise SessionError(_("请选 1 到 5 分。"))
    session.rating, session.rating_note = rating, note.strip()[:500]
    db.session.flush()


def tick_item(*, actor: Person, session: CoachingSession, item_id: int, done: bool, at: datetime) -> None:
    """One of the two says that something agreed on was done, or that it was not after all."""
    require_visible(can_see_session(actor, session) and is_one_of_two(actor, session))
    item = next((each for each in session.plan if each.id == item_id), None)
    require_visible(item is not None)
    assert item is not None
    if not is_frozen(session):
        raise SessionError(_("签字之后才能勾选完成。"))
    item.done_at = (item.done_at or at) if done else None
    item.done_by_id = (item.done_by_id or actor.id) if done else None
    db.session.flush()
