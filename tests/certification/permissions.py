"""Who may do what with certificates and probation."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import scoped_session

from lms.certification.enums import Level, RequirementKind, Signer
from lms.certification.live_models import LiveGate
from lms.certification.live_rules import Requirement
from lms.certification.queries import latest
from lms.kernel.clock import now
from tests.certification.conftest import make_type, passed
from tests.conftest import Cast

_ALL = {"anonymous": 302, "agent": 200, "lead": 200, "supervisor": 200, "evaluator": 200, "trainer": 200, "admin": 200}
_NOBODY = dict.fromkeys(_ALL, 403) | {"anonymous": 302}
_TEAM = _ALL | {"agent": 403, "evaluator": 403}
# A certificate of the agent: the holder, whoever leads them, their trainer; a colleague does not know of it.
_ONE = _ALL | {"evaluator": 404}
_REVOKE = _NOBODY | {"supervisor": 302, "admin": 302}
_EDIT = _NOBODY | {"trainer": 200, "admin": 200}
_EDITED = _NOBODY | {"trainer": 302, "admin": 302}
_GATES = _EDIT | {"supervisor": 200}
_GATED = _EDITED | {"supervisor": 302}
_SIGN = _NOBODY | {"lead": 302, "supervisor": 302, "admin": 302}

EXPECTED = {
    "certificates.mine": _ALL,
    "certificates.index": _TEAM,
    "certificates.export": _TEAM,
    "certificates.show": _ONE,
    "certificates.pdf": _ONE,
    "certificates.draw": _EDIT,
    "certificates.revoke_one": _REVOKE,
    "certificates.issue_again": _REVOKE | {"supervisor": 302, "admin": 302},
    "certificates.types": _EDIT,
    "certificates.new_type": _EDIT,
    "certificates.new_type [POST]": _EDITED,
    "certificates.edit_type": _EDIT,
    "certificates.edit_type [POST]": _EDITED,
    "certificates.archive": _EDITED,
    "certificates.restore": _EDITED,
    "certificates.recheck": _EDIT,
    "verify.show": dict.fromkeys(_ALL, 200) | {"other": 200},
    "live.index": _TEAM,
    "live.roster": _TEAM,
    "live.missing": _TEAM,
    "live.me": _ALL,
    "live.person": _TEAM,
    "live.sign": _SIGN,
    "live.level": _SIGN | {"lead": 403},
    "live.gates": _GATES,
    "live.new_gate": _GATES,
    "live.new_gate [POST]": _GATED,
    "live.edit_gate": _GATES,
    "live.edit_gate [POST]": _GATED,
    "live.archive": _GATED,
}
# The other trainer holds neither of these permissions at all, which is said before anything is looked up.
for _route in ("certificates.revoke_one", "certificates.issue_again", "live.sign", "live.level"):
    EXPECTED[_route] = EXPECTED[_route] | {"other": 403}

TRIAL = Requirement("trial", RequirementKind.SIGN_OFF, "试岗合格", signer=Signer.LEAD)
_numbers = count(1)


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    # Issued some days ago: only what is fresh is drawn at once, which takes a second.
    at = now() - timedelta(days=2)
    kind = make_type(cast)
    for need in kind.requirements:
        passed(cast.agent, need.activity, at)
    certificate = latest(cast.agent.id, kind.id)
    assert certificate is not None
    revoked = make_type(cast, exam=False)
    passed(cast.agent, revoked.requirements[0].activity, at)
    over = latest(cast.agent.id, revoked.id)
    assert over is not None
    over.revoked_at, over.revoked_by_id, over.revoke_reason = now(), cast.admin.id, "代考"
    for each in (certificate, over):
        each.pdf_key, each.pdf_sha256 = stored_pdf(), "0" * 64
    gate = LiveGate(shop_id=cast.shop.id, level=Level.NEW, requirements=[TRIAL.as_json()], updated_at=now())
    session.add(gate)
    session.flush()
    one = {"args": {"certificate_id": certificate.id}}
    a_type, a_gate = {"type_id": kind.id}, {"gate_id": gate.id}
    person = {"person_id": cast.agent.id}
    n = next(_numbers)
    fields = {"title": f"大促证{n}", "code": "DC", "validity_days": "90", "renderer": "standard"}
    fields |= {"needs-0-activity": f"#{kind.requirements[0].activity_id}", "needs-0-min_score": ""}
    lines = {"sign_offs-0-text": "跟岗接待 20 通", "sign_offs-0-signer": "lead"}
    senior = {"shop_id": cast.shop.id, "post_id": "", "level": "senior"}
    for old in session.query(LiveGate).filter_by(level=Level.SENIOR):
        old.archived_at = now()
    return {
        "certificates.show": one,
        "certificates.pdf": one,
        "certificates.draw": one,
        "certificates.revoke_one": one | {"data": {"reason": "替别人答题"}},
        "certificates.issue_again": {"args": {"certificate_id": over.id}},
        "certificates.new_type [POST]": {"data": fields | {"shop_id": cast.shop.id}},
        "certificates.edit_type": {"args": a_type},
        "certificates.edit_type [POST]": {"args": a_type, "data": fields},
        "certificates.archive": {"args": a_type},
        "certificates.restore": {"args": a_type},
        "certificates.recheck": {"args": a_type},
        "verify.show": {"args": {"token": certificate.token}},
        "live.person": {"args": person},
        "live.sign": {"args": person, "data": {"key": "trial", "verdict": "passed", "note": "开场和收尾都到位"}},
        "live.level": {"args": person, "data": {"level": "senior"}},
        "live.new_gate [POST]": {"data": lines | senior},
        "live.edit_gate": {"args": a_gate},
        "live.edit_gate [POST]": {"args": a_gate, "data": lines},
        "live.archive": {"args": a_gate},
    }


def stored_pdf() -> str:
    """The key of a file that stands for a drawn PDF."""
    from io import BytesIO

    from lms.kernel.storage import files

    return files().save(BytesIO(b"%PDF-1.4 stub"), suffix=".pdf").key
