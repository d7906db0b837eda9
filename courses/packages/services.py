"""Exporting a course, looking at a package before it is imported, and importing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, BinaryIO, cast

from flask_babel import gettext as _
from sqlalchemy import or_, select

from courses.lessons.enums import LessonState
from courses.lessons.models import Course
from courses.lessons.queries import all_shop_ids
from courses.lessons.rules import can_write_for
from courses.lessons.services import Draft, create_lesson, tidy_body
from courses.outline.queries import lessons_of, modules_of
from courses.outline.rules import can_manage_course
from courses.outline.services import add_module, create_course
from courses.packages.archive import PackageFile, write_package
from courses.packages.manifest import CompetencyRef, LessonEntry, MediaEntry, Package, PackageError, lesson_file
from courses.permissions import C
from courses.types import lesson_types
from lms.kernel.db import db
from lms.kernel.storage import files
from lms.learning.competency_services import create_competency
from lms.learning.models import Activity, Competency
from lms.media.models import Media
from lms.media.queries import media_by_ref
from lms.media.services import store_upload
from lms.people.models import Person
from lms.people.rules import require, require_visible


@dataclass(frozen=True)
class PackageProblem:
    """Why a package can't be imported: the file (and line) in it, and what to do."""

    where: str
    message: str


@dataclass
class Plan:
    """What an import would do: competencies matched (None: to be made), notes, and what stands in the way."""

    package: Package
    competencies: dict[CompetencyRef, Competency | None] = field(default_factory=dict)
    known_media: int = 0
    notes: list[str] = field(default_factory=list)
    problems: list[PackageProblem] = field(default_factory=list)

    @property
    def to_make(self) -> list[CompetencyRef]:
        return sorted(ref for ref, found in self.competencies.items() if found is None)


def export_course(*, actor: Person, course: Course, target: IO[bytes]) -> Package:
    """Write the course with the newest version of every lesson that is not archived, and the files they show.

    Raises PackageError where a file is missing or a lesson's type is not at hand.
    """
    require(C.LESSONS_EDIT, of=actor)
    require_visible(can_manage_course(actor, course))
    modules = modules_of(course)
    index = {module.id: n for n, module in enumerate(modules)}
    types = lesson_types()
    entries: list[LessonEntry] = []
    bodies: dict[str, str] = {}
    refs: dict[str, str] = {}
    for lesson, version in lessons_of(course):
        if lesson.state is LessonState.ARCHIVED:
            continue
        if lesson.type not in types:
            raise PackageError(_("这种课时的插件没有启用，不能导出。"), where=version.title)
        settings = dict(version.settings or {})
        refs |= dict.fromkeys(types[lesson.type].media_refs(version.body, settings), version.title)
        entry = LessonEntry(
            type=lesson.type,
            title=version.title,
            summary=version.summary,
            minutes=version.minutes,
            dimension=lesson.activity.dimension,
            competencies=tuple(CompetencyRef(c.code, c.name, c.dimension) for c in lesson.activity.competencies),
            settings=_portable(settings, version.title),
            module=index[lesson.module_id] if lesson.module_id is not None else None,
            file=lesson_file(len(entries) + 1, version.title),
        )
        entries.append(entry)
        bodies[entry.file] = version.body
    found = media_by_ref(course.shop_id, refs.keys())
    for ref, title in refs.items():
        if ref not in found or not files().path(found[ref].key).is_file():
            raise PackageError(_("正文里的文件找不到了，请重新上传后再导出。"), where=title)
    media = tuple(sorted(MediaEntry(m.ref, m.name, m.size, m.sha256) for m in found.values()))
    package = Package(course.title, course.summary, tuple(m.title for m in modules), tuple(entries), media)
    write_package(target, package, bodies, lambda entry: files().open(found[entry.ref].key))
    return package


def plan_import(*, actor: Person, shop_id: int | None, source: PackageFile) -> Plan:
    """What importing into the shop (None: for all shops) would do. Reads everything, writes nothing."""
    require(C.LESSONS_EDIT, of=actor)
    require_visible(can_write_for(actor, shop_id, shop_ids=all_shop_ids()))
    package = source.package
    plan = Plan(package)
    _match_competencies(plan, shop_id)
    source.verify_media()
    listed, used = {entry.ref for entry in package.media}, set()
    types = lesson_types()
    for lesson in package.lessons:
        body = source.body(lesson.file)
        if body != tidy_body(body):
            plan.problems.append(PackageProblem(lesson.file, _("正文里有控制字符，或者末尾的换行不对。")))
        if lesson.type not in types:
            message = _("没有“%(type)s”这种课时，请先启用它的插件。", type=lesson.type)
            plan.problems.append(PackageProblem(lesson.file, message))
            continue
        kind, settings = types[lesson.type], _local(lesson.settings, shop_id)
        if settings is None:
            plan.problems.append(PackageProblem(lesson.file, _missing_activity(lesson.settings)))
            continue
        for problem in kind.problems(body, settings):
            where = _("%(file)s 第 %(n)s 行", file=lesson.file, n=problem.line) if problem.line else lesson.file
            plan.problems.append(PackageProblem(where, problem.message))
        refs = set(kind.media_refs(body, settings))
        used |= refs
        for ref in sorted(refs - listed):
            plan.problems.append(PackageProblem(lesson.file, _("用到的文件 %(ref)s 不在课程包里。", ref=ref)))
    for entry in package.media:
        if entry.ref not in used:
            plan.problems.append(PackageProblem(entry.file, _("没有课时用到这个文件。")))
    plan.known_media = len(media_by_ref(shop_id, listed))
    if not package.lessons:
        plan.notes.append(_("课程里没有课时，只会建立课程和各章。"))
    return plan


