"""Certificates' part of ``lms demo``: certificates in every state, and some people still on probation.

Whatever is issued here comes from rows of the ledger in the past; PDFs are drawn when somebody first asks.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from lms.certification.end_services import remind_and_lapse, revoke
from lms.certification.enums import Level, RequirementKind, Signer, Verdict
from lms.certification.live_queries import live_row
from lms.certification.live_services import set_level, sign_off
from lms.certification.models import Certificate, CertificateType
from lms.certification.queries import latest
from lms.certification.rendering import STANDARD
from lms.certification.rules import Need
from lms.certification.starter import SLUG, load_starter
from lms.certification.type_services import TypeDraft, save_type
from lms.kernel.db import db
from lms.kernel.hookspecs import DemoStep
from lms.learning.enums import AssignmentState, Verb
from lms.learning.models import Activity, Assignment
from lms.learning.services import write_record
from lms.people.enums import Role
from lms.people.models import Person, RoleGrant

SHOPS = {"songguo": ("supervisor", "trainer"), "shanyue": ("supervisor-b", "trainer-b")}
MONTHLY_EXAM = "quiz:camp-exam"
MONTHLY_DAYS = 30


def run(context: Any) -> str:
    """上岗证 for those who are past their first week, a short-lived certificate in every state, sign-offs."""
    load_starter(at=context.days_ago(59))
    onboarding = db.session.scalars(select(CertificateType).where(CertificateType.slug == SLUG)).one_or_none()
    if onboarding is None:
        return "没有入职培训计划，不发证"
    for shop in SHOPS:
        _onboarded(context, onboarding, shop)
    _monthly(context)
    _sign_offs(context)
    return f"{db.session.query(Certificate).count()} 张证书"


def _onboarded(context: Any, kind: CertificateType, shop: str) -> None:
    programme = kind.requirements[0].activity
    waiting = select(Assignment.person_id).where(
        Assignment.activity_id == programme.id, Assignment.state == AssignmentState.OPEN
    )
    learning = set(db.session.scalars(waiting))
    people = [p for p in context.agents(shop) if p.id not in learning and latest(p.id, kind.id) is None]
    for number, person in enumerate(people[: -1 or None]):
        score = 0.84 + context.rng(f"certificates/{person.account}").randint(0, 14) / 100
        _pass(person, programme, context.days_ago(52 - number, hour=17), score)
    if shop == "songguo" and len(people) > 6:
        certificate = latest(people[5].id, kind.id)
        assert certificate is not None
        revoke(
            actor=context.person(SHOPS[shop][0]),
            certificate=certificate,
            reason="抽查发现入职考试由他人代答，需要重新学习、重新考试。",
            at=context.days_ago(9, hour=15),
        )


def _pass(person: Person, activity: Activity, at: datetime, score: float) -> None:
    write_record(
        actor=person,
        verb=Verb.PASSED,
        activity=activity,
        at=at,
        idempotency_key=f"demo:certificate:{person.account}:{activity.id}:{at:%Y%m%d}",
        score=score,
        success=True,
        completion=True,
    )


def _monthly(context: Any) -> None:
    """A certificate that counts for thirty days: one ends in six days, one is over, one was renewed."""
    quiz = db.session.scalars(select(Activity).where(Activity.slug == MONTHLY_EXAM)).one_or_none()
    if quiz is None:
        return
    draft = TypeDraft("FW", "服务复核证", [Need(quiz.id, 0.8)], [], MONTHLY_DAYS, quiz.id, STANDARD)
    admin = context.person("admin")
    save_type(actor=admin, certificate_type=None, shop_id=None, draft=draft, at=context.days_ago(45))
    people = {account: context.person(account) for account in ("agent", "agent2", "lead", "fengkai", "sunjiahui")}
    passes = [("agent", 25), ("agent2", 39), ("lead", 34), ("fengkai", 12), ("sunjiahui", 3)]
    for account, days in passes:
        _pass(people[account], quiz, context.days_ago(days, hour=11), 0.9)
    for days in range(33, -1, -1):
        at = context.days_ago(days, hour=9, minute=5)
        if at < context.at:
            remind_and_lapse(at=at)
        if days == 6:
            _pass(people["lead"], quiz, at + timedelta(hours=6), 0.95)


def _sign_offs(context: Any) -> None:
    """Most old hands are signed off by the lead of their team and the supervisor; a few wait for one of them."""
    for shop, (supervisor, _trainer) in SHOPS.items():
        boss, people = context.person(supervisor), context.agents(shop)
        leads = {lead.team_id: lead for lead in _leads(people)}
        for number, person in enumerate(people):
            at = context.days_ago(max(1, 44 - 2 * number), hour=18)
            if number == 2:
                set_level(actor=boss, person=person, level=Level.SENIOR, at=at)
            lead = leads.get(person.team_id)
            for line in live_row(person, at).status.lines:
                requirement = line.requirement
                if requirement.kind is not RequirementKind.SIGN_OFF or not _says_yes(number, requirement.signer):
                    continue
                by_lead = requirement.signer is Signer.LEAD and lead is not None and lead.id != person.id
                note = "跟岗接待 20 通，开场、确认需求和收尾都到位。" if requirement.signer is Signer.LEAD else ""
                signer = lead if by_lead and lead is not None else boss
                sign_off(actor=signer, person=person, key=requirement.key, verdict=Verdict.PASSED, note=note, at=at)


def _leads(people: list[Person]) -> list[Person]:
    teams = {person.team_id for person in people}
    leads = select(Person).where(Person.team_id.in_(teams), Person.grants.any(RoleGrant.role == Role.LEAD))
    return list(db.session.scalars(leads.order_by(Person.id)))


def _says_yes(number: int, signer: Signer | None) -> bool:
    return number % 6 != 4 and not (number % 5 == 3 and signer is Signer.SUPERVISOR)


DEMO_STEPS = (DemoStep(90, "证书与上岗", run),)
