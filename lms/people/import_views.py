"""Pages of the import: upload, preview, apply, hand out the one-time passwords."""

from __future__ import annotations

from pathlib import PurePath

from flask import current_app, flash, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from lms.kernel.clock import now, to_local
from lms.kernel.db import db, get_or_404
from lms.kernel.errors import DomainError
from lms.kernel.jobs import Job, JobState, enqueue
from lms.kernel.storage import files
from lms.people.blueprint import bp
from lms.people.columns import header_names, people_columns, people_headers
from lms.people.enums import IMPORT_JOB
from lms.people.exporters import PASSWORD_HEADERS, password_rows, template_rows
from lms.people.forms import PeopleFileForm, attach
from lms.people.guards import current_person, requires
from lms.people.importers import ImportReport, apply_import, plan_import
from lms.people.permissions import P
from lms.people.queries import count_without_password, people_without_password
from lms.people.rules import require_visible
from lms.people.services import hand_out_passwords
from lms.people.sheets import PeopleSheet, read_people
from lms.web.sheets import read_sheet, xlsx_response

MAX_BYTES = 10 << 20
SHOWN_ROWS = 100
# With posts and programmes a row takes some milliseconds: up to here nobody waits two seconds; more goes to a job.
ROWS_IN_REQUEST = 200
# Hashing takes a few milliseconds each; a longer list comes in several downloads.
PASSWORDS_AT_ONCE = 500
_SESSION_KEY = "people_import"
_TOKEN_SECONDS = 3600


class UploadLapsed(DomainError):
    """The previewed file is gone: applied already, or too long ago."""


@bp.route("/people/import", methods=["GET", "POST"])
@requires(P.PEOPLE_MANAGE)
def upload() -> Response | str:
    form = PeopleFileForm()
    if request.method == "GET" or not form.validate():
        return _upload_page(form)
    file = form.file.data
    name = PurePath(file.filename or "").name
    _forget_upload()
    try:
        stored = files().save(file.stream, suffix=PurePath(name).suffix, max_bytes=MAX_BYTES)
        session[_SESSION_KEY] = stored.key
        plan = plan_import(actor=current_person(), sheet=_read(stored.key, name))
    except DomainError as error:
        _forget_upload()
        attach(form, where="file", message=str(error))
        return _upload_page(form)
    return render_template(
        "lms/people/import_preview.html",
        plan=plan,
        filename=name,
        token=_tokens().dumps([stored.key, name]),
        shown=SHOWN_ROWS,
    )


@bp.post("/people/import/apply")
@requires(P.PEOPLE_MANAGE)
def apply() -> Response | str:
    try:
        key, name = _tokens().loads(request.form.get("token", ""), max_age=_TOKEN_SECONDS)
        if key != session.get(_SESSION_KEY):
            raise BadData("another upload has taken its place")
        sheet = _read(key, name)
    except (BadData, OSError) as error:
        raise UploadLapsed(_("这份预览已失效，请重新上传文件。")) from error
    if len(sheet.rows) > ROWS_IN_REQUEST:
        job = enqueue(IMPORT_JOB, actor_id=current_person().id, key=key, name=name)
        session.pop(_SESSION_KEY, None)
        return redirect(url_for("people.import_report", job_id=job.id))
    report = apply_import(actor=current_person(), sheet=sheet, at=now()).report
    _forget_upload()
    return _report_page(report, name)


@bp.get("/people/import/<int:job_id>")
@requires(P.PEOPLE_MANAGE)
def import_report(job_id: int) -> str:
    """How far a long import is, and then what it did; for the person who started it."""
    job = get_or_404(Job, job_id)
    require_visible(job.name == IMPORT_JOB and job.created_by_id == current_person().id)
    name = str(job.arguments["name"])
    if job.state is not JobState.DONE or job.result is None:
        return render_template("lms/people/import_running.html", job=job, filename=name)
    return _report_page(ImportReport.from_json(job.result), name)


@bp.get("/people/import/template")
@requires(P.PEOPLE_MANAGE)
def template() -> Response:
    return xlsx_response(_("人员导入模板.xlsx"), people_headers(), template_rows())


@bp.post("/people/passwords")
@requires(P.PEOPLE_MANAGE)
def passwords() -> Response:
    """The sheet of one-time passwords. They are made for this very answer, so it can't be had twice."""
    at = now()
    people = db.session.scalars(people_without_password(PASSWORDS_AT_ONCE)).all()
    handed_out = hand_out_passwords(actor=current_person(), people=people)
    if not handed_out:
        flash(_("没有等着发初始密码的账号。要换密码，请到人员页面逐个重置。"), "info")
        return redirect(url_for("people.index"))
    filename = _("初始密码-%(at)s.xlsx", at=to_local(at).strftime("%Y%m%d-%H%M"))
    response = xlsx_response(filename, [str(name) for name in PASSWORD_HEADERS], password_rows(handed_out))
    response.headers["Cache-Control"] = "no-store"
    return response


def _report_page(report: ImportReport, filename: str) -> str:
    return render_template(
        "lms/people/import_done.html",
        done=report,
        filename=filename,
        shown=SHOWN_ROWS,
        without_password=count_without_password(),
        at_once=PASSWORDS_AT_ONCE,
    )


def _upload_page(form: PeopleFileForm) -> Response:
    return make_response(
        render_template("lms/people/import.html", form=form, columns=people_columns()), 422 if form.errors else 200
    )


def _read(key: str, name: str) -> PeopleSheet:
    return read_people(read_sheet(files().path(key), name), header_names())


def _forget_upload() -> None:
    if key := session.pop(_SESSION_KEY, None):
        files().delete(key)


def _tokens() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="people-import")
