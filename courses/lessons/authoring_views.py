"""Pages for trainers: the list of lessons, the editor with its preview, versions, publishing."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses.lessons.enums import LessonState
from courses.lessons.forms import LONGEST_BODY, LessonForm
from courses.lessons.labels import dimension_label, state_label
from courses.lessons.models import Lesson, LessonVersion
from courses.lessons.queries import (
    LessonFilter,
    all_shop_ids,
    competencies_visible_to,
    lesson_for_authors,
    lesson_of_activity,
    managed_lessons,
    version_of,
    versions_of,
)
from courses.lessons.rules import can_edit_lesson, can_manage_lesson, can_write_for
from courses.lessons.services import (
    LessonError,
    archive,
    copy_lesson,
    create_lesson,
    edit_lesson,
    publish,
)
from courses.permissions import C
from courses.types import lesson_type
from lms.kernel.clock import now, to_local
from lms.learning.enums import Dimension
from lms.people.guards import current_person, requires
from lms.people.queries import shops_visible_to
from lms.people.rules import require_visible
from lms.web.paging import page_number, paginate

bp = Blueprint("lesson_authoring", __name__, url_prefix="/lessons/manage", template_folder="templates")


@bp.get("/")
@requires(C.LESSONS_EDIT)
def index() -> str:
    person, today = current_person(), to_local(now()).date()
    state, dimension = request.args.get("state", ""), request.args.get("dimension", "")
    wanted = LessonFilter(
        state=LessonState(state) if state in set(LessonState) else None,
        dimension=Dimension(dimension) if dimension in set(Dimension) else None,
        text=request.args.get("q", "")[:100],
        overdue_on=today if state == "overdue" else None,
    )
    shop_ids = all_shop_ids()
    return render_template(
        "courses/lessons/manage.html",
        page=paginate(managed_lessons(person, wanted), page_number()),
        wanted=wanted,
        state=state,
        today=today,
        editable=lambda lesson: can_edit_lesson(person, lesson, shop_ids=shop_ids),
        dimensions=[(d.value, dimension_label(d)) for d in Dimension],
        states=[(s.value, state_label(s)[0]) for s in LessonState],
        state_label=state_label,
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(C.LESSONS_EDIT)
def new() -> ResponseReturnValue:
    form = _form(None)
    if form.validate_on_submit():
        try:
            lesson = create_lesson(
                actor=current_person(),
                draft=form.draft,
                competencies=form.chosen,
                shop_id=form.chosen_shop_id,
                at=now(),
            )
        except LessonError as error:
            form.form_errors.append(str(error))
        else:
            if request.form.get("then") == "publish":
                publish(actor=current_person(), lesson=lesson, at=now())
            return _saved(lesson)
    return _editor(form, None, None)


@bp.route("/<int:lesson_id>", methods=["GET", "POST"])
@requires(C.LESSONS_EDIT)
def edit(lesson_id: int) -> ResponseReturnValue:
    person = current_person()
    lesson, version = lesson_for_authors(person, lesson_id)
    if not can_edit_lesson(person, lesson, shop_ids=all_shop_ids()):
        return redirect(url_for("lesson_authoring.version", lesson_id=lesson_id, number=version.number))
    form = _form(lesson, _older(lesson, version))
    if form.validate_on_submit():
        try:
            edit_lesson(
                actor=person,
                lesson=lesson,
                draft=form.draft,
                competencies=form.chosen,
                base=_whole(form.base.data),
                at=now(),
            )
        except LessonError as error:
            form.form_errors.append(str(error))
        else:
            if request.form.get("then") == "publish":
                publish(actor=person, lesson=lesson, at=now())
            return _saved(lesson)
    return _editor(form, lesson, version)


@bp.post("/preview")
@requires(C.LESSONS_EDIT)
def preview() -> str:
    """The text as readers will see it, with what is wrong in it. Nothing is stored."""
    kind, body = lesson_type("markdown"), request.form.get("body", "")[:LONGEST_BODY]
    return render_template(
        "courses/lessons/preview.html",
        rendered=kind.render(body, today=to_local(now()).date()),
        problems=kind.problems(body, {}),
    )


@bp.post("/<int:lesson_id>/publish")
@requires(C.LESSONS_EDIT)
def show(lesson_id: int) -> ResponseReturnValue:
    lesson, _version = lesson_for_authors(current_person(), lesson_id)
    publish(actor=current_person(), lesson=lesson, at=now())
    flash(_("已发布，可以布置为培训任务了。"), "success")
    return redirect(url_for("lesson_authoring.index"), 303)


@bp.post("/<int:lesson_id>/archive")
@requires(C.LESSONS_EDIT)
def put_away(lesson_id: int) -> ResponseReturnValue:
    lesson, _version = lesson_for_authors(current_person(), lesson_id)
    archive(actor=current_person(), lesson=lesson, at=now())
    flash(_("已归档，学习记录仍然保留。"), "success")
    return redirect(url_for("lesson_authoring.index"), 303)


@bp.post("/<int:lesson_id>/copy")
@requires(C.LESSONS_EDIT)
def copy(lesson_id: int) -> ResponseReturnValue:
    person = current_person()
    lesson, _version = lesson_for_authors(person, lesson_id)
    made = copy_lesson(actor=person, lesson=lesson, shop_id=_whole(request.form.get("shop_id", "")), at=now())
    flash(_("已复制为本店草稿，改好后发布。"), "success")
    return redirect(url_for("lesson_authoring.edit", lesson_id=made.id), 303)


@bp.get("/<int:lesson_id>/versions")
@requires(C.LESSONS_EDIT)
def versions(lesson_id: int) -> str:
    person = current_person()
    lesson, newest = lesson_for_authors(person, lesson_id)
    return render_template(
        "courses/lessons/versions.html",
        lesson=lesson,
        newest=newest,
        versions=versions_of(lesson),
        may_edit=can_edit_lesson(person, lesson, shop_ids=all_shop_ids()),
    )


@bp.get("/<int:lesson_id>/versions/<int:number>")
@requires(C.LESSONS_EDIT)
def version(lesson_id: int, number: int) -> str:
    person = current_person()
    lesson, _newest = lesson_for_authors(person, lesson_id)
    shown = version_of(lesson, number)
    return render_template(
        "courses/lessons/version.html",
        lesson=lesson,
        version=shown,
        rendered=lesson_type(lesson.type).render(shown.body, today=to_local(now()).date()),
        may_edit=can_edit_lesson(person, lesson, shop_ids=all_shop_ids()),
        shops=shops_visible_to(person),
    )


@bp.get("/of-activity/<int:activity_id>")
@requires(C.LESSONS_EDIT)
def of_activity(activity_id: int) -> ResponseReturnValue:
    """Where the manager's link of a task leads to."""
    lesson = lesson_of_activity(activity_id)
    require_visible(can_manage_lesson(current_person(), lesson))
    return redirect(url_for("lesson_authoring.edit", lesson_id=lesson.id))


