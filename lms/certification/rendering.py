"""What the look of a certificate is told, and the protocol that every look follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from socket import gethostname
from typing import Any, Protocol

from lms.config import settings
from lms.kernel.plugins import plugins


@dataclass(frozen=True)
class CertifiedCompetency:
    """A line of what the holder is able to do; dimension is attitude, knowledge or skill."""

    code: str
    name: str
    dimension: str


@dataclass(frozen=True)
class EvidenceLine:
    """A line of what was passed: score is a fraction or None; ``part`` stands behind the line before it."""

    title: str
    day: date
    score: float | None = None
    version: str = ""
    part: bool = False


@dataclass(frozen=True)
class CertificateFacts:
    """Everything that may be printed. Days are Shanghai's; ``last_day`` None means no end."""

    number: str
    title: str
    holder: str
    issuer: str
    issued_on: date
    valid_from: date
    last_day: date | None
    competencies: Sequence[CertifiedCompetency]
    evidence: Sequence[EvidenceLine]
    verify_url: str


class CertificateRenderer(Protocol):
    """A look. Plugins offer theirs through the hook ``certificate_renderers``; a type of certificate names one.

    ``render`` gives a PDF; it runs in the job process, so it may import what it needs, and must give the same bytes for
    the same facts. ``lacking`` names the characters that its font doesn't have ("U+1F600 😀"), which ``render`` must
    draw as a sign of their own and never leave out.
    """

    name: str
    label: Any

    def render(self, facts: CertificateFacts) -> bytes: ...

    def lacking(self, facts: CertificateFacts) -> Sequence[str]: ...


STANDARD = "standard"


def renderers() -> dict[str, CertificateRenderer]:
    """Every look that a plugin offers, by name."""
    return {look.name: look for look in plugins().all("certificate_renderers")}


def renderer(name: str) -> CertificateRenderer:
    """The look of this name; of a plugin that is gone, the one in the box."""
    known = renderers()
    return known.get(name) or known[STANDARD]


def verify_url(token: str) -> str:
    """The address in the QR code; without the setting ``public_url`` it leads to this very machine."""
    config = settings()
    host = gethostname() if config.host in ("0.0.0.0", "::") else config.host  # noqa: S104 - compared, not bound
    base = config.public_url.rstrip("/") or f"{'https' if config.https else 'http'}://{host}:{config.port}"
    return f"{base}/verify/{token}"
