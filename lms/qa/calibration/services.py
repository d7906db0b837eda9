"""Making a round, scoring blind, closing it, and taking the queue from whoever agrees too little.

Nothing here writes an evaluation, a line or a standing: live scores stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from lms.inbox.services import notify
from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError
from lms.kernel.jobs import enqueue
from lms.people.models import Person, Shop
from lms.people.rules import can_see_shop, has_permission, require_visible
from lms.qa.calibration.models import Calibration, CalibrationChat, CalibrationRater, CalibrationScore
from lms.qa.calibration.queries import HALF_A_YEAR, agents_of_chats, closed_since, given_in
from lms.qa.calibration.results import pairs_with_others, standing_of, work_out
from lms.qa.calibration.rules import can_organise, can_rate
from lms.qa.enums import CalibrationKind, CalibrationState, EntryState
from lms.qa.evaluations.models import Evaluation
from lms.qa.permissions import Q
from lms.qa.sampling.models import QueueEntry, Reviewer
from lms.qa.scorecards.definition import Definition
from lms.qa.scorecards.models import ScorecardVersion

MOST_CHATS, MOST_RATERS = 100, 20
RESULTS_JOB = "qa.calibration.results"


class CalibrationError(DomainError):
    """A round or a scoring that can't be taken like this."""


class RoundClosed(Conflict):
    """The round is over."""


def create_shared(
    *,
    actor: Person,
    shop: Shop,
    title: str,
    version: ScorecardVersion,
    conversation_ids: Sequence[int],
    raters: Sequence[Person],
    at: datetime,
    due_at: datetime | None = None,
) -> Calibration:
    """Several people score the same chats, and are told so. Raises CalibrationError with what is wrong."""
    _may_organise(actor, shop)
    served_by = agents_of_chats(shop.id, conversation_ids)
    foreign = [ident for ident in conversation_ids if ident not in served_by]
    if foreign:
        raise CalibrationError(
            _("这些会话不在本店，或者还不知道由谁接待。"), where="、".join(str(ident) for ident in foreign[:5])
        )
    if len(raters) < 2:
        raise CalibrationError(_("至少选两位评分人，才能比较。"))
    own = [person.name for person in raters if person.id in served_by.values()]
    if own:
        raise CalibrationError(
            _("评分人不能评自己接待的会话。"), where="、".join(own), hint=_("换一位评分人，或换几通会话。")
        )
    chats = {ident: None for ident in conversation_ids}
    return _create(actor, shop, CalibrationKind.SHARED, title, version, chats, raters, at, due_at)


def create_regrade(
    *,
    actor: Person,
    shop: Shop,
    title: str,
    evaluations: Sequence[Evaluation],
    raters: Sequence[Person],
    at: datetime,
    due_at: datetime | None = None,
) -> Calibration:
    """Others score again, blind, what one evaluator has scored. All evaluations are of one version and evaluator."""
    _may_organise(actor, shop)
    if not evaluations:
        raise CalibrationError(_("这位评分人近期没有可以复评的质检单。"))
    if not raters:
        raise CalibrationError(_("请选至少一位复评人。"))
    people = {person.id for person in raters}
    if any(one.evaluator_id in people or one.agent_id in people for one in evaluations):
        raise CalibrationError(_("复评人不能是原评分人，也不能是会话的客服。"))
    if len({(one.version_id, one.evaluator_id, one.shop_id) for one in evaluations}) > 1:
        raise CalibrationError(_("一次只复评一个人、一个评分表版本的质检单。"))
    chats = {one.conversation_id: one.id for one in evaluations if one.conversation_id is not None}
    version = db.session.get_one(ScorecardVersion, evaluations[0].version_id)
    return _create(actor, shop, CalibrationKind.REGRADE, title, version, chats, raters, at, due_at)


def _may_organise(actor: Person, shop: Shop) -> None:
    require_visible(has_permission(actor, Q.CALIBRATION_MANAGE) and can_see_shop(actor, shop.id))


def _create(
    actor: Person,
    shop: Shop,
    kind: CalibrationKind,
    title: str,
    version: ScorecardVersion,
    chats: Mapping[int, int | None],
    raters: Sequence[Person],
    at: datetime,
    due_at: datetime | None,
) -> Calibration:
    if not title.strip():
        raise CalibrationError(_("请填写名称。"))
    if not chats:
        raise CalibrationError(_("没有选到会话。"), hint=_("放宽条件，或者先导入更多会话。"))
    if len(chats) > MOST_CHATS or len(raters) > MOST_RATERS:
        most = {"chats": MOST_CHATS, "people": MOST_RATERS}
        raise CalibrationError(_("一次最多 %(chats)s 通会话、%(people)s 位评分人。", **most))
    if any(not can_see_shop(person, shop.id) for person in raters):
        raise CalibrationError(_("有评分人不服务这家店铺。"))
    calibration = Calibration(
        shop_id=shop.id,
        version_id=version.id,
        kind=kind,
        title=title.strip()[:100],
        due_at=due_at,
        created_by_id=actor.id,
        created_at=at,
        chats=[CalibrationChat(conversation_id=chat, evaluation_id=live) for chat, live in sorted(chats.items())],
        raters=[CalibrationRater(person_id=person.id) for person in raters],
    )
    db.session.add(calibration)
    db.session.flush()
    notify(
        people=[person.id for person in raters],
        kind="qa",
        key=f"calibration-{calibration.id}",
        title=_("请参加校准：%(title)s", title=calibration.title),
        body=_("共 %(n)s 通会话，请独立评分；结束前谁也看不到别人的分数。", n=len(chats)),
        url=f"/qa/calibration/{calibration.id}",
        at=at,
    )
    return calibration


