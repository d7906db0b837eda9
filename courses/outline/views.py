"""Pages of courses: for readers a course with its modules, for authors the list and the outline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses.lessons.labels import state_label
from courses.lessons.models import Course, CourseModule
from courses.lessons.queries import all_shop_ids, lesson_for_authors
from courses.lessons.rules import can_write_for
from courses.outline.forms import CourseForm, NewCourseForm
from courses.outline.ordering import is_order, merged, moved
from courses.outline.queries import (
    addable_lessons,
    course_for_authors,
    course_reading,
    courses_in,
    lessons_of,
    managed_courses,
    modules_of,
    sections,
    tokens_of,
)
from courses.outline.rules import can_edit_course, can_manage_course
from courses.outline.services import (
    OutlineMoved,
    add_module,
    archive_course,
    create_course,
    edit_course,
    let_lesson_go,
    remove_module,
    rename_module,
    restore_course,
    save_order,
    take_lesson,
)
from courses.permissions import C
from lms.kernel.clock import now
from lms.kernel.db import get_or_404
from lms.learning.locks import locks_of
from lms.people.guards import current_person, requires
from lms.people.queries import shops_visible_to
from lms.people.rules import require_visible
from lms.web.paging import page_number, paginate

reading_bp = Blueprint("courses", __name__, url_prefix="/courses", template_folder="templates")
bp = Blueprint(
    "course_outline", __name__, url_prefix="/courses/manage", template_folder="templates", static_folder="static"
)


@reading_bp.app_template_global("courses_in")
def _courses_in(shelves: Sequence[Any]) -> list[Any]:
    """The courses of the shelves on the page of lessons."""
    return courses_in([reading for shelf in shelves for reading in shelf.readings])


@reading_bp.get("/<int:course_id>")
@requires(C.LESSONS_READ)
def show(course_id: int) -> str:
    person, at = current_person(), now()
    shown = course_reading(person, course_id)
    locks = locks_of(person, [reading.lesson.activity_id for reading in shown.readings], at)
    return render_template(
        "courses/outline/course.html",
        shown=shown,
        course=shown.course,
        locks=locks,
        next=shown.next(locks),
        may_edit=can_manage_course(person, shown.course),
        at=at,
    )


@bp.get("/")
@requires(C.LESSONS_EDIT)
def index() -> str:
    person, archived = current_person(), request.args.get("state") == "archived"
    return render_template(
        "courses/outline/manage.html",
        page=paginate(managed_courses(person, archived=archived), page_number()),
        archived=archived,
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(C.LESSONS_EDIT)
def new() -> ResponseReturnValue:
    person = current_person()
    everywhere = can_write_for(person, None, shop_ids=all_shop_ids())
    form = NewCourseForm().offer(shops=shops_visible_to(person), everywhere=everywhere)
    if form.validate_on_submit():
        course = create_course(
            actor=person,
            title=form.title.data or "",
            summary=form.summary.data or "",
            shop_id=form.chosen_shop_id,
            at=now(),
        )
        flash(_("已建立课程，接着分章、添加课时。"), "success")
        return redirect(url_for(".edit", course_id=course.id), 303)
    return render_template("courses/outline/form.html", form=form, course=None), 422 if form.errors else 200


@bp.get("/<int:course_id>")
@requires(C.LESSONS_EDIT)
def edit(course_id: int) -> str:
    return _outline(course_for_authors(current_person(), course_id))


@bp.route("/<int:course_id>/facts", methods=["GET", "POST"])
@requires(C.LESSONS_EDIT)
def facts(course_id: int) -> ResponseReturnValue:
    course = course_for_authors(current_person(), course_id)
    form = CourseForm(obj=course)
    if form.validate_on_submit():
        edit_course(
            actor=current_person(),
            course=course,
            title=form.title.data or "",
            summary=form.summary.data or "",
            at=now(),
        )
        flash(_("已保存。"), "success")
        return redirect(url_for(".edit", course_id=course.id), 303)
    return render_template("courses/outline/form.html", form=form, course=course), 422 if form.errors else 200


@bp.post("/<int:course_id>/order")
@requires(C.LESSONS_EDIT)
def order(course_id: int) -> ResponseReturnValue:
    """The whole order; ``move=l3:up`` moves one thing first, for browsers without the script."""
    course = course_for_authors(current_person(), course_id)
    tokens = request.form.getlist("order")
    token, _colon, way = request.form.get("move", "").partition(":")
    if token:
        tokens = moved(tokens, token, -1 if way == "up" else 1)
    revision = request.form.get("revision", 0, type=int)
    try:
        save_order(actor=current_person(), course=course, tokens=tokens, revision=revision, at=now())
    except OutlineMoved as conflict:
        return _outline(course, wanted=tokens if is_order(tokens) else (), conflict=conflict), 409
    flash(_("顺序已保存。"), "success")
    return redirect(url_for(".edit", course_id=course.id, _anchor=token or None), 303)


@bp.post("/<int:course_id>/modules")
@requires(C.LESSONS_EDIT)
def module_new(course_id: int) -> ResponseReturnValue:
    course = course_for_authors(current_person(), course_id)
    module = add_module(actor=current_person(), course=course, title=request.form.get("title", ""), at=now())
    return redirect(url_for(".edit", course_id=course.id, _anchor=f"m{module.id}"), 303)


@bp.post("/modules/<int:module_id>")
@requires(C.LESSONS_EDIT)
def module_edit(module_id: int) -> ResponseReturnValue:
    """Rename the module, or with ``then=remove`` dissolve it."""
    person, at = current_person(), now()
    module = get_or_404(CourseModule, module_id)
    course = course_for_authors(person, module.course_id)
    if request.form.get("then") == "remove":
        remove_module(actor=person, module=module, course=course, at=at)
        flash(_("已撤销这一章，课时并入上一章。"), "success")
    else:
        rename_module(actor=person, module=module, course=course, title=request.form.get("title", ""), at=at)
    return redirect(url_for(".edit", course_id=course.id), 303)


@bp.post("/<int:course_id>/lessons")
@requires(C.LESSONS_EDIT)
def lesson_in(course_id: int) -> ResponseReturnValue:
    person = current_person()
    course = course_for_authors(person, course_id)
    lesson, _version = lesson_for_authors(person, request.form.get("lesson_id", 0, type=int))
    take_lesson(actor=person, course=course, lesson=lesson, at=now())
    return redirect(url_for(".edit", course_id=course.id, _anchor=f"l{lesson.id}"), 303)


@bp.post("/<int:course_id>/lessons/<int:lesson_id>/out")
@requires(C.LESSONS_EDIT)
def lesson_out(course_id: int, lesson_id: int) -> ResponseReturnValue:
    person = current_person()
    course = course_for_authors(person, course_id)
    lesson, _version = lesson_for_authors(person, lesson_id)
    let_lesson_go(actor=person, course=course, lesson=lesson, at=now())
    flash(_("已移出课程，课时还在课时管理里。"), "success")
    return redirect(url_for(".edit", course_id=course.id), 303)


@bp.post("/<int:course_id>/state")
@requires(C.LESSONS_EDIT)
def state(course_id: int) -> ResponseReturnValue:
    """Archive the course, or with ``then=restore`` show it again."""
    person = current_person()
    course = course_for_authors(person, course_id)
    if request.form.get("then") == "restore":
        restore_course(actor=person, course=course, at=now())
        flash(_("已恢复，读者又能看到这门课程。"), "success")
    else:
        archive_course(actor=person, course=course, at=now())
        flash(_("已归档，课时和学习记录都还在。"), "success")
    return redirect(url_for(".edit", course_id=course.id), 303)


def _outline(course: Course, wanted: Sequence[str] | None = None, conflict: OutlineMoved | None = None) -> str:
    person = current_person()
    modules, lessons = modules_of(course), lessons_of(course)
    tokens = tokens_of(modules, [lesson for lesson, _version in lessons])
    may_edit = can_edit_course(person, course, shop_ids=all_shop_ids())
    require_visible(may_edit or can_manage_course(person, course))
    return render_template(
        "courses/outline/outline.html",
        course=course,
        sections=sections(merged(tokens, wanted) if wanted else tokens, modules, lessons),
        modules=modules,
        addable=addable_lessons(course) if may_edit else [],
        may_edit=may_edit,
        conflict=conflict,
        state_label=state_label,
    )
