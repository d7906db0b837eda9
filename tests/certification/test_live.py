"""Who is live: the rule by a table, then signatures, scope, gates and the two exports."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.certification.end_services import revoke
from lms.certification.enums import CertificateState as S
from lms.certification.enums import Level, RequirementKind, Signer, Verdict
from lms.certification.exporters import missing_rows, roster_rows
from lms.certification.live_models import LiveGate, LiveSignOff
from lms.certification.live_queries import LiveFilter, can_see_live, in_scope, is_live, live_list, live_row
from lms.certification.live_rules import Bar, Facts, Requirement, SignOff, bars_for, live_status
from lms.certification.live_services import LiveError, archive_gate, save_gate, set_level, sign_off, signs_as
from lms.certification.models import CertificateType
from lms.certification.starter import LEAD_TRIAL, SUPERVISOR, load_starter
from lms.inbox.models import Notification
from lms.kernel.errors import Forbidden, NotFound
from lms.people.models import Person
from lms.posts.models import PersonPost, Post
from tests.certification.conftest import AT
from tests.certification.test_issuing import earn
from tests.conftest import Cast
from tests.factories import make_activity, save

CERT = Requirement("c", RequirementKind.CERTIFICATE, "上岗证", 1)
EXAM = Requirement("a", RequirementKind.ACTIVITY, "客诉考试", 7)
NEW = Bar(1, None, None, Level.NEW, (CERT, EXAM, LEAD_TRIAL))
YES, NO = SignOff(Verdict.PASSED, "李组长", AT), SignOff(Verdict.REFUSED, "李组长", AT, "语气生硬")


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        (Facts(), ["上岗证", "客诉考试", "组长试岗签字"]),
        (Facts({1: S.VALID}, {7}, {"lead-trial": YES}), []),
        (Facts({1: S.EXPIRED}, {7}, {"lead-trial": YES}), ["上岗证"]),
        (Facts({1: S.REVOKED}, {7}, {"lead-trial": YES}), ["上岗证"]),
        (Facts({2: S.VALID}, {7}, {"lead-trial": YES}), ["上岗证"]),  # another certificate
        (Facts({1: S.VALID}, {8}, {"lead-trial": YES}), ["客诉考试"]),
        (Facts({1: S.VALID}, {7}, {"lead-trial": NO}), ["组长试岗签字"]),
        (Facts({1: S.VALID}, {7}, {"other": YES}), ["组长试岗签字"]),
    ],
)
def test_live_needs_every_line(facts: Facts, missing: list[str]) -> None:
    status = live_status([NEW], facts)
    assert ([line.requirement.text for line in status.missing], status.live) == (missing, not missing)


def test_without_a_bar_nobody_is_live_and_shared_lines_count_once() -> None:
    assert not live_status([], Facts()).live
    senior = Bar(2, None, None, Level.SENIOR, (LEAD_TRIAL,))
    assert len(live_status([NEW, senior], Facts()).lines) == 3


def test_the_nearest_bar_applies() -> None:
    def bar(n: int, shop: int | None, post: int | None, level: Level = Level.NEW) -> Bar:
        return Bar(n, shop, post, level, (CERT,))

    bars = [
        bar(1, None, None),
        bar(2, 5, None),
        bar(3, None, 9),
        bar(4, 5, 9),
        bar(5, 6, 9),
        bar(6, None, None, Level.SENIOR),
    ]

    def ids(level: Level, posts: list[int], shops: set[int]) -> list[int]:
        return [each.id for each in bars_for(level, posts, shops, bars)]

    assert ids(Level.NEW, [], set()) == [1]
    assert ids(Level.NEW, [], {5}) == [2]  # the shop's own
    assert ids(Level.NEW, [9], {7}) == [3]  # the post's own
    assert ids(Level.NEW, [9], {5, 6}) == [4, 5]  # both shops served
    assert ids(Level.NEW, [9, 8], {7}) == [3, 1]  # a bar for each post
    assert ids(Level.SENIOR, [9], {5}) == [6]
    assert [b.id for b in bars_for(Level.SENIOR, [9], {5}, bars[:5])] == [4]  # no senior bar: the new hires' one


@pytest.fixture
def gate(cast: Cast, kind: CertificateType) -> LiveGate:
    lines = [Requirement("c", RequirementKind.CERTIFICATE, "上岗证", kind.id), LEAD_TRIAL, SUPERVISOR]
    return save(LiveGate(level=Level.NEW, requirements=[line.as_json() for line in lines], updated_at=AT))


def sign(
    actor: Person, person: Person, key: str = "lead-trial", verdict: Verdict = Verdict.PASSED, note: str = ""
) -> None:
    sign_off(actor=actor, person=person, key=key, verdict=verdict, note=note or "跟岗 20 通", at=AT)


def test_a_missing_sign_off_keeps_somebody_from_being_live(
    cast: Cast, kind: CertificateType, gate: LiveGate, session: scoped_session
) -> None:
    certificate = earn(cast.agent, kind)
    assert not is_live(cast.agent, AT)
    sign(cast.lead, cast.agent)
    assert [line.requirement.text for line in live_row(cast.agent, AT).status.missing] == ["主管确认上岗"]
    sign(cast.supervisor, cast.agent, "supervisor-confirm")
    assert is_live(cast.agent, AT)
    titles = [n.title for n in session.scalars(select(Notification).where(Notification.kind == "live_sign_off"))]
    assert titles == ["“组长试岗签字”已签字", "您已上岗"]
    assert certificate.expires_at is not None
    assert not is_live(cast.agent, certificate.expires_at)  # over, and off the roster
    sign_off(actor=cast.lead, person=cast.agent, key="lead-trial", verdict=Verdict.REFUSED, note="语气生硬", at=AT)
    assert not is_live(cast.agent, AT)  # the latest word counts
    sign(cast.lead, cast.agent)
    revoke(actor=cast.supervisor, certificate=certificate, reason="代考", at=AT + timedelta(days=1))
    assert is_live(cast.agent, AT) and not is_live(cast.agent, AT + timedelta(days=1))
    assert len(session.scalars(select(LiveSignOff)).all()) == 4


def test_who_signs_for_whom(cast: Cast, gate: LiveGate) -> None:
    assert signs_as(cast.lead, cast.agent, Signer.LEAD) and not signs_as(cast.lead, cast.agent, Signer.SUPERVISOR)
    assert signs_as(cast.supervisor, cast.agent, Signer.LEAD)  # stands in
    assert not signs_as(cast.lead, cast.lead, Signer.LEAD) and not signs_as(cast.trainer, cast.agent, Signer.LEAD)
    assert not signs_as(cast.lead, cast.agent2, Signer.LEAD)  # another team
    for actor, person, key, error in [
        (cast.lead, cast.agent, "supervisor-confirm", Forbidden),
        (cast.agent, cast.agent, "lead-trial", Forbidden),
        (cast.trainer, cast.agent, "lead-trial", Forbidden),
        (cast.lead, cast.agent2, "lead-trial", NotFound),
        (cast.other_lead, cast.agent, "lead-trial", NotFound),
        (cast.lead, cast.agent, "no-such-key", NotFound),
        (cast.supervisor, cast.supervisor, "lead-trial", Forbidden),
    ]:
        with pytest.raises(error):
            sign(actor, person, key)
    with pytest.raises(LiveError):
        sign_off(actor=cast.lead, person=cast.agent, key="lead-trial", verdict=Verdict.REFUSED, note=" ", at=AT)


def test_old_hands_have_another_bar(cast: Cast, gate: LiveGate) -> None:
    save(LiveGate(level=Level.SENIOR, requirements=[LEAD_TRIAL.as_json()], updated_at=AT))
    sign(cast.lead, cast.agent)
    assert not is_live(cast.agent, AT)
    with pytest.raises(Forbidden):
        set_level(actor=cast.lead, person=cast.agent, level=Level.SENIOR, at=AT)
    assert set_level(actor=cast.supervisor, person=cast.agent, level=Level.SENIOR, at=AT)
    assert not set_level(actor=cast.supervisor, person=cast.agent, level=Level.SENIOR, at=AT)
    assert is_live(cast.agent, AT)


def test_lists_exports_and_scope(cast: Cast, kind: CertificateType, gate: LiveGate, session: scoped_session) -> None:
    post = save(Post(name="售前"))
    save(PersonPost(person_id=cast.agent.id, post_id=post.id, main=True))
    number = earn(cast.agent, kind).number
    sign(cast.lead, cast.agent)
    sign(cast.supervisor, cast.agent, "supervisor-confirm")
    for viewer in cast.people().values():
        listed = set(session.scalars(select(Person.id).where(in_scope(viewer))))
        agents = (cast.agent, cast.agent2, cast.other_agent)
        assert listed == {person.id for person in agents if can_see_live(viewer, person)}
    found = live_list(cast.supervisor, LiveFilter(), AT)
    assert (found.total, found.live, found.posts) == (2, 1, [(post.id, "售前")])
    assert [r.person.id for r in live_list(cast.supervisor, LiveFilter(state="live"), AT).rows] == [cast.agent.id]
    assert [r.person.id for r in live_list(cast.supervisor, LiveFilter(post_id=post.id), AT).rows] == [cast.agent.id]
    (roster,) = roster_rows(live_list(cast.supervisor, LiveFilter(state="live"), AT).rows)
    assert roster[:5] == ["agent", "安小客", "甲客服部/甲A组", "售前", number] and str(roster[5]) == "2027-03-02"
    missing = {row[0]: (row[5], row[6]) for row in missing_rows(found.rows)}
    assert missing == {"agent": ("已上岗", ""), "agent2": ("试岗中", "上岗证、组长试岗签字、主管确认上岗")}


def test_editing_a_gate(cast: Cast, kind: CertificateType, gate: LiveGate) -> None:
    line = Requirement("", RequirementKind.SIGN_OFF, "跟岗接待 20 通", signer=Signer.LEAD)
    same = Requirement("", RequirementKind.SIGN_OFF, "组长试岗签字", signer=Signer.LEAD)

    def save_for(actor: Person, *lines: Requirement, level: Level = Level.NEW, everybody: bool = False) -> LiveGate:
        shop = None if everybody else cast.shop.id
        return save_gate(actor=actor, gate=None, shop_id=shop, post_id=None, level=level, requirements=lines, at=AT)

    made = save_for(cast.trainer, line, same)
    keys = [kept["key"] for kept in made.requirements]
    assert keys[0].startswith("s-") and keys[1] == "lead-trial"  # the same words: the same signature
    sign(cast.lead, cast.agent, keys[0])
    edited = Requirement(keys[0], RequirementKind.SIGN_OFF, "跟岗接待 30 通", signer=Signer.LEAD)
    save_gate(actor=cast.trainer, gate=made, shop_id=None, post_id=None, level=Level.NEW, requirements=[edited], at=AT)
    assert is_live(cast.agent, AT) and made.version == 2
    with pytest.raises(LiveError):
        save_for(cast.trainer, line)  # there is one already
    with pytest.raises(LiveError):
        save_for(cast.trainer, level=Level.SENIOR)  # asks for nothing
    with pytest.raises(Forbidden):
        save_for(cast.trainer, line, everybody=True)  # everybody's: the administrators'
    with pytest.raises(NotFound):
        save_for(cast.other_trainer, line, level=Level.SENIOR)
    foreign = make_activity("乙店课", shop=cast.other_shop)
    with pytest.raises(LiveError):
        save_for(cast.admin, Requirement("", RequirementKind.ACTIVITY, "", foreign.id), level=Level.SENIOR)
    archive_gate(actor=cast.trainer, gate=made, at=AT)
    assert not is_live(cast.agent, AT)


def test_what_ships(cast: Cast, session: scoped_session) -> None:
    assert load_starter(at=AT) is None  # no programme yet
    programme, exam = make_activity("新客服入职周", kind="programme"), make_activity("入职认证考试", kind="quiz")
    programme.slug, exam.slug = "programme:onboarding-week", "quiz:onboarding-exam"
    assert load_starter(at=AT) is not None and load_starter(at=AT) is None
    kind = session.scalars(select(CertificateType)).one()
    assert (kind.title, kind.renewal_activity_id, kind.validity_days) == ("上岗证", exam.id, 365)
    bars = {gate.level: [kept["text"] for kept in gate.requirements] for gate in session.scalars(select(LiveGate))}
    assert bars == {Level.NEW: ["上岗证", "组长试岗签字", "主管确认上岗"], Level.SENIOR: ["组长试岗签字"]}
    with pytest.raises(LiveError):
        archive_gate(actor=cast.admin, gate=session.scalars(select(LiveGate)).first(), at=AT)  # type: ignore[arg-type]
