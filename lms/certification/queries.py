"""Reading certificates, each list limited to what its viewer may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.certification.enums import CertificateState
from lms.certification.models import Certificate, CertificateRequirement, CertificateType
from lms.certification.rules import Pass
from lms.kernel.db import db
from lms.learning.models import Activity, Record
from lms.learning.queries import progress_filter
from lms.learning.rules import can_see_progress
from lms.people.models import Person, Team
from lms.people.queries import branch_ids, shop_filter
from lms.people.rules import can_see_shop

EXPIRING = timedelta(days=30)


def can_see_certificate(viewer: Person, certificate: Certificate) -> bool:
    """The holder; and whoever may see the holder's progress and the certificate's shop."""
    if viewer.id == certificate.person_id:
        return True
    return can_see_progress(viewer, certificate.person) and can_see_shop(viewer, certificate.shop_id)


def certificate_filter(viewer: Person) -> ColumnElement[bool]:
    """Certificates that ``viewer`` may see; the list side of :func:`can_see_certificate`."""
    others = and_(progress_filter(viewer, Certificate.person_id), shop_filter(viewer, Certificate.shop_id))
    return or_(Certificate.person_id == viewer.id, others)


def in_state(state: CertificateState, at: datetime) -> ColumnElement[bool]:
    """Certificates in a state at a moment; the list side of ``rules.state_at``."""
    revoked = and_(Certificate.revoked_at.is_not(None), Certificate.revoked_at <= at)
    over = and_(Certificate.expires_at.is_not(None), Certificate.expires_at <= at)
    not_revoked = or_(Certificate.revoked_at.is_(None), Certificate.revoked_at > at)
    if state is CertificateState.REVOKED:
        return revoked
    if state is CertificateState.EXPIRED:
        return and_(not_revoked, over)
    return and_(not_revoked, or_(Certificate.expires_at.is_(None), Certificate.expires_at > at))


def not_renewed() -> ColumnElement[bool]:
    """Certificates that no later one has taken the place of."""
    return ~Certificate.renewed_by.has()


def expiring(at: datetime) -> ColumnElement[bool]:
    """Valid ones that end within 30 days and have not been renewed."""
    return and_(in_state(CertificateState.VALID, at), Certificate.expires_at <= at + EXPIRING, not_renewed())


@dataclass(frozen=True)
class CertificateFilter:
    """What a list of certificates is narrowed to. ``state``: "", a CertificateState, or "expiring"."""

    text: str = ""
    state: str = ""
    team_id: int | None = None
    type_id: int | None = None


def certificates_seen_by(viewer: Person, wanted: CertificateFilter, at: datetime) -> Select[Any]:
    """Certificates by narrowing, those that end first on top; with holder and type."""
    query = (
        select(Certificate)
        .join(Person, Certificate.person_id == Person.id)
        .where(certificate_filter(viewer))
        .options(joinedload(Certificate.person).lazyload(Person.grants), joinedload(Certificate.renewed_by))
        .order_by(Certificate.expires_at.is_(None), Certificate.expires_at.desc(), Certificate.id.desc())
    )
    if wanted.text:
        text = wanted.text.strip()
        named = or_(
            Certificate.holder_name.contains(text, autoescape=True), Person.name.contains(text, autoescape=True)
        )
        query = query.where(
            or_(
                named,
                Certificate.number.contains(text.upper(), autoescape=True),
                Person.account.contains(text.casefold(), autoescape=True),
            )
        )
    if wanted.team_id is not None:
        query = query.where(Person.team_id.in_(branch_ids(wanted.team_id)))
    if wanted.type_id is not None:
        query = query.where(Certificate.type_id == wanted.type_id)
    if wanted.state == "expiring":
        return query.where(expiring(at)).order_by(None).order_by(Certificate.expires_at, Certificate.id)
    if wanted.state in set(CertificateState):
        query = query.where(in_state(CertificateState(wanted.state), at))
    return query


def certificates_of(person_id: int) -> Select[Any]:
    """A person's certificates, newest first."""
    return (
        select(Certificate)
        .where(Certificate.person_id == person_id)
        .options(
            joinedload(Certificate.renewed_by),
            joinedload(Certificate.type).joinedload(CertificateType.renewal_activity),
        )
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    )


def certificate_by_token(token: str) -> Certificate | None:
    """What a QR code leads to."""
    return db.session.scalars(select(Certificate).where(Certificate.token == token)).one_or_none()


def expiring_of(person_id: int, at: datetime) -> Select[Any]:
    """A person's certificates that end within 30 days, or ended and were not renewed; soonest first."""
    over = and_(in_state(CertificateState.EXPIRED, at), not_renewed())
    return (
        select(Certificate)
        .where(Certificate.person_id == person_id, or_(expiring(at), over))
        .order_by(Certificate.expires_at, Certificate.id)
    )


