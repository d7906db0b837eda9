"""Certificates come by themselves, once, with what proved them frozen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import scoped_session

from lms.certification import issue_services
from lms.certification.enums import CertificateState, EventKind
from lms.certification.issue_services import issue_if_due, note_record
from lms.certification.models import Certificate, CertificateType
from lms.certification.rules import is_number
from lms.certification.tasks import recheck
from lms.inbox.models import Notification
from lms.kernel.db import db
from lms.kernel.hookspecs import hookimpl
from lms.kernel.jobs import Job, JobHandle
from lms.kernel.plugins import manager
from lms.learning.models import Activity
from lms.people.models import Person
from tests.certification.conftest import AT, make_type, passed
from tests.conftest import Cast


def certificates(person: Person | None = None) -> list[Certificate]:
    query = select(Certificate).order_by(Certificate.id)
    return list(db.session.scalars(query.where(Certificate.person_id == person.id) if person else query))


def activities(kind: CertificateType) -> list[Activity]:
    return [each.activity for each in kind.requirements]


def earn(person: Person, kind: CertificateType, at=AT) -> Certificate:  # type: ignore[no-untyped-def]
    for activity in activities(kind):
        passed(person, activity, at)
    return certificates(person)[-1]


class Told:
    """A plugin that listens."""

    def __init__(self) -> None:
        self.issued: list[str] = []
        self.ended: list[str] = []

    @hookimpl
    def certificate_issued(self, certificate: Certificate) -> None:
        self.issued.append(certificate.number)

    @hookimpl
    def certificate_ended(self, certificate: Certificate) -> None:
        self.ended.append(certificate.number)


@pytest.fixture
def told(app: Flask):  # type: ignore[no-untyped-def]
    listener = Told()
    manager().register(listener)
    yield listener
    manager().unregister(listener)


def test_passing_everything_issues_the_certificate(cast: Cast, kind: CertificateType, told: Told) -> None:
    programme, exam = activities(kind)
    passed(cast.agent, exam, score=0.79)
    passed(cast.agent, programme, context={"version": 3})
    assert certificates() == []  # the exam asks for 80
    record = passed(cast.agent, exam, AT + timedelta(hours=1), score=0.85)
    (made,) = certificates(cast.agent)
    assert is_number(made.number) and made.number.startswith("SG-2026-000001-")
    assert (made.holder_name, made.title, made.issuer, made.type_version) == ("安小客", "上岗证", "甲店", 1)
    assert made.issued_at == record.at and made.state(record.at) is CertificateState.VALID
    assert len(made.token) >= 32
    assert [(line["title"], line["score"], line["version"]) for line in made.evidence] == [
        ("甲店入职周", 0.9, 3),
        ("甲店上岗考试", 0.85, None),
    ]
    assert made.evidence[1]["record_id"] == record.id
    assert [c["name"] for c in made.competencies] == ["甲店退货话术", "甲店首响"]
    assert [e.kind for e in made.events] == [EventKind.ISSUED]
    assert told.issued == [made.number]
    note = db.session.scalars(select(Notification).where(Notification.person_id == cast.agent.id)).one()
    assert (note.title, note.url) == ("您已获得“上岗证”", f"/certificates/{made.id}")


def test_told_twice_it_is_one_certificate(cast: Cast, kind: CertificateType, told: Told) -> None:
    made = earn(cast.agent, kind)
    again = passed(cast.agent, activities(kind)[1], AT + timedelta(days=1), score=1.0)
    assert note_record(record=again) == []
    assert issue_if_due(person=cast.agent, certificate_type=kind, at=AT + timedelta(days=2)) is None
    assert certificates() == [made] and told.issued == [made.number]


def test_two_at_once_make_one_certificate(cast: Cast, kind: CertificateType, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second has looked before the first was saved: it meets the unique constraint, and finds the first."""
    made = earn(cast.agent, kind)
    answers = [None]  # what the second saw when it looked
    real = issue_services.latest
    monkeypatch.setattr(issue_services, "latest", lambda *ids: answers.pop() if answers else real(*ids))
    assert issue_if_due(person=cast.agent, certificate_type=kind, at=AT) == made
    assert certificates() == [made]


def test_a_number_taken_at_the_same_moment_is_tried_again(
    cast: Cast, kind: CertificateType, session: scoped_session
) -> None:
    first = earn(cast.agent, kind)
    seen: list[int] = []

    def stale(_connection, clause, *_rest):  # type: ignore[no-untyped-def]
        """The look for the highest number misses the one that somebody else is just saving."""
        if "max(certificate.serial)" in str(clause) and not seen:
            seen.append(1)
            return clause.where(Certificate.id < 0), *_rest[:2]
        return clause, *_rest[:2]

    event.listen(db.engine, "before_execute", stale, retval=True)
    try:
        second = earn(cast.agent2, kind)
    finally:
        event.remove(db.engine, "before_execute", stale)
    assert seen and (first.serial, second.serial) == (1, 2)


def test_evidence_stays_as_it_was(cast: Cast, kind: CertificateType, session: scoped_session) -> None:
    made = earn(cast.agent, kind)
    before = (made.holder_name, made.title, made.competencies, made.evidence)
    programme = activities(kind)[0]
    programme.title, cast.agent.name, kind.title = "新版入职周", "安改名", "新证"
    programme.competencies[0].name = "改了的能力"
    session.commit()
    assert (made.holder_name, made.title, made.competencies, made.evidence) == before


def test_what_stands_behind_a_programme_is_listed_under_it(cast: Cast, kind: CertificateType) -> None:
    programme, exam = activities(kind)
    gate = passed(cast.agent, exam, score=0.95)
    others = passed(cast.agent2, exam, score=0.7)
    passed(cast.agent, programme, context={"evidence": [gate.id, others.id, "x"]})
    (made,) = certificates(cast.agent)
    assert [(line["title"], line.get("part", False)) for line in made.evidence] == [
        ("甲店入职周", False),
        ("甲店上岗考试", True),  # a stranger's record is nobody's evidence
        ("甲店上岗考试", False),
    ]


def test_nobody_who_left_or_serves_another_shop_gets_one(cast: Cast, kind: CertificateType) -> None:
    cast.agent2.active = False
    for person in (cast.agent2, cast.other_agent):
        for activity in activities(kind):
            passed(person, activity)
    assert certificates() == []


def test_archived_types_issue_nothing(cast: Cast, kind: CertificateType) -> None:
    kind.archived_at = AT
    for activity in activities(kind):
        passed(cast.agent, activity)
    assert certificates() == []


def test_recheck_issues_what_was_earned_before_the_type_was_there(cast: Cast, session: scoped_session) -> None:
    kind = make_type(cast)
    kind.archived_at = AT
    for person in (cast.agent, cast.agent2):
        passed(person, activities(kind)[0])
    passed(cast.agent, activities(kind)[1])
    kind.archived_at = None
    job = JobHandle(1, actor_id=cast.admin.id)
    assert recheck(job, kind.id) == {"checked": 2, "issued": 1}
    assert recheck(job, kind.id) == {"checked": 2, "issued": 0}
    assert [each.person_id for each in certificates()] == [cast.agent.id]


def test_only_a_fresh_certificate_is_drawn_at_once(cast: Cast, kind: CertificateType, session: scoped_session) -> None:
    from lms.kernel.clock import now

    assert earn(cast.agent, kind).pdf_job_id is None  # issued in the past, as the demo does
    fresh = earn(cast.agent2, kind, now())
    job = session.get(Job, fresh.pdf_job_id)
    assert job is not None and (job.name, job.arguments) == ("certification.render", {"certificate_id": fresh.id})
