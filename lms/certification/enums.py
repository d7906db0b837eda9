"""Words of certificates and probation gates."""

from __future__ import annotations

from enum import StrEnum


class CertificateState(StrEnum):
    """What a certificate is worth at a moment; nothing of it is stored, it follows from dates."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


class EventKind(StrEnum):
    """What happened to a certificate, each at most once."""

    ISSUED = "issued"
    REMINDED_30 = "reminded_30"
    REMINDED_7 = "reminded_7"
    REMINDED_1 = "reminded_1"
    LAPSED = "lapsed"
    REVOKED = "revoked"
    RENEWED = "renewed"
    LATE_RENEWAL = "late_renewal"


class RequirementKind(StrEnum):
    """What a probation gate may ask for."""

    CERTIFICATE = "certificate"
    ACTIVITY = "activity"
    SIGN_OFF = "sign_off"


class Level(StrEnum):
    """Which bar a person has to clear: new hires another than old hands."""

    NEW = "new"
    SENIOR = "senior"


class Verdict(StrEnum):
    """What a sign-off says."""

    PASSED = "passed"
    REFUSED = "refused"


class Signer(StrEnum):
    """Who may sign a requirement off."""

    LEAD = "lead"
    SUPERVISOR = "supervisor"
