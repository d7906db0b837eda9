"""Pages of the import: upload, columns, criteria, dry run, report."""

from __future__ import annotations

import os

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as BaseResponse

from lms.kernel.clock import now
from lms.kernel.db import db, get_or_404
from lms.kernel.errors import DomainError, NotFound
from lms.kernel.jobs import Job
from lms.kernel.storage import files
from lms.people.guards import current_person, requires
from lms.people.models import Person
from lms.people.queries import shop_filter, shops_visible_to
from lms.people.rules import can_see_shop, require_visible
from lms.qa.enums import ImportState
from lms.qa.imports.labels import FIELDS, LAYOUTS, STATE_COLOURS, STATES
from lms.qa.imports.models import QaImport, QaImportTemplate
from lms.qa.imports.samples import SAMPLES
from lms.qa.imports.services import (
    begin,
    discard,
    is_mapped,
    map_columns,
    map_criteria,
    plan_import,
    reading_of,
    start,
    table_of,
)
from lms.qa.imports.sheets import CHATS, LINES, Reading, guess, labels_of, normal
from lms.qa.permissions import Q
from lms.qa.scorecards.definition import Definition
from lms.qa.scorecards.models import Scorecard
from lms.qa.scorecards.queries import scorecard_filter
from lms.qa.scorecards.services import version_in_force
from lms.web.paging import page_number, paginate
from lms.web.sheet_reading import MAX_BYTES
from lms.web.sheets import xlsx_response

bp = Blueprint("qa_imports", __name__, url_prefix="/qa/imports", template_folder="templates")
SHOWN = 20
SHOWN_ERRORS = 100


def _imports(viewer: Person) -> Select[tuple[QaImport]]:
    return (
        select(QaImport)
        .where(shop_filter(viewer, QaImport.shop_id))
        .options(joinedload(QaImport.shop), joinedload(QaImport.created_by).lazyload(Person.grants))
        .order_by(QaImport.created_at.desc(), QaImport.id.desc())
    )


def _visible(import_id: int) -> QaImport:
    found = get_or_404(
        QaImport,
        import_id,
        joinedload(QaImport.shop),
        joinedload(QaImport.template).joinedload(QaImportTemplate.scorecard),
    )
    require_visible(can_see_shop(current_person(), found.shop_id))
    return found


def _cards(shop_id: int) -> list[Scorecard]:
    """Published scorecards that results of the shop can be brought into; the shop's own first."""
    query = (
        select(Scorecard)
        .where(
            scorecard_filter(current_person()),
            Scorecard.current_number.is_not(None),
            Scorecard.archived_at.is_(None),
            Scorecard.shop_id.is_(None) | (Scorecard.shop_id == shop_id),
        )
        .order_by(Scorecard.shop_id.is_(None), Scorecard.title)
    )
    return list(db.session.scalars(query))


@bp.get("")
@requires(Q.EVALUATIONS_IMPORT)
def index() -> str:
    return _index()


def _index(problem: DomainError | None = None) -> str:
    page = paginate(_imports(current_person()), page_number())
    return render_template(
        "lms/qa/imports/index.html",
        page=page,
        shops=shops_visible_to(current_person()),
        states=STATES,
        state_colours=STATE_COLOURS,
        problem=problem,
        layouts=LAYOUTS,
    )


@bp.post("")
@requires(Q.EVALUATIONS_IMPORT)
def upload() -> BaseResponse:
    actor = current_person()
    sent, shop = request.files.get("file"), request.form.get("shop_id", "")
    shop_id = int(shop) if shop.isascii() and shop.isdigit() and len(shop) < 10 else 0
    require_visible(shop_id in {one.id for one in shops_visible_to(actor)})
    if sent is None or not sent.filename:
        return Response(_index(DomainError(_("请选择要导入的表格。"))), 400)
    name = os.path.basename(sent.filename.replace("\\", "/"))
    key = ""
    try:
        key = files().save(sent.stream, suffix=os.path.splitext(name)[1], max_bytes=MAX_BYTES).key  # type: ignore[arg-type]
        made = begin(actor=actor, shop_id=shop_id, name=name, storage_key=key, at=now())
    except DomainError as error:
        if key:
            files().delete(key)
        return Response(_index(error), 400)
    return redirect(url_for(".show" if is_mapped(made) else ".columns", import_id=made.id))


@bp.get("/sample/<layout>.xlsx")
@requires(Q.EVALUATIONS_IMPORT)
def sample(layout: str) -> Response:
    if layout not in SAMPLES:
        raise NotFound(_("没有这份模板。"))
    rows = SAMPLES[layout]
    name = _("质检结果模板-一行一项.xlsx") if layout == LINES else _("质检结果模板-一行一通.xlsx")
    return xlsx_response(name, rows[0], rows[1:])