def score_chat(
    *,
    actor: Person,
    calibration: Calibration,
    chat: CalibrationChat,
    values: Mapping[int, int | None],
    at: datetime,
    comments: Mapping[int, str] | None = None,
) -> None:
    """Keep what a rater gives a chat: a value for every criterion, None = does not apply. It can't be changed later.

    Raises RoundClosed, and CalibrationError for what is missing or was scored before.
    """
    require_visible(chat.calibration_id == calibration.id)
    if calibration.state is CalibrationState.CLOSED:
        raise RoundClosed(_("这一轮校准已经结束，不能再评分。"))
    require_visible(can_rate(actor, calibration))
    rater = next(one for one in calibration.raters if one.person_id == actor.id)
    known = select(CalibrationScore.id).where(
        CalibrationScore.rater_id == rater.id, CalibrationScore.chat_id == chat.id
    )
    if db.session.scalar(known.limit(1)) is not None:
        raise CalibrationError(_("这通会话您已经评过了。"))
    specs = Definition.from_json(calibration.version.definition).by_id()
    lacking = [spec.name for ident, spec in specs.items() if ident not in values]
    if lacking:
        raise CalibrationError(_("还有评分项没有评。"), where="、".join(lacking[:5]))
    for ident, spec in specs.items():
        value = values[ident]
        if value is None and not spec.na_allowed:
            raise CalibrationError(_("这一项不能选“不适用”。"), where=spec.name)
        if value is not None and not 0 <= value <= spec.top:
            raise CalibrationError(_("这一项的分数超出了范围。"), where=spec.name)
    db.session.add_all(
        CalibrationScore(
            chat_id=chat.id,
            rater_id=rater.id,
            criterion_id=ident,
            value=values[ident],
            top=spec.top,
            comment=(comments or {}).get(ident, "").strip()[:500],
            at=at,
        )
        for ident, spec in specs.items()
    )
    db.session.flush()


def close(*, actor: Person, calibration: Calibration, at: datetime) -> None:
    """End the round: from now on scores can be compared and not given. A job works out the agreement."""
    require_visible(can_organise(actor, calibration))
    if calibration.state is CalibrationState.CLOSED:
        return
    calibration.state, calibration.closed_at = CalibrationState.CLOSED, at
    db.session.flush()
    enqueue(RESULTS_JOB, actor_id=actor.id, calibration_id=calibration.id)


def compute_results(*, calibration: Calibration) -> None:
    """Work out the agreement of a closed round and keep it. Needs SciPy and krippendorff: for jobs, not for pages."""
    assert calibration.closed_at is not None
    rounds = [
        one
        for one in closed_since(calibration.shop_id, calibration.closed_at - HALF_A_YEAR)
        if one.closed_at is not None and one.closed_at <= calibration.closed_at
    ]
    given = given_in(rounds)
    told = [pairs_with_others(given[one.id], one.kind) for one in rounds]
    own = pairs_with_others(given[calibration.id], calibration.kind)
    standings = {person_id: standing_of([pairs.get(person_id, []) for pairs in told]) for person_id in own}
    criteria = list(Definition.from_json(calibration.version.definition).by_id())
    calibration.results = work_out(given[calibration.id], criteria, standings).to_json()
    db.session.flush()


# --- the queue -----------------------------------------------------------------------------------------------------


def suspend_reviewer(*, actor: Person, shop: Shop, person: Person, reason: str, at: datetime) -> Reviewer:
    """Take the shop's queue from somebody until it is given back: no more chats, and the claimed ones go back."""
    _may_organise(actor, shop)
    require_visible(can_see_shop(person, shop.id))
    if person.id == actor.id:
        raise CalibrationError(_("不能暂停自己。"))
    if not reason.strip():
        raise CalibrationError(_("请写明暂停的原因，对方会看到。"))
    reviewer = _line_of(person, shop)
    if reviewer is None:
        reviewer = Reviewer(shop_id=shop.id, person_id=person.id, added_by_id=actor.id, added_at=at)
        db.session.add(reviewer)
    reviewer.suspended_at, reviewer.suspended_reason = at, reason.strip()[:300]
    db.session.execute(
        update(QueueEntry)
        .where(
            QueueEntry.shop_id == shop.id,
            QueueEntry.reviewer_id == person.id,
            QueueEntry.state == EntryState.CLAIMED,
        )
        .values(state=EntryState.WAITING, reviewer_id=None, claimed_at=None)
    )
    db.session.flush()
    notify(
        people=[person.id],
        kind="qa",
        key=f"reviewer-suspended-{reviewer.id}-{at.isoformat()}",
        title=_("您在%(shop)s的质检评分已暂停", shop=shop.name),
        body=reviewer.suspended_reason,
        at=at,
    )
    return reviewer


def restore_reviewer(*, actor: Person, shop: Shop, person: Person, at: datetime) -> None:
    """Give the queue back."""
    _may_organise(actor, shop)
    reviewer = _line_of(person, shop)
    if reviewer is None or reviewer.suspended_at is None:
        return
    if person.id == actor.id:
        raise CalibrationError(_("不能恢复自己。"))
    reviewer.suspended_at, reviewer.suspended_reason = None, ""
    db.session.flush()
    notify(
        people=[person.id],
        kind="qa",
        key=f"reviewer-restored-{reviewer.id}-{at.isoformat()}",
        title=_("您在%(shop)s的质检评分已恢复", shop=shop.name),
        at=at,
    )


def _line_of(person: Person, shop: Shop) -> Reviewer | None:
    return db.session.scalars(
        select(Reviewer).where(Reviewer.shop_id == shop.id, Reviewer.person_id == person.id)
    ).one_or_none()
