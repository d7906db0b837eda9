"""Who may bring in results of other tools."""

from __future__ import annotations

import io
from typing import Any

from sqlalchemy.orm import scoped_session

from lms.kernel.storage import files
from lms.qa.enums import ImportState
from lms.qa.imports.models import QaImport, QaImportTemplate
from lms.qa.imports.services import table_of
from tests.conftest import Cast
from tests.factories import save
from tests.qa.making import MONDAY, make_scorecard

SHEET = "客服,会话编号,会话时间,质检项,结果\nagent,甲1,2026-03-02 10:00,及时,合格\n谁,甲2,2026-03-02 10:00,及时,合格\n"

_ALL = {"anonymous": 302, "agent": 403, "lead": 403, "supervisor": 403, "evaluator": 200, "trainer": 403, "admin": 200}
_OTHER = _ALL | {"other": 403}
_DONE = _OTHER | {"evaluator": 302, "admin": 302}

EXPECTED = {
    "qa_imports.index": _ALL,
    "qa_imports.upload": _DONE,
    "qa_imports.sample": _OTHER,
    "qa_imports.columns": _OTHER,
    "qa_imports.criteria": _OTHER,
    "qa_imports.show": _OTHER,
    "qa_imports.errors": _OTHER,
    "qa_imports.run": _DONE,
    "qa_imports.drop": _DONE,
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    version = make_scorecard(cast.shop)
    stored = files().save(io.BytesIO(SHEET.encode()), suffix=".csv")
    made = QaImport(
        shop_id=cast.shop.id, name="甲店.csv", storage_key=stored.key, state=ImportState.MAPPING, created_at=MONDAY
    )
    table = table_of(made)
    known = session.query(QaImportTemplate).filter_by(shop_id=cast.shop.id).one_or_none()
    made.template = known or QaImportTemplate(
        shop_id=cast.shop.id, signature=table.signature, title="甲店", scorecard_id=version.scorecard_id
    )
    made.template.scorecard_id = version.scorecard_id
    made.template.columns = {
        "layout": "lines",
        "fields": {
            "agent": "客服",
            "chat": "会话编号",
            "served_at": "会话时间",
            "criterion": "质检项",
            "result": "结果",
        },
    }
    made.template.criteria = {"及时": {"code": "fast", "full": 1}}
    save(made)
    one = {"args": {"import_id": made.id}}
    cases: dict[str, dict[str, Any]] = {
        f"qa_imports.{name}": one for name in ("columns", "criteria", "show", "errors", "run", "drop")
    }
    cases["qa_imports.sample"] = {"args": {"layout": "lines"}}
    cases["qa_imports.upload"] = {
        "data": {"shop_id": str(cast.shop.id), "file": (io.BytesIO(SHEET.encode()), "甲店.csv")}
    }
    return cases
