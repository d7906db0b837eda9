"""Pages for trainers: the list of lessons, the editor with its preview, versions, publishing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses.lessons.enums import LessonState
from courses.lessons.forms import LONGEST_BODY, LessonForm
from courses.lessons.labels import action_label, dimension_label, state_label
from courses.lessons.models import Course, Lesson, LessonVersion
from courses.lessons.places import place_for_author
from courses.lessons.publishing import ReviewNeeded, publish, submit
from courses.lessons.queries import (
    LessonFilter,
    all_shop_ids,
    competencies_visible_to,
    lesson_for_authors,
    lesson_of_activity,
    managed_lessons,
    place_for_new,
    version_of,
    versions_of,
)
from courses.lessons.review_queries import (
    last_review,
    publications_of,
    publishing_of,
    review_required,
    reviews_of,
)
from courses.lessons.rules import can_edit_lesson, can_manage_lesson, can_write_for
from courses.lessons.services import LessonError, archive, copy_lesson, create_lesson, edit_lesson
from courses.permissions import C
from courses.types import LessonType, lesson_type, lesson_types
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
    page = paginate(managed_lessons(person, wanted), page_number())
    publishing = publishing_of(person, [row[0].id for row in page.items])
    return render_template(
        "courses/lessons/manage.html",
        page=page,
        wanted=wanted,
        state=state,
        today=today,
        editable=lambda lesson: can_edit_lesson(person, lesson, shop_ids=publishing.shop_ids),
        publishable=lambda lesson: publishing.may_publish(person, lesson),
        pending=publishing.pending,
        types=lesson_types(),
        dimensions=[(d.value, dimension_label(d)) for d in Dimension],
        states=[(s.value, state_label(s)[0]) for s in LessonState],
        state_label=state_label,
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(C.LESSONS_EDIT)
def new() -> ResponseReturnValue:
    """First the choice of a type, then the editor; ``?course_id=`` and ``?module_id=`` say where the lesson goes."""
    person, types = current_person(), lesson_types()
    name = request.values.get("type", "")
    course, module = place_for_new(
        person, _whole(request.values.get("course_id")), _whole(request.values.get("module_id"))
    )
    if request.method == "GET" and name not in types:
        return render_template("courses/lessons/choose_type.html", types=types.values(), course=course, module=module)
    kind = lesson_type(name or "markdown")
    form = _form(None, kind, shop_ids=all_shop_ids(), course=course)
    if request.method == "GET":
        form.type.data, form.course_id.data = kind.name, str(course.id) if course else ""
        form.module_id.data = str(module.id) if module else ""
    if form.validate_on_submit():
        try:
            lesson = create_lesson(
                actor=person,
                draft=form.draft,
                competencies=form.chosen,
                shop_id=course.shop_id if course else form.chosen_shop_id,
                type_name=kind.name,
                course=course,
                module=module,
                at=now(),
            )
        except LessonError as error:
            form.form_errors.append(str(error))
        else:
            return _saved(lesson, form)
    return _editor(form, None, None, course=course)


@bp.route("/<int:lesson_id>", methods=["GET", "POST"])
@requires(C.LESSONS_EDIT)
def edit(lesson_id: int) -> ResponseReturnValue:
    person = current_person()
    lesson, version = lesson_for_authors(person, lesson_id)
    shop_ids = all_shop_ids()
    if not can_edit_lesson(person, lesson, shop_ids=shop_ids):
        return redirect(url_for("lesson_authoring.version", lesson_id=lesson_id, number=version.number))
    form = _form(lesson, lesson_type(lesson.type), _older(lesson, version), shop_ids=shop_ids)
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
            return _saved(lesson, form)
    return _editor(form, lesson, version)


@bp.post("/preview")
@requires(C.LESSONS_EDIT)
def preview() -> str:
    """The text as readers will see it, with what is wrong in it. Nothing is stored."""
    kind = lesson_type(request.form.get("type") or "markdown")
    body, settings = request.form.get("body", "")[:LONGEST_BODY], kind.settings_from(request.form)
    shop_id = _whole(request.form.get("shop_id")) or None
    return render_template("courses/lessons/preview.html", **_shown(kind, body, settings, shop_id))


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
        publications=publications_of(lesson),
        reviews=reviews_of(lesson),
        action_label=action_label,
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
        rendered=lesson_type(lesson.type).render(
            shown.body,
            today=to_local(now()).date(),
            place=place_for_author(lesson.shop_id, lesson.type, shown.body, shown.settings or {}),
        ),
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


def _form(
    lesson: Lesson | None,
    kind: LessonType,
    version: LessonVersion | None = None,
    *,
    shop_ids: frozenset[int],
    course: Course | None = None,
) -> LessonForm:
    person = current_person()
    if lesson is None or version is None:
        form = LessonForm(shop_id=str(course.shop_id or "")) if course else LessonForm()
    else:
        form = LessonForm(
            title=version.title,
            summary=version.summary,
            minutes=version.minutes,
            body=version.body,
            competency_ids=[competency.id for competency in lesson.activity.competencies],
            shop_id=str(lesson.shop_id or ""),
            base=str(lesson.latest_number),
            type=lesson.type,
        )
    stored = version.settings if version is not None else {}
    form.of_type(kind, stored or {}, request.form if request.method == "POST" else None)
    shops = shops_visible_to(person)
    everywhere = can_write_for(person, None, shop_ids=shop_ids)
    return form.offer(competencies=competencies_visible_to(person), shops=shops, everywhere=everywhere)


def _editor(
    form: LessonForm, lesson: Lesson | None, version: LessonVersion | None, course: Course | None = None
) -> ResponseReturnValue:
    person = current_person()
    shop_id = lesson.shop_id if lesson else course.shop_id if course else form.chosen_shop_id
    required = review_required(shop_id)
    page = render_template(
        "courses/lessons/edit.html",
        form=form,
        kind=form.kind,
        settings=form.settings,
        lesson=lesson,
        version=version,
        course=course or (lesson.course if lesson else None),
        review_required=required,
        last_review=last_review(lesson) if lesson else None,
        draft_key=f"kefu-lesson:{person.id}:{lesson.id if lesson else 'new-' + form.kind.name}",
        dimensions=[(d, dimension_label(d)) for d in Dimension],
        **_shown(form.kind, form.body.data or "", form.settings, shop_id),
    )
    return page, 422 if form.errors else 200


def _shown(kind: LessonType, body: str, settings: dict[str, Any], shop_id: int | None) -> dict[str, Any]:
    """A body as the preview shows it, and what is wrong with it."""
    place = place_for_author(shop_id, kind.name, body, settings)
    return {
        "rendered": kind.render(body, today=to_local(now()).date(), place=place),
        "problems": kind.problems(body, settings) if body.strip() else [],
    }


def _older(lesson: Lesson, newest: LessonVersion) -> LessonVersion:
    """The version whose text the editor starts from: ?from=3 brings an older one back as a new edit."""
    number = _whole(request.args.get("from", ""))
    return version_of(lesson, number) if number and number != newest.number else newest


def _saved(lesson: Lesson, form: LessonForm) -> ResponseReturnValue:
    """Publish or submit what was just saved, where the author asked for it; saved it is in any case."""
    person, then, note = current_person(), request.form.get("then"), form.note.data or ""
    try:
        if then == "publish":
            publish(actor=person, lesson=lesson, at=now(), note=note)
        elif then == "submit":
            submit(actor=person, lesson=lesson, at=now(), note=note)
    except (LessonError, ReviewNeeded) as error:
        flash(_("已保存，但没有发布：%(reason)s", reason=str(error)), "warning")
        return redirect(url_for("lesson_authoring.edit", lesson_id=lesson.id), 303)
    if then == "submit":
        flash(_("已保存并送审版本 %(n)s，审核人会收到通知。", n=lesson.latest_number), "success")
    elif lesson.state is LessonState.PUBLISHED and not lesson.has_unpublished_changes:
        flash(_("已保存并发布。") if then == "publish" else _("已保存。"), "success")
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