def expiring_in_team(viewer: Person, at: datetime) -> Select[Any]:
    """Certificates of the people whom ``viewer`` looks after that end within 30 days; soonest first."""
    return (
        select(Certificate)
        .join(Person, Certificate.person_id == Person.id)
        .where(expiring(at), Person.active, Person.id != viewer.id, certificate_filter(viewer))
        .options(joinedload(Certificate.person).lazyload(Person.grants))
        .order_by(Certificate.expires_at, Certificate.id)
    )


# --- types ---------------------------------------------------------------------------------------------------------


def types_visible_to(viewer: Person, *, archived: bool = False) -> Select[Any]:
    """Kinds of certificate of the viewer's shops and of all shops, by title."""
    state = CertificateType.archived_at.is_not(None) if archived else CertificateType.archived_at.is_(None)
    return (
        select(CertificateType)
        .where(shop_filter(viewer, CertificateType.shop_id), state)
        .options(
            joinedload(CertificateType.shop),
            joinedload(CertificateType.renewal_activity),
            selectinload(CertificateType.requirements).joinedload(CertificateRequirement.activity),
            selectinload(CertificateType.competencies),
        )
        .order_by(CertificateType.title, CertificateType.id)
    )


def type_choices(viewer: Person) -> list[tuple[int, str]]:
    """(id, title) of every kind that the viewer may see, archived ones too: their certificates are still about."""
    columns = select(CertificateType.id, CertificateType.title).where(shop_filter(viewer, CertificateType.shop_id))
    rows = db.session.execute(columns.order_by(CertificateType.title, CertificateType.id))
    return [(ident, title) for ident, title in rows]


def types_that_ask_for(activity_id: int) -> list[CertificateType]:
    """Kinds in use for which a pass of the activity may count, as a requirement or as the renewal; one statement."""
    asks = CertificateType.requirements.any(CertificateRequirement.activity_id == activity_id)
    query = select(CertificateType).where(
        CertificateType.archived_at.is_(None), or_(asks, CertificateType.renewal_activity_id == activity_id)
    )
    return list(db.session.scalars(query.order_by(CertificateType.id)))


def latest(person_id: int, type_id: int) -> Certificate | None:
    """The newest certificate of a type that a person was issued, whatever became of it."""
    query = select(Certificate).where(Certificate.person_id == person_id, Certificate.type_id == type_id)
    return db.session.scalars(query.order_by(Certificate.sequence.desc()).limit(1)).first()


def passes(person_id: int, activity_ids: Iterable[int]) -> list[Pass]:
    """A person's rows of the ledger that may prove something; one statement."""
    columns = (Record.id, Record.activity_id, Record.at, Record.score, Record.success, Record.completion)
    query = select(*columns).where(
        Record.actor_id == person_id,
        Record.activity_id.in_(list(activity_ids)),
        or_(Record.success.is_(True), Record.completion.is_(True)),
    )
    return [Pass(*row) for row in db.session.execute(query)]


def records_with_activity(ids: Sequence[int]) -> dict[int, Record]:
    """Rows of the ledger by id, with what they tell of; one statement."""
    if not ids:
        return {}
    query = select(Record).where(Record.id.in_(ids)).options(joinedload(Record.activity))
    return {record.id: record for record in db.session.scalars(query)}


CHOICES = 400


def choosable_activities(viewer: Person, keep: Iterable[int] = ()) -> list[Activity]:
    """Activities that may be asked for: not archived, of the viewer's shops, the newest 400; and those of ``keep``."""
    visible = shop_filter(viewer, Activity.shop_id)
    newest = select(Activity.id).where(visible, Activity.archived_at.is_(None)).order_by(Activity.id.desc())
    query = select(Activity).where(
        or_(Activity.id.in_(newest.limit(CHOICES)), and_(visible, Activity.id.in_(list(keep))))
    )
    return list(db.session.scalars(query.order_by(Activity.kind.desc(), Activity.title, Activity.id)))


def root_team_name(person: Person) -> str:
    """The firm: the name of the team at the top of the person's branch."""
    path = person.team.path if person.team else ""
    root = next((part for part in path.split("/") if part), None)
    return (db.session.scalar(select(Team.name).where(Team.id == int(root))) or "") if root else ""


def can_see_any(viewer: Person, person: Person) -> bool:
    """Whether ``viewer`` may see certificates of ``person`` at all."""
    return viewer.id == person.id or can_see_progress(viewer, person)


def of_visible_shops(query: Select[Any], person: Person, viewer: Person) -> Select[Any]:
    """The certificates of ``query`` whose shop the viewer sees; one's own are all one's own."""
    return query if viewer.id == person.id else query.where(shop_filter(viewer, Certificate.shop_id))