@bp.route("/<int:import_id>/columns", methods=["GET", "POST"])
@requires(Q.EVALUATIONS_IMPORT)
def columns(import_id: int) -> BaseResponse:
    qa_import = _visible(import_id)
    table = table_of(qa_import)
    reading = reading_of(qa_import.template) if qa_import.template else guess(table)
    cards = _cards(qa_import.shop_id)
    chosen = str(qa_import.template.scorecard_id) if qa_import.template else ""
    problem: DomainError | None = None
    if request.method == "POST":
        chosen = request.form.get("scorecard_id", "")
        reading = Reading(
            LINES if request.form.get("layout") == LINES else CHATS,
            {name: request.form[f"f-{name}"] for name in FIELDS if request.form.get(f"f-{name}")},
        )
        scorecard = next((card for card in cards if str(card.id) == chosen), None)
        require_visible(scorecard is not None)
        assert scorecard is not None
        try:
            with db.session.begin_nested():
                map_columns(
                    actor=current_person(),
                    qa_import=qa_import,
                    table=table,
                    scorecard=scorecard,
                    reading=reading,
                    at=now(),
                )
        except DomainError as error:
            problem = error
        else:
            return redirect(url_for(".criteria", import_id=import_id))
    html = render_template(
        "lms/qa/imports/columns.html",
        qa_import=qa_import,
        table=table,
        reading=reading,
        cards=cards,
        chosen=chosen,
        fields=FIELDS,
        layouts=LAYOUTS,
        problem=problem,
    )
    return Response(html, problem.status if problem else 200)


@bp.route("/<int:import_id>/criteria", methods=["GET", "POST"])
@requires(Q.EVALUATIONS_IMPORT)
def criteria(import_id: int) -> BaseResponse:
    qa_import = _visible(import_id)
    template = qa_import.template
    if template is None:
        return redirect(url_for(".columns", import_id=import_id))
    table, reading = table_of(qa_import), reading_of(template)
    labels = labels_of(table, reading)
    version = version_in_force(template.scorecard)
    specs = Definition.from_json(version.definition).criteria if version else []
    by_name = {normal(spec.name): spec.code for spec in specs}
    given = {
        label: reading.criteria.get(label, (by_name.get(normal(label), ""), full)) for label, full in labels.items()
    }
    problem: DomainError | None = None
    if request.method == "POST":
        codes = {spec.code for spec in specs}
        given = {
            label: (
                code if (code := request.form.get(f"c-{n}", "")) in codes else "",
                _full(request.form.get(f"m-{n}", ""), labels[label]),
            )
            for n, label in enumerate(labels)
        }
        try:
            with db.session.begin_nested():
                map_criteria(actor=current_person(), qa_import=qa_import, criteria=given)
        except DomainError as error:
            problem = error
        else:
            return redirect(url_for(".show", import_id=import_id))
    html = render_template(
        "lms/qa/imports/criteria.html", qa_import=qa_import, given=given, specs=specs, problem=problem
    )
    return Response(html, problem.status if problem else 200)


def _full(text: str, otherwise: float) -> float:
    try:
        full = float(text)
    except ValueError:
        return otherwise
    return full if 0 < full <= 1000 else otherwise


@bp.get("/<int:import_id>")
@requires(Q.EVALUATIONS_IMPORT)
def show(import_id: int) -> str | BaseResponse:
    """The dry run of an upload; the report of one that was imported."""
    qa_import = _visible(import_id)
    job = db.session.get(Job, qa_import.job_id) if qa_import.job_id else None
    waiting = qa_import.state is ImportState.MAPPING and job is None
    if waiting and not is_mapped(qa_import):
        return redirect(url_for(".columns", import_id=import_id))
    planned = plan_import(qa_import=qa_import, at=now()) if waiting else None
    return render_template(
        "lms/qa/imports/show.html",
        qa_import=qa_import,
        job=job,
        planned=planned,
        shown=planned.new[:SHOWN] if planned else (),
        problems=planned.problems[:SHOWN_ERRORS] if planned else qa_import.errors[:SHOWN_ERRORS],
        states=STATES,
        state_colours=STATE_COLOURS,
    )


@bp.get("/<int:import_id>/errors.xlsx")
@requires(Q.EVALUATIONS_IMPORT)
def errors(import_id: int) -> Response:
    """Everything that is wrong, a line each."""
    qa_import = _visible(import_id)
    if qa_import.state is ImportState.MAPPING and qa_import.job_id is None:
        found = plan_import(qa_import=qa_import, at=now()).problems
        rows = [(one.line, one.reason, one.hint) for one in found]
    else:
        rows = [(one["line"], one["reason"], one.get("hint", "")) for one in qa_import.errors]
    return xlsx_response(_("导入问题.xlsx"), [_("行"), _("问题"), _("怎么改")], rows)


@bp.post("/<int:import_id>/run")
@requires(Q.EVALUATIONS_IMPORT)
def run(import_id: int) -> BaseResponse:
    qa_import = _visible(import_id)
    start(actor=current_person(), qa_import=qa_import)
    return redirect(url_for(".show", import_id=import_id))


@bp.post("/<int:import_id>/discard")
@requires(Q.EVALUATIONS_IMPORT)
def drop(import_id: int) -> BaseResponse:
    discard(actor=current_person(), qa_import=_visible(import_id))
    flash(_("已删除这次上传。"), "success")
    return redirect(url_for(".index"))
