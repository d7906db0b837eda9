"""Reminders, renewals, lapses and revocations, with a clock that the tests turn."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.certification.end_services import remind_and_lapse, revoke
from lms.certification.enums import CertificateState, EventKind
from lms.certification.issue_services import CertificateError, issue_anew
from lms.certification.models import Certificate, CertificateType
from lms.certification.queries import CertificateFilter, certificates_seen_by, in_state
from lms.inbox.models import Notification
from lms.kernel.clock import from_local
from lms.kernel.db import db
from lms.kernel.errors import Forbidden, NotFound
from lms.learning.enums import AssignmentReason, AssignmentState
from lms.learning.models import Assignment
from tests.certification.conftest import AT, make_type, passed
from tests.certification.test_issuing import Told, certificates, earn, told
from tests.conftest import Cast

__all__ = ["told"]

END = from_local(datetime(2027, 3, 3))  # issued on 2 March 2026: 2 March 2027 is the last day


def kinds(certificate: Certificate) -> list[str]:
    db.session.expire(certificate)
    return [str(event.kind) for event in certificate.events]


def messages(cast: Cast) -> Counter[str]:
    query = select(Notification.kind).where(
        Notification.person_id == cast.agent.id, Notification.kind.startswith("certificate")
    )
    return Counter(db.session.scalars(query))


def tasks(cast: Cast) -> list[Assignment]:
    return list(db.session.scalars(select(Assignment).where(Assignment.person_id == cast.agent.id)))


def run(since: datetime, until: datetime, step: timedelta) -> None:
    while since < until:
        remind_and_lapse(at=since)
        since += step


def test_a_year_run_every_hour_sends_three_reminders(cast: Cast, kind: CertificateType, told: Told) -> None:
    made = earn(cast.agent, kind)
    assert made.expires_at == END
    # Hour by hour where something may happen, in longer steps where a run finds nothing due.
    run(AT, END - timedelta(days=33), timedelta(days=20))
    assert kinds(made) == ["issued"]
    for first, last, hours in ((33, 29, 1), (29, 9, 12), (9, 6, 1), (6, 3, 12), (3, -2, 1)):
        run(END - timedelta(days=first), END - timedelta(days=last), timedelta(hours=hours))
    assert kinds(made) == ["issued", "reminded_30", "reminded_7", "reminded_1", "lapsed"]
    assert messages(cast) == {"certificate_issued": 1, "certificate_reminder": 3, "certificate_lapsed": 1}
    assert [event.at for event in made.events[1:]] == [
        from_local(datetime(2027, 1, 31, 9)),
        from_local(datetime(2027, 2, 23, 9)),
        from_local(datetime(2027, 3, 1, 9)),
        END,
    ]
    assert told.ended == [made.number]
    (task,) = tasks(cast)
    assert (task.reason, task.assigned_by_id) == (AssignmentReason.RECERTIFICATION, None)
    assert task.due_at == END - timedelta(minutes=1)


@pytest.mark.parametrize("hours", [0, 37, 61])
def test_a_year_run_every_three_days_sends_three_reminders(cast: Cast, kind: CertificateType, hours: int) -> None:
    made = earn(cast.agent, kind)
    run(AT + timedelta(hours=hours), END + timedelta(days=40), timedelta(days=3))
    found = kinds(made)
    assert found == ["issued", "reminded_30", "reminded_7", "reminded_1", "lapsed"]
    told = messages(cast)
    late = next(event for event in made.events if event.kind is EventKind.REMINDED_1).late
    # A last reminder that came after the end says so itself: no second message for the lapse.
    assert (told["certificate_reminder"], told["certificate_lapsed"]) == (3, 0 if late else 1)


def test_a_server_that_was_off_sends_one_message(cast: Cast, kind: CertificateType) -> None:
    made = earn(cast.agent, kind)
    remind_and_lapse(at=END - timedelta(days=5))
    assert kinds(made) == ["issued", "reminded_7"] and len(tasks(cast)) == 1
    remind_and_lapse(at=END - timedelta(days=5))
    assert messages(cast)["certificate_reminder"] == 1


def test_an_early_renewal_goes_on_from_the_old_end_and_stops_the_reminders(
    cast: Cast, kind: CertificateType, told: Told
) -> None:
    old = earn(cast.agent, kind)
    remind_and_lapse(at=END - timedelta(days=20))
    exam = kind.renewal_activity
    assert exam is not None
    passed(cast.agent, exam, END - timedelta(days=40), score=1.0)  # too early to count
    assert len(certificates(cast.agent)) == 1
    passed(cast.agent, exam, END - timedelta(days=10))
    new = certificates(cast.agent)[-1]
    assert (new.renews_id, new.valid_from, new.sequence) == (old.id, END, 2)
    assert new.expires_at == from_local(datetime(2028, 3, 2))
    assert tasks(cast)[0].state is AssignmentState.DONE
    run(END - timedelta(days=9), END + timedelta(days=3), timedelta(hours=12))
    assert kinds(old) == ["issued", "reminded_30", "renewed"] and told.ended == []


def test_a_late_renewal_is_recorded_as_such(cast: Cast, kind: CertificateType) -> None:
    old = earn(cast.agent, kind)
    run(END - timedelta(days=31), END + timedelta(days=1), timedelta(days=1))
    late = END + timedelta(days=12)
    assert kind.renewal_activity is not None
    passed(cast.agent, kind.renewal_activity, late)
    new = certificates(cast.agent)[-1]
    assert (new.renews_id, new.valid_from) == (old.id, late)
    assert kinds(old)[-2:] == ["lapsed", "late_renewal"] and old.events[-1].note == new.number


def test_without_a_renewal_activity_everything_is_passed_again(cast: Cast) -> None:
    kind = make_type(cast, exam=False)
    earn(cast.agent, kind)
    remind_and_lapse(at=END - timedelta(days=20))
    assert tasks(cast) == []
    passed(cast.agent, kind.requirements[0].activity, END - timedelta(days=3))
    assert len(certificates(cast.agent)) == 2


def test_who_left_is_not_reminded_but_the_certificate_lapses(cast: Cast, kind: CertificateType) -> None:
    made = earn(cast.agent, kind)
    cast.agent.active = False
    run(END - timedelta(days=31), END + timedelta(days=2), timedelta(days=1))
    assert kinds(made) == ["issued", "lapsed"] and messages(cast) == {"certificate_issued": 1}


def test_revoking_ends_what_is_valid_for_good(cast: Cast, kind: CertificateType, told: Told) -> None:
    old = earn(cast.agent, kind)
    remind_and_lapse(at=END - timedelta(days=29))
    at = END - timedelta(days=10)
    assert revoke(actor=cast.supervisor, certificate=old, reason="  代考，  已核实 ", at=at) == [old]
    assert old.state(at) is CertificateState.REVOKED and old.revoke_reason == "代考， 已核实"
    assert revoke(actor=cast.admin, certificate=old, reason="又一次", at=at) == [] and told.ended == [old.number]
    note = db.session.scalars(select(Notification).where(Notification.kind == "certificate_revoked")).one()
    assert note.person_id == cast.agent.id and "代考" in note.body
    assert [task.state for task in tasks(cast)] == [AssignmentState.CANCELLED]
    run(at, END + timedelta(days=2), timedelta(days=1))
    assert kinds(old) == ["issued", "reminded_30", "revoked"]
    # What was passed before proves nothing any more; everything anew does.
    exam = kind.renewal_activity
    assert exam is not None
    passed(cast.agent, exam, at + timedelta(days=1))
    assert len(certificates(cast.agent)) == 1
    passed(cast.agent, kind.requirements[0].activity, at + timedelta(days=2))
    new = certificates(cast.agent)[-1]
    assert new.sequence == 2 and new.renews_id is None and new.state(at + timedelta(days=3)) is CertificateState.VALID


def test_issuing_anew_is_somebodys_word(cast: Cast, kind: CertificateType) -> None:
    old, at = earn(cast.agent, kind), AT + timedelta(days=9)
    with pytest.raises(CertificateError):
        issue_anew(actor=cast.supervisor, certificate=old, at=at)  # not revoked
    revoke(actor=cast.supervisor, certificate=old, reason="误会", at=at)
    with pytest.raises(Forbidden):
        issue_anew(actor=cast.lead, certificate=old, at=at)
    new = issue_anew(actor=cast.supervisor, certificate=old, at=at)
    assert (new.sequence, new.renews_id, new.events[0].actor_id) == (2, None, cast.supervisor.id)
    with pytest.raises(CertificateError):
        issue_anew(actor=cast.supervisor, certificate=old, at=at)


def test_who_may_not_revoke(cast: Cast, kind: CertificateType) -> None:
    made = earn(cast.agent, kind)
    for actor in (cast.agent, cast.lead, cast.trainer):
        with pytest.raises(Forbidden):
            revoke(actor=actor, certificate=made, reason="x", at=AT)
    with pytest.raises(NotFound):
        revoke(actor=cast.other_supervisor, certificate=made, reason="x", at=AT)
    with pytest.raises(CertificateError):
        revoke(actor=cast.supervisor, certificate=made, reason="  ", at=AT)
    own = earn(cast.supervisor, kind)
    with pytest.raises(CertificateError):
        revoke(actor=cast.supervisor, certificate=own, reason="自己", at=AT)
    assert made.revoked_at is None


def test_states_of_one_and_of_lists_agree(cast: Cast, kind: CertificateType, session: scoped_session) -> None:
    earn(cast.agent, kind)
    revoke(actor=cast.supervisor, certificate=earn(cast.agent2, kind), reason="代考", at=AT + timedelta(days=5))
    earn(cast.agent, make_type(cast, days=None))
    for at in (AT, AT + timedelta(days=5), END - timedelta(seconds=1), END):
        for state in CertificateState:
            listed = set(session.scalars(select(Certificate.id).where(in_state(state, at))))
            assert listed == {each.id for each in certificates() if each.state(at) is state}
    seen = certificates_seen_by(cast.lead, CertificateFilter(state="expiring"), END - timedelta(days=3))
    assert [each.person_id for each in session.scalars(seen)] == [cast.agent.id]