def _form(lesson: Lesson | None, version: LessonVersion | None = None) -> LessonForm:
    person = current_person()
    if lesson is None or version is None:
        form = LessonForm()
    else:
        form = LessonForm(
            title=version.title,
            summary=version.summary,
            minutes=version.minutes,
            body=version.body,
            competency_ids=[competency.id for competency in lesson.activity.competencies],
            shop_id=str(lesson.shop_id or ""),
            base=str(lesson.latest_number),
        )
    shops = shops_visible_to(person)
    everywhere = can_write_for(person, None, shop_ids=all_shop_ids())
    return form.offer(competencies=competencies_visible_to(person), shops=shops, everywhere=everywhere)


def _editor(form: LessonForm, lesson: Lesson | None, version: LessonVersion | None) -> ResponseReturnValue:
    kind = lesson_type("markdown")
    body = form.body.data or ""
    page = render_template(
        "courses/lessons/edit.html",
        form=form,
        lesson=lesson,
        version=version,
        rendered=kind.render(body, today=to_local(now()).date()),
        problems=kind.problems(body, {}),
        dimensions=[(d, dimension_label(d)) for d in Dimension],
    )
    return page, 422 if form.errors else 200


def _older(lesson: Lesson, newest: LessonVersion) -> LessonVersion:
    """The version whose text the editor starts from: ?from=3 brings an older one back as a new edit."""
    number = _whole(request.args.get("from", ""))
    return version_of(lesson, number) if number and number != newest.number else newest


def _saved(lesson: Lesson) -> ResponseReturnValue:
    if lesson.state is LessonState.PUBLISHED and not lesson.has_unpublished_changes:
        flash(_("已保存并发布。"), "success")
    elif lesson.state is LessonState.PUBLISHED:
        flash(
            _(
                "已存为版本 %(n)s，读者仍看到版本 %(old)s；满意了再发布。",
                n=lesson.latest_number,
                old=lesson.published_number,
            ),
            "success",
        )
    else:
        flash(_("已保存草稿，发布后才能学习和布置。"), "success")
    return redirect(url_for("lesson_authoring.edit", lesson_id=lesson.id), 303)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0
