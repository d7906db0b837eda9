"""Pages of packages: download, upload with a preview, import."""

from __future__ import annotations

import re
import tempfile
from pathlib import PurePath

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer

from courses.lessons.queries import all_shop_ids
from courses.lessons.rules import can_write_for
from courses.outline.queries import course_for_authors
from courses.packages.archive import open_package
from courses.packages.forms import PackageForm
from courses.packages.manifest import PackageError
from courses.packages.services import export_course, import_course, plan_import
from courses.permissions import C
from courses.types import lesson_types
from lms.config import settings
from lms.kernel.clock import now
from lms.kernel.errors import DomainError
from lms.kernel.storage import files
from lms.people.guards import current_person, requires
from lms.people.queries import shops_visible_to

bp = Blueprint("course_packages", __name__, url_prefix="/courses/packages", template_folder="templates")

SESSION_KEY = "course_package"
TOKEN_SECONDS = 3600


@bp.get("/<int:course_id>.zip")
@requires(C.LESSONS_EDIT)
def download(course_id: int) -> Response:
    person = current_person()
    course = course_for_authors(person, course_id)
    target = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response
    try:
        export_course(actor=person, course=course, target=target)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    name = re.sub(r'[\\/:*?"<>|\s]+', "-", course.title)[:60].strip("-") or "course"
    response = send_file(target, mimetype="application/zip", as_attachment=True, download_name=f"{name}.zip", max_age=0)
    response.call_on_close(target.close)
    return response


@bp.route("/import", methods=["GET", "POST"])
@requires(C.LESSONS_EDIT)
def upload() -> ResponseReturnValue:
    """Take the file and show what an import would do."""
    person = current_person()
    everywhere = can_write_for(person, None, shop_ids=all_shop_ids())
    form = PackageForm().offer(shops=shops_visible_to(person), everywhere=everywhere)
    if not form.validate_on_submit():
        return _upload_page(form)
    _forget_upload()
    shop_id, name = form.chosen_shop_id, PurePath(form.file.data.filename or "").name
    try:
        stored = files().save(form.file.data.stream, suffix=".zip", max_bytes=settings().upload_max_mb << 20)
        session[SESSION_KEY] = stored.key
        with open_package(files().path(stored.key)) as source:
            plan = plan_import(actor=person, shop_id=shop_id, source=source)
    except DomainError as error:
        _forget_upload()
        if error.status == 404:
            raise
        form.file.errors = [*form.file.errors, str(error)]
        return _upload_page(form)
    return render_template(
        "courses/packages/preview.html",
        plan=plan,
        package=plan.package,
        filename=name,
        shop_name=dict(form.shop_id.choices or [])[form.shop_id.data],
        types=lesson_types(),
        token=_tokens().dumps([stored.key, shop_id]),
    )


@bp.post("/import/apply")
@requires(C.LESSONS_EDIT)
def apply() -> ResponseReturnValue:
    try:
        key, shop_id = _tokens().loads(request.form.get("token", ""), max_age=TOKEN_SECONDS)
        if key != session.get(SESSION_KEY):
            raise BadData("another upload has taken its place")
    except BadData as error:
        raise PackageError(_("这份预览已失效，请重新上传文件。")) from error
    with open_package(files().path(key)) as source:
        course = import_course(actor=current_person(), shop_id=shop_id, source=source, at=now())
    _forget_upload()
    flash(_("已导入为新课程，课时都是草稿，看过后送审或发布。"), "success")
    return redirect(url_for("course_outline.edit", course_id=course.id), 303)


def _upload_page(form: PackageForm) -> ResponseReturnValue:
    page = render_template("courses/packages/upload.html", form=form, limit=settings().upload_max_mb)
    return page, 422 if form.errors else 200


def _forget_upload() -> None:
    if key := session.pop(SESSION_KEY, None):
        files().delete(key)


def _tokens() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="course-package")