def import_course(*, actor: Person, shop_id: int | None, source: PackageFile, at: datetime) -> Course:
    """A new course with its lessons as drafts, written by the actor. The same package again makes another course.

    Raises PackageError, and whatever the file store refuses; the caller rolls back, and nothing is left of it then.
    """
    plan = plan_import(actor=actor, shop_id=shop_id, source=source)
    if plan.problems:
        first = plan.problems[0]
        raise PackageError(first.message, where=first.where)
    package = plan.package
    for entry in package.media:
        _keep(actor, shop_id, source, entry, at)
    for ref in plan.to_make:
        plan.competencies[ref] = create_competency(
            actor=actor, code=ref.code, name=ref.name, description="", dimension=ref.dimension, shop_id=shop_id
        )
    course = create_course(actor=actor, title=package.title, summary=package.summary, shop_id=shop_id, at=at)
    modules = [add_module(actor=actor, course=course, title=title, at=at) for title in package.modules]
    for position, told in enumerate(package.lessons, start=1):
        lesson = create_lesson(
            actor=actor,
            draft=Draft(
                told.title, source.body(told.file), told.summary, told.minutes, _local(told.settings, shop_id) or {}
            ),
            competencies=[competency for ref in told.competencies if (competency := plan.competencies[ref])],
            shop_id=shop_id,
            type_name=told.type,
            course=course,
            module=modules[told.module] if told.module is not None else None,
            at=at,
        )
        lesson.position = position
    db.session.flush()
    return course


def _keep(actor: Person, shop_id: int | None, source: PackageFile, entry: MediaEntry, at: datetime) -> Media:
    with source.open_media(entry) as content:
        media = store_upload(actor=actor, shop_id=shop_id, stream=cast(BinaryIO, content), filename=entry.name, at=at)
    if media.sha256 != entry.sha256:
        raise PackageError(_("图片里带有拍摄信息，不是从客服学堂导出的，不能导入。"), where=entry.file)
    return media


def _match_competencies(plan: Plan, shop_id: int | None) -> None:
    """Match by code, name and dimension, the shop's own before everybody's; what the code alone matches is told."""
    wanted = {ref for lesson in plan.package.lessons for ref in lesson.competencies}
    codes = {ref.code for ref in wanted}
    places = (
        Competency.shop_id.is_(None)
        if shop_id is None
        else or_(Competency.shop_id == shop_id, Competency.shop_id.is_(None))
    )
    rows = list(
        db.session.scalars(select(Competency).where(places, Competency.code.in_(codes)).order_by(Competency.id))
    )
    rows.sort(key=lambda row: row.shop_id is None)
    for ref in sorted(wanted):
        exact = [r for r in rows if (r.code, r.name, r.dimension) == (ref.code, ref.name, ref.dimension)]
        taken = [r for r in rows if r.code == ref.code and r.shop_id == shop_id]
        if exact or not taken:
            plan.competencies[ref] = exact[0] if exact else None
        elif taken[0].dimension is ref.dimension:
            plan.competencies[ref] = taken[0]
            plan.notes.append(
                _("能力项 %(code)s 在这里叫“%(name)s”，课程包里叫“%(other)s”，沿用这里的。",
                  code=ref.code, name=taken[0].name, other=ref.name)
            )  # fmt: skip
        else:
            message = _("能力项 %(code)s 在这里属于另一个维度，请先改其中一个的编号。", code=ref.code)
            plan.problems.append(PackageProblem("manifest.json", message))


def _portable(settings: dict[str, Any], title: str) -> dict[str, Any]:
    """Settings without ids of this database: an activity is named by its slug, or else by its title."""
    if "activity_id" not in settings:
        return settings
    activity = db.session.get(Activity, settings["activity_id"] or 0)
    if activity is None:
        raise PackageError(_("课时所指的测验找不到了，请重新选择后再导出。"), where=title)
    named = {"slug": activity.slug} if activity.slug else {"activity_title": activity.title}
    rest = {key: value for key, value in settings.items() if key not in ("activity_id", "slug")}
    return rest | {"activity_kind": activity.kind} | named


def _local(settings: Mapping[str, Any], shop_id: int | None) -> dict[str, Any] | None:
    """The settings with the id that the activity has here; None where there is none of that name."""
    if "activity_kind" not in settings:
        return dict(settings)
    places = (
        Activity.shop_id.is_(None) if shop_id is None else or_(Activity.shop_id == shop_id, Activity.shop_id.is_(None))
    )
    slug, title = settings.get("slug"), settings.get("activity_title")
    named = Activity.slug == str(slug) if slug else Activity.title == str(title)
    query = select(Activity).where(places, named, Activity.kind == str(settings["activity_kind"]))
    activity = db.session.scalars(query.order_by(Activity.shop_id.is_(None), Activity.id)).first()
    if activity is None:
        return None
    dropped = ("activity_kind", "activity_title", "slug")
    rest = {key: value for key, value in settings.items() if key not in dropped}
    return rest | {"activity_id": activity.id} | ({"slug": activity.slug} if activity.slug else {})


def _missing_activity(settings: Mapping[str, Any]) -> str:
    name = settings.get("activity_title") or settings.get("slug") or ""
    return _("这一节要通过的测验“%(name)s”这里没有，请先建好同名的测验。", name=name)
