"""Numbers, terms, reminders and evidence of certificates. Pure: facts and a moment in, a decision out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from lms.certification.enums import CertificateState, EventKind
from lms.kernel.clock import from_local, to_local

REMINDERS = ((30, EventKind.REMINDED_30), (7, EventKind.REMINDED_7), (1, EventKind.REMINDED_1))
"""Days before the last day, and the event that notes the reminder; the earliest first."""
MORNING = time(9)
"""When a day's reminders go out, in Shanghai."""
RENEWAL_WINDOW = timedelta(days=30)
"""So long before the end a pass counts for the next term."""


def check_digit(digits: str) -> int:
    """ISO 7064, MOD 11,10: finds every single wrong digit and nearly every swap of neighbours.

    >>> check_digit("0794")
    5
    """
    product = 10
    for char in digits:
        total = (int(char) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10


def certificate_number(code: str, year: int, serial: int) -> str:
    """ "SG-2026-000123-4": the type's code, the year, a running number, and the check digit of both numbers."""
    return f"{code}-{year}-{serial:06d}-{check_digit(f'{year}{serial:06d}')}"


def is_number(text: str) -> bool:
    """Whether the text reads as a certificate's number and its check digit is right."""
    parts = text.strip().upper().split("-")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() for part in parts[1:]):
        return False
    return len(parts[3]) == 1 and check_digit(parts[1] + parts[2]) == int(parts[3])


def state_at(*, expires_at: datetime | None, revoked_at: datetime | None, at: datetime) -> CertificateState:
    """Revoked beats expired; the moment of the end is already past it. List twin: ``queries.in_state``."""
    if revoked_at is not None and revoked_at <= at:
        return CertificateState.REVOKED
    if expires_at is not None and expires_at <= at:
        return CertificateState.EXPIRED
    return CertificateState.VALID


@dataclass(frozen=True)
class Term:
    """From when a certificate counts, and until when (None: for good)."""

    valid_from: datetime
    expires_at: datetime | None


def term(*, at: datetime, validity_days: int | None, previous_end: datetime | None) -> Term:
    """The term of a certificate issued at ``at``: it ends with its last day in Shanghai, 24:00.

    A renewal before the end goes on where the old term ends, so that nobody loses days by being early; a renewal
    after the end begins anew.
    """
    start = max(at, previous_end) if previous_end else at
    if validity_days is None:
        return Term(start, None)
    day = to_local(start).date() + timedelta(days=validity_days)
    end = datetime.combine(day, time())
    # A term that begins at midnight is whole days already; any other gets its last day in full.
    return Term(start, from_local(end if to_local(start).time() == time() else end + timedelta(days=1)))


def reminder_moment(expires_at: datetime, days: int) -> datetime:
    """Nine o'clock in Shanghai, so many days before the certificate's last day."""
    last_day = to_local(expires_at - timedelta(microseconds=1)).date()
    return from_local(datetime.combine(last_day - timedelta(days=days), MORNING))


def due_reminder(*, expires_at: datetime, at: datetime, sent: Collection[EventKind]) -> EventKind | None:
    """Which reminder to send now, or None.

    The nearest whose moment has come; the further ones that were missed (the server was off) are never sent after it.
    The last one goes out even after the end, as soon as anybody looks: whoever looks every three days only still
    sends three.
    """
    come = [(days, kind) for days, kind in REMINDERS if reminder_moment(expires_at, days) <= at]
    if not come:
        return None
    kind = come[-1][1]
    return None if kind in sent else kind


@dataclass(frozen=True)
class Need:
    """An activity that must be passed, with a least score or without."""

    activity_id: int
    min_score: float | None = None


@dataclass(frozen=True)
class Pass:
    """A row of the ledger that may count."""

    record_id: int
    activity_id: int
    at: datetime
    score: float | None
    success: bool | None
    completion: bool | None

    @property
    def passed(self) -> bool:
        """Success, or a completion that is not a failure."""
        return bool(self.success) or (bool(self.completion) and self.success is not False)


def evidence(
    needs: Sequence[Need], passes: Iterable[Pass], *, since: datetime | None = None
) -> list[tuple[Need, Pass]] | None:
    """For each need the row that proves it, the best score and of equal ones the first; None when one is missing.

    Rows before ``since`` don't count. No needs at all prove nothing.
    """
    rows = [row for row in passes if row.passed and (since is None or row.at >= since)]
    found = []
    for need in needs:
        fitting = [row for row in rows if row.activity_id == need.activity_id and _enough(row, need)]
        if not fitting:
            return None
        found.append((need, min(fitting, key=lambda row: (-(row.score or 0), row.at, row.record_id))))
    return found or None


def _enough(row: Pass, need: Need) -> bool:
    return need.min_score is None or (row.score is not None and row.score >= need.min_score - 1e-9)


@dataclass(frozen=True)
class Held:
    """The latest certificate of one type that a person holds."""

    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True)
class Ask:
    """What must be proven for a new certificate, and since when."""

    needs: tuple[Need, ...]
    since: datetime | None = None


def asked(*, needs: Sequence[Need], renewal_activity_id: int | None, held: Held | None) -> Ask | None:
    """What a person must show for the first, the next, or after a revocation a new certificate; None: nothing to get.

    The first: everything, whenever it was passed. The next: the renewal activity (without one, everything again),
    passed in the last 30 days of the term or later. After a revocation: everything again, passed since then.
    """
    if held is None:
        return Ask(tuple(needs))
    if held.revoked_at is not None:
        return Ask(tuple(needs), held.revoked_at)
    if held.expires_at is None:
        return None
    again = (Need(renewal_activity_id),) if renewal_activity_id is not None else tuple(needs)
    return Ask(again, held.expires_at - RENEWAL_WINDOW)
