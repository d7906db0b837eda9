"""Imports of other tools' results: an upload, its mapping that is kept, a dry run, and the import itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from lms.conversations.models import Conversation
from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError
from lms.kernel.jobs import enqueue
from lms.kernel.storage import files
from lms.people.models import Person
from lms.people.rules import can_see_shop, require_visible
from lms.qa.checks.settings import settings_of
from lms.qa.enums import ImportState, Origin
from lms.qa.evaluations.services import standing_of, submit_evaluation
from lms.qa.imports.models import QaImport, QaImportTemplate
from lms.qa.imports.planning import Plan, Planned, clean, known_keys, plan
from lms.qa.imports.sheets import LINES, NEEDED, Problem, Reading, Table, read_table
from lms.qa.scorecards.models import Scorecard, ScorecardVersion
from lms.qa.scorecards.services import version_in_force
from lms.web.sheet_reading import read_sheet

JOB = "qa.import"
MOST_ERRORS = 2000
BATCH = 100


class QaImportError(DomainError):
    """A sheet or a mapping that can't be used."""


class ImportOver(Conflict):
    """The import has run, or is running."""


def begin(*, actor: Person, shop_id: int, name: str, storage_key: str, at: datetime) -> QaImport:
    """Take an upload in; when a sheet with the same header was mapped before, its mapping is used again.

    Raises QaImportError for a sheet without rows, SheetError for one that can't be read.
    """
    require_visible(can_see_shop(actor, shop_id))
    made = QaImport(
        shop_id=shop_id,
        name=name[:200],
        storage_key=storage_key,
        state=ImportState.MAPPING,
        created_by_id=actor.id,
        created_at=at,
    )
    table = table_of(made)
    if not table.rows:
        raise QaImportError(_("表里没有数据。"), where=name, hint=_("第一行是表头，从第二行起一行一项或一行一通。"))
    known = db.session.scalars(
        select(QaImportTemplate).where(
            QaImportTemplate.shop_id == shop_id, QaImportTemplate.signature == table.signature
        )
    ).one_or_none()
    made.template_id = known.id if known is not None else None
    db.session.add(made)
    db.session.flush()
    return made


def table_of(qa_import: QaImport) -> Table:
    """The sheet of an upload."""
    if qa_import.storage_key is None:
        raise ImportOver(_("这次导入已经结束，原文件不再保留。"), hint=_("需要的话请重新上传。"))
    return read_table(read_sheet(files().path(qa_import.storage_key), qa_import.name))


def reading_of(template: QaImportTemplate) -> Reading:
    """How a sheet is meant, as it was kept."""
    criteria = {label: (one["code"], float(one["full"])) for label, one in template.criteria.items()}
    return Reading(template.columns["layout"], template.columns["fields"], criteria)


def is_mapped(qa_import: QaImport) -> bool:
    """Whether columns and criteria are both known."""
    return qa_import.template is not None and any(one["code"] for one in qa_import.template.criteria.values())


def map_columns(
    *,
    actor: Person,
    qa_import: QaImport,
    table: Table,
    scorecard: Scorecard,
    reading: Reading,
    at: datetime,
) -> QaImportTemplate:
    """Keep how the columns are meant, for this and every later sheet with the same header."""
    _require_open(actor, qa_import)
    require_visible(scorecard.shop_id in (None, qa_import.shop_id) and scorecard.archived_at is None)
    columns = {name: header for name, header in reading.columns.items() if header in table.headers}
    if reading.layout != LINES:
        columns = {name: header for name, header in columns.items() if name not in ("criterion", "result")}
    lacking = [name for name in NEEDED[reading.layout] if name not in columns]
    if "agent" in lacking and "chat" in columns:
        lacking.remove("agent")
    if lacking:
        raise QaImportError(_("还有必需的列没有选。"), hint=_("客服、质检项和结果各要对应表里的一列。"))
    if len(set(columns.values())) != len(columns):
        raise QaImportError(_("同一列对应了两样内容。"), hint=_("每一列只选一次。"))
    template = db.session.scalars(
        select(QaImportTemplate).where(
            QaImportTemplate.shop_id == qa_import.shop_id, QaImportTemplate.signature == table.signature
        )
    ).one_or_none()
    if template is None:
        template = QaImportTemplate(
            shop_id=qa_import.shop_id, signature=table.signature, criteria={}, created_at=at, created_by_id=actor.id
        )
        db.session.add(template)
    kept = template.criteria if template.scorecard_id == scorecard.id else {}
    template.title, template.scorecard_id, template.criteria = qa_import.name[:100], scorecard.id, kept
    template.columns = {"layout": reading.layout, "fields": columns}
    db.session.flush()
    qa_import.template_id = template.id
    db.session.flush()
    db.session.refresh(qa_import)
    return template


def map_criteria(*, actor: Person, qa_import: QaImport, criteria: dict[str, tuple[str, float]]) -> None:
    """Keep which of our criteria each of the sheet's is; "" leaves it out. Two may not be the same one."""
    _require_open(actor, qa_import)
    template = qa_import.template
    if template is None:
        raise QaImportError(_("请先对应列。"))
    codes = [code for code, _full in criteria.values() if code]
    if not codes:
        raise QaImportError(_("请至少对应一个评分项。"))
    if len(set(codes)) != len(codes):
        raise QaImportError(_("两个质检项对应了同一个评分项。"), hint=_("每个评分项只选一次，多出来的选“不导入”。"))
    template.criteria = {
        **template.criteria,
        **{
            label: {"code": code, "full": full}
            for label, (code, full) in criteria.items()
            if clean(label) == label  # a column of remarks taken for criteria: buyers' data is not kept
        },
    }
    db.session.flush()


