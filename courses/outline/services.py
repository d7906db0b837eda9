"""Writing courses: their facts, their modules, and the order of everything in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _

from courses.lessons.enums import CourseState
from courses.lessons.models import Course, CourseModule, Lesson
from courses.lessons.queries import all_shop_ids
from courses.lessons.rules import can_write_for
from courses.outline.ordering import is_order, placed
from courses.outline.queries import lessons_of, modules_of, tokens_of
from courses.outline.rules import can_edit_course
from courses.permissions import C
from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError, Forbidden
from lms.people.models import Person
from lms.people.rules import require, require_visible


class CourseError(DomainError):
    """A course that can't be kept like this."""


class OutlineMoved(Conflict):
    """Somebody else has changed the outline since the page was shown."""

    def __init__(self) -> None:
        super().__init__(
            _("别人刚改过这门课程的目录，您的顺序还没有保存。"),
            hint=_("下面是您的顺序，已并入对方新增的内容，核对后请再保存一次。"),
        )


def create_course(*, actor: Person, title: str, summary: str, shop_id: int | None, at: datetime) -> Course:
    """A new, empty course."""
    require(C.LESSONS_EDIT, of=actor)
    _require_writing_for(actor, shop_id)
    course = Course(shop_id=shop_id, created_at=at, updated_at=at)
    db.session.add(course)
    return _save(course, title, summary, at)


def edit_course(*, actor: Person, course: Course, title: str, summary: str, at: datetime) -> Course:
    """Change title and summary."""
    require_course(actor, course)
    return _save(course, title, summary, at)


def archive_course(*, actor: Person, course: Course, at: datetime) -> Course:
    """Take the course away from readers. Its lessons and what anybody did with them stay as they are."""
    require_course(actor, course)
    if course.state is not CourseState.ARCHIVED:
        course.state, course.archived_at = CourseState.ARCHIVED, at
        db.session.flush()
    return course


def restore_course(*, actor: Person, course: Course, at: datetime) -> Course:
    """Show it again."""
    require_course(actor, course)
    course.state, course.archived_at, course.updated_at = CourseState.OPEN, None, at
    db.session.flush()
    return course


def add_module(*, actor: Person, course: Course, title: str, at: datetime) -> CourseModule:
    """A module at the end."""
    require_course(actor, course)
    module = CourseModule(course_id=course.id, title=_titled(title), position=len(modules_of(course)) + 1)
    db.session.add(module)
    _touch(course, at)
    return module


def rename_module(*, actor: Person, module: CourseModule, course: Course, title: str, at: datetime) -> CourseModule:
    """Give the module another heading."""
    require_course(actor, course)
    module.title = _titled(title)
    _touch(course, at)
    return module


def remove_module(*, actor: Person, module: CourseModule, course: Course, at: datetime) -> None:
    """Remove the heading; its lessons join the module above, or stand before the first one."""
    require_course(actor, course)
    modules, lessons = list(modules_of(course)), [lesson for lesson, _version in lessons_of(course)]
    tokens = [token for token in tokens_of(modules, lessons) if token != f"m{module.id}"]
    _apply(tokens, [other for other in modules if other is not module], lessons)
    db.session.flush()
    db.session.delete(module)
    _touch(course, at)


def save_order(*, actor: Person, course: Course, tokens: Sequence[str], revision: int, at: datetime) -> Course:
    """Put modules and lessons in this order. Raises OutlineMoved when the outline is not the one that was shown."""
    require_course(actor, course)
    modules, lessons = modules_of(course), [lesson for lesson, _version in lessons_of(course)]
    current = tokens_of(modules, lessons)
    if not is_order(tokens) or revision != course.revision or set(tokens) != set(current):
        raise OutlineMoved
    if list(tokens) == current:
        return course
    _apply(tokens, modules, lessons)
    _touch(course, at)
    return course


def take_lesson(*, actor: Person, course: Course, lesson: Lesson, at: datetime) -> Lesson:
    """Put a lesson that is in no course at the end of this one."""
    require_course(actor, course)
    require_visible(lesson.shop_id == course.shop_id)
    if lesson.course_id is not None:
        raise CourseError(_("这节课时已经在一门课程里。"), where=lesson.activity.title)
    modules, lessons = modules_of(course), [other for other, _version in lessons_of(course)]
    lesson.course_id = course.id
    lesson.module_id = modules[-1].id if modules else None
    lesson.position = max((other.position for other in lessons), default=0) + 1
    _touch(course, at)
    return lesson


def let_lesson_go(*, actor: Person, course: Course, lesson: Lesson, at: datetime) -> Lesson:
    """Take a lesson out of the course; the lesson itself stays what it is."""
    require_course(actor, course)
    require_visible(lesson.course_id == course.id)
    lesson.course_id = lesson.module_id = None
    _touch(course, at)
    return lesson


def require_course(actor: Person, course: Course) -> None:
    """Raise Forbidden without the permission or for everybody's course, NotFound outside the actor's shops."""
    require(C.LESSONS_EDIT, of=actor)
    _require_writing_for(actor, course.shop_id)
    require_visible(can_edit_course(actor, course, shop_ids=all_shop_ids()))


def _require_writing_for(actor: Person, shop_id: int | None) -> None:
    allowed = can_write_for(actor, shop_id, shop_ids=all_shop_ids())
    if shop_id is None and not allowed:
        raise Forbidden(_("这门课程属于全部店铺，只有服务全部店铺的培训师或管理员可以修改。"))
    require_visible(allowed)


def _apply(tokens: Sequence[str], modules: Sequence[CourseModule], lessons: Sequence[Lesson]) -> None:
    order, places = placed(tokens)
    by_id = {lesson.id: lesson for lesson in lessons}
    for module in modules:
        module.position = order.index(module.id) + 1
    for place in places:
        by_id[place.lesson_id].module_id, by_id[place.lesson_id].position = place.module_id, place.position


def _touch(course: Course, at: datetime) -> None:
    course.revision, course.updated_at = course.revision + 1, at
    db.session.flush()


def _save(course: Course, title: str, summary: str, at: datetime) -> Course:
    course.title, course.summary, course.updated_at = _titled(title), " ".join(summary.split())[:500], at
    db.session.flush()
    return course


def _titled(title: str) -> str:
    tidy = " ".join(title.replace("\x00", "").split())
    if not tidy or len(tidy) > 200:
        raise CourseError(_("请填写标题，最多 200 个字。"))
    return tidy
