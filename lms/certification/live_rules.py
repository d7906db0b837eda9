"""Who is live (上岗): which bar applies to a person, and what of it is still missing. Pure: facts in, status out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lms.certification.enums import CertificateState, Level, RequirementKind, Signer, Verdict


@dataclass(frozen=True)
class Requirement:
    """One line of a gate. ``ref`` is the id of a certificate type or activity; ``signer`` who signs a sign-off.

    Sign-offs are told apart by ``key``: gates that share a key share the signature.
    """

    key: str
    kind: RequirementKind
    text: str
    ref: int | None = None
    signer: Signer | None = None

    def as_json(self) -> dict[str, Any]:
        """What a gate keeps of it."""
        kept = {"key": self.key, "kind": str(self.kind), "text": self.text, "ref": self.ref}
        return kept | {"signer": str(self.signer) if self.signer else None}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Requirement:
        """The line that a gate keeps."""
        signer = kept.get("signer")
        return cls(
            kept["key"],
            RequirementKind(kept["kind"]),
            kept["text"],
            kept.get("ref"),
            Signer(signer) if signer else None,
        )


@dataclass(frozen=True)
class Bar:
    """A gate as the rule sees it: for whom (None: everybody), and what it asks for."""

    id: int
    shop_id: int | None
    post_id: int | None
    level: Level
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True)
class SignOff:
    """The latest word on one requirement."""

    verdict: Verdict
    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True)
class Facts:
    """What is known of one person: certificates by type, activities passed, the latest sign-off by key."""

    certificates: Mapping[int, CertificateState] = field(default_factory=dict)
    passed: Collection[int] = frozenset()
    sign_offs: Mapping[str, SignOff] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A requirement and where the person stands with it. ``state`` is the certificate's, when there is one."""

    requirement: Requirement
    met: bool
    sign_off: SignOff | None = None
    state: CertificateState | None = None


@dataclass(frozen=True)
class LiveStatus:
    """Live when a bar applies and every line of it is met."""

    lines: tuple[Line, ...]

    @property
    def live(self) -> bool:
        return bool(self.lines) and all(line.met for line in self.lines)

    @property
    def missing(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.met)


def bars_for(level: Level, post_ids: Sequence[int], shop_ids: Collection[int], bars: Sequence[Bar]) -> list[Bar]:
    """The bars that somebody of this level, with these posts, serving these shops, has to clear.

    For each post the nearest: its own in the person's shops, its own for all shops, then the ones of no post in the
    same order. Several shops with bars of their own all count. Somebody senior for whom no senior bar is set clears
    the new hires' one.
    """
    found: dict[int, Bar] = {}
    for post_id in post_ids or [None]:  # type: ignore[list-item]
        for wanted in dict.fromkeys((level, Level.NEW)):
            near = _nearest([bar for bar in bars if bar.level is wanted], post_id, shop_ids)
            if near:
                found |= {bar.id: bar for bar in near}
                break
    return list(found.values())


def _nearest(bars: Sequence[Bar], post_id: int | None, shop_ids: Collection[int]) -> list[Bar]:
    for post in dict.fromkeys((post_id, None)):
        own = [bar for bar in bars if bar.post_id == post and bar.shop_id is not None and bar.shop_id in shop_ids]
        shared = [bar for bar in bars if bar.post_id == post and bar.shop_id is None]
        if own or shared:
            return own or shared
    return []


def live_status(bars: Sequence[Bar], facts: Facts) -> LiveStatus:
    """Every line of the bars, each once, and whether it is met. A certificate that is over is one that is missing."""
    lines: dict[tuple[RequirementKind, object], Line] = {}
    for bar in bars:
        for requirement in bar.requirements:
            same = requirement.key if requirement.kind is RequirementKind.SIGN_OFF else requirement.ref
            lines.setdefault((requirement.kind, same), _line(requirement, facts))
    return LiveStatus(tuple(lines.values()))


def _line(requirement: Requirement, facts: Facts) -> Line:
    if requirement.kind is RequirementKind.CERTIFICATE:
        state = facts.certificates.get(requirement.ref or 0)
        return Line(requirement, state is CertificateState.VALID, state=state)
    if requirement.kind is RequirementKind.ACTIVITY:
        return Line(requirement, requirement.ref in facts.passed)
    sign_off = facts.sign_offs.get(requirement.key)
    return Line(requirement, sign_off is not None and sign_off.verdict is Verdict.PASSED, sign_off=sign_off)


def best_state(states: Sequence[CertificateState]) -> CertificateState | None:
    """What several certificates of one type are worth together; the newest comes last."""
    if CertificateState.VALID in states:
        return CertificateState.VALID
    return states[-1] if states else None