def plan_import(*, qa_import: QaImport, at: datetime) -> Plan:
    """What importing would do; nothing is written."""
    template = qa_import.template
    if template is None or not is_mapped(qa_import):
        raise QaImportError(_("请先对应列和评分项。"))
    version = _version(template)
    return plan(table_of(qa_import), reading_of(template), shop_id=qa_import.shop_id, version=version, at=at)


def _version(template: QaImportTemplate) -> ScorecardVersion:
    version = version_in_force(template.scorecard)
    if version is None:
        raise QaImportError(_("对应的评分表还没有发布。"), hint=_("请先发布，再导入。"))
    return version


def start(*, actor: Person, qa_import: QaImport) -> None:
    """Hand the import to the job process."""
    _require_open(actor, qa_import)
    if not is_mapped(qa_import):
        raise QaImportError(_("请先对应列和评分项。"))
    qa_import.job_id = enqueue(JOB, actor_id=actor.id, import_id=qa_import.id).id
    db.session.flush()


def discard(*, actor: Person, qa_import: QaImport) -> None:
    """Drop an upload that was not imported."""
    _require_open(actor, qa_import)
    if qa_import.storage_key is not None:
        files().delete(qa_import.storage_key)
    db.session.delete(qa_import)
    db.session.flush()


def _require_open(actor: Person, qa_import: QaImport) -> None:
    require_visible(can_see_shop(actor, qa_import.shop_id))
    if qa_import.state is not ImportState.MAPPING or qa_import.job_id is not None:
        raise ImportOver(_("这次导入已经开始了。"), hint=_("要再导一次，请重新上传；已导入的不会重复。"))


def submit_batch(
    planned: list[Planned], *, qa_import: QaImport, version: ScorecardVersion, at: datetime
) -> tuple[int, int, list[Problem]]:
    """Submit some planned evaluations: (made, duplicates, problems). One that fails leaves the others alone."""
    known = known_keys(one.source_key for one in planned)
    wanted = {one.agent_id for one in planned} | {one.evaluator_id for one in planned if one.evaluator_id}
    people = {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(wanted)))}
    chats = {
        chat.id: chat
        for chat in db.session.scalars(
            select(Conversation).where(Conversation.id.in_({one.conversation_id for one in planned}))
        )
    }
    answer_until = at + timedelta(hours=settings_of(qa_import.shop_id).answer_hours)
    made, problems = 0, []
    for one in planned:
        if one.source_key in known:
            continue
        try:
            # What it refuses it refuses before it writes: no savepoint for each of thousands.
            evaluation = submit_evaluation(
                actor=people.get(one.evaluator_id) if one.evaluator_id else None,
                agent=people[one.agent_id],
                shop_id=qa_import.shop_id,
                version=version,
                answers=one.answers,
                at=one.scored_at or at,
                origin=Origin.IMPORTED,
                served_at=one.served_at,
                conversation=chats.get(one.conversation_id) if one.conversation_id else None,
                comment=one.comment,
                source_key=one.source_key,
            )
            # The agent learns of it now, however long ago it was scored elsewhere.
            standing_of(evaluation.id).answer_until = answer_until
        except DomainError as error:
            problems.append(Problem(one.line, str(error)))
        else:
            made += 1
    db.session.flush()
    return made, len(known), problems


def run(
    *,
    import_id: int,
    at: datetime,
    told: Callable[[int, int], None] = lambda done, total: None,
    commit: Callable[[], None] = lambda: None,
) -> QaImport:
    """Import what is new, in batches; ``commit`` is called after each, so that one cut short goes on where it was."""
    qa_import = db.session.get_one(QaImport, import_id)
    if qa_import.state is not ImportState.MAPPING:
        return qa_import
    planned = plan_import(qa_import=qa_import, at=at)
    problems, made, duplicate, lines = list(planned.problems), 0, planned.duplicate, 0
    for first in range(0, len(planned.new), BATCH):
        qa_import = db.session.get_one(QaImport, import_id)
        assert qa_import.template is not None
        some = list(planned.new[first : first + BATCH])
        got = submit_batch(some, qa_import=qa_import, version=_version(qa_import.template), at=at)
        made, duplicate, problems = made + got[0], duplicate + got[1], problems + got[2]
        lines += sum(answer.value is not None for one in some for answer in one.answers)
        told(first + len(some), len(planned.new))
        commit()
    qa_import = db.session.get_one(QaImport, import_id)
    qa_import.evaluations, qa_import.lines, qa_import.duplicate = made, lines, duplicate
    _finish(qa_import, problems, ImportState.DONE, at)
    commit()
    return qa_import


def give_up(*, import_id: int, at: datetime) -> None:
    """Note that an import could not be done; what its batches stored stays."""
    qa_import = db.session.get_one(QaImport, import_id)
    _finish(qa_import, [], ImportState.FAILED, at)


def _finish(qa_import: QaImport, problems: list[Problem], state: ImportState, at: datetime) -> None:
    problems.sort(key=lambda problem: problem.line)
    errors: list[dict[str, Any]] = [
        {"line": one.line, "reason": one.reason, "hint": one.hint} for one in problems[:MOST_ERRORS]
    ]
    qa_import.errors, qa_import.bad = errors, len(problems)
    qa_import.state, qa_import.finished_at = state, at
    if qa_import.storage_key is not None:
        files().delete(qa_import.storage_key)  # it may hold what buyers wrote, unmasked
        qa_import.storage_key = None
    db.session.flush()
