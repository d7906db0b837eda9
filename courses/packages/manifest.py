"""The manifest of a course package: JSON that is written one way only, so that the same course gives the same bytes.

Nothing in it depends on where it was made: no ids, no shop, no times. Keys are sorted, text is UTF-8 without escapes,
two blanks indent, one line end closes it. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from flask_babel import gettext as _

from lms.kernel.errors import DomainError
from lms.learning.enums import Dimension

FORMAT = "kefu-course"
VERSION = 1
NAME = "manifest.json"
MOST_LESSONS = 300
MOST_MODULES = 100
MOST_MEDIA = 1_000
LONGEST_SETTINGS = 20_000
REF = re.compile(r"[0-9a-f]{16}")
SHA256 = re.compile(r"[0-9a-f]{64}")
SUFFIX = re.compile(r"[a-z0-9]{1,5}")


class PackageError(DomainError):
    """A package that can't be read or written; ``where`` names the file in it."""

    status = 422


@dataclass(frozen=True, order=True)
class CompetencyRef:
    """A competency as a package names it."""

    code: str
    name: str
    dimension: Dimension


@dataclass(frozen=True)
class LessonEntry:
    """A lesson; ``module`` is an index into the package's modules or None, ``file`` holds the body."""

    type: str
    title: str
    summary: str
    minutes: int
    dimension: Dimension
    competencies: tuple[CompetencyRef, ...]
    settings: Mapping[str, Any]
    module: int | None
    file: str


@dataclass(frozen=True, order=True)
class MediaEntry:
    """A file that texts name ``media:<ref>``."""

    ref: str
    name: str
    size: int
    sha256: str

    @property
    def file(self) -> str:
        suffix = self.name.rpartition(".")[2].lower() if "." in self.name else ""
        return f"media/{self.ref}.{suffix if SUFFIX.fullmatch(suffix) else 'bin'}"


@dataclass(frozen=True)
class Package:
    """Everything that a manifest says."""

    title: str
    summary: str
    modules: tuple[str, ...]
    lessons: tuple[LessonEntry, ...]
    media: tuple[MediaEntry, ...] = field(default=())

    @property
    def files(self) -> list[str]:
        """The files beside the manifest, in the order in which they stand in the package."""
        return [lesson.file for lesson in self.lessons] + [entry.file for entry in self.media]


def lesson_file(number: int, title: str) -> str:
    """``lessons/03-先问用途.md``: the place in the course, and enough of the title to find it."""
    words = re.sub(r"[^\w]+", "-", title).strip("-")[:40].strip("-")
    return f"lessons/{number:02d}-{words or 'lesson'}.md"


def dump(package: Package) -> bytes:
    """The manifest's bytes."""
    told = {
        "format": FORMAT,
        "version": VERSION,
        "course": {"title": package.title, "summary": package.summary},
        "modules": [{"title": title} for title in package.modules],
        "lessons": [
            {
                "type": lesson.type,
                "title": lesson.title,
                "summary": lesson.summary,
                "minutes": lesson.minutes,
                "dimension": lesson.dimension.value,
                "competencies": [
                    {"code": ref.code, "name": ref.name, "dimension": ref.dimension.value}
                    for ref in sorted(lesson.competencies)
                ],
                "settings": dict(lesson.settings),
                "module": lesson.module,
                "file": lesson.file,
            }
            for lesson in package.lessons
        ],
        "media": [
            {"ref": entry.ref, "name": entry.name, "size": entry.size, "sha256": entry.sha256, "file": entry.file}
            for entry in sorted(package.media)
        ],
    }
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, indent=2, separators=(",", ": "), allow_nan=False)
    return text.encode("utf-8") + b"\n"


def parse(data: bytes) -> Package:
    """Read a manifest. Raises PackageError with the line, or the place in it, and what is wrong."""
    try:
        told = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise PackageError(_("不是 UTF-8 文字。"), where=NAME) from error
    except json.JSONDecodeError as error:
        raise PackageError(
            _("不是有效的 JSON。"),
            where=_("%(file)s 第 %(line)s 行第 %(column)s 列", file=NAME, line=error.lineno, column=error.colno),
        ) from error
    except (ValueError, RecursionError) as error:
        raise PackageError(_("不是有效的 JSON。"), where=NAME) from error
    root = _Part(told, NAME)
    if root.told.get("format") != FORMAT:
        raise PackageError(_("这不是客服学堂的课程包。"), where=NAME, hint=_("请选择“导出课程包”得到的 zip 文件。"))
    if root.told.get("version") != VERSION:
        raise PackageError(_("课程包的版本不认识，可能来自更新的程序。"), where=NAME, hint=_("请先升级再导入。"))
    course = _Part(root.told.get("course"), f"{NAME} course")
    modules = [_Part(m, f"{NAME} modules[{n}]") for n, m in enumerate(root.list("modules", MOST_MODULES))]
    titles = tuple(module.text("title", 200) for module in modules)
    lessons = [_lesson(part, n, len(titles)) for n, part in enumerate(root.list("lessons", MOST_LESSONS))]
    media = [_media(part, n) for n, part in enumerate(root.list("media", MOST_MEDIA))]
    if len({entry.ref for entry in media}) != len(media):
        raise PackageError(_("同一个文件列了两次。"), where=f"{NAME} media")
    summary = course.text("summary", 500, empty=True)
    return Package(course.text("title", 200), summary, titles, tuple(lessons), tuple(sorted(media)))


def _lesson(told: Any, number: int, modules: int) -> LessonEntry:
    part = _Part(told, f"{NAME} lessons[{number}]")
    refs = [_Part(ref, f"{part.where} competencies[{n}]") for n, ref in enumerate(part.list("competencies", 20))]
    module = part.told.get("module")
    if module is not None and (not _is_int(module) or not 0 <= module < modules):
        raise PackageError(_("所属的章不存在。"), where=f"{part.where} module")
    settings = part.told.get("settings")
    if not isinstance(settings, dict) or len(json.dumps(settings)) > LONGEST_SETTINGS:
        raise PackageError(_("要是一个不太大的对象。"), where=f"{part.where} settings")
    title = part.text("title", 200)
    entry = LessonEntry(
        type=part.text("type", 40),
        title=title,
        summary=part.text("summary", 500, empty=True),
        minutes=part.number("minutes", 1, 240),
        dimension=part.dimension(),
        competencies=tuple(
            sorted(CompetencyRef(ref.text("code", 40), ref.text("name", 100), ref.dimension()) for ref in refs)
        ),
        settings=settings,
        module=module,
        file=part.text("file", 200),
    )
    if entry.file != lesson_file(number + 1, title):
        raise PackageError(_("正文的文件名和课时对不上。"), where=f"{part.where} file")
    if not entry.competencies or {ref.dimension for ref in entry.competencies} != {entry.dimension}:
        raise PackageError(_("课时要有能力项，而且都属于课时的维度。"), where=f"{part.where} competencies")
    return entry


def _media(told: Any, number: int) -> MediaEntry:
    part = _Part(told, f"{NAME} media[{number}]")
    entry = MediaEntry(
        ref=part.text("ref", 16),
        name=part.text("name", 200),
        size=part.number("size", 1, 1 << 40),
        sha256=part.text("sha256", 64),
    )
    if not REF.fullmatch(entry.ref) or not SHA256.fullmatch(entry.sha256) or not entry.sha256.startswith(entry.ref):
        raise PackageError(_("校验和不对。"), where=part.where)
    if part.told.get("file") != entry.file:
        raise PackageError(_("文件名和登记的对不上。"), where=f"{part.where} file")
    return entry


class _Part:
    """An object of the manifest, and how to take typed values out of it."""

    def __init__(self, told: Any, where: str) -> None:
        if not isinstance(told, dict):
            raise PackageError(_("这里要是一个对象。"), where=where)
        self.told: dict[str, Any] = told
        self.where = where

    def text(self, key: str, most: int, *, empty: bool = False) -> str:
        value = self.told.get(key)
        if not isinstance(value, str) or len(value) > most or value != " ".join(value.split()) or not _printable(value):
            raise PackageError(_("要是一行文字，最多 %(most)s 个字。", most=most), where=f"{self.where} {key}")
        if not value and not empty:
            raise PackageError(_("不能是空的。"), where=f"{self.where} {key}")
        return value

    def number(self, key: str, least: int, most: int) -> int:
        value = self.told.get(key)
        if not _is_int(value) or not least <= value <= most:
            raise PackageError(
                _("要是 %(least)s–%(most)s 之间的整数。", least=least, most=most), where=f"{self.where} {key}"
            )
        return value

    def list(self, key: str, most: int) -> list[Any]:
        value = self.told.get(key)
        if not isinstance(value, list) or len(value) > most:
            raise PackageError(_("要是一个列表，最多 %(most)s 项。", most=most), where=f"{self.where} {key}")
        return value

    def dimension(self) -> Dimension:
        value = self.told.get("dimension")
        if value not in set(Dimension):
            raise PackageError(_("维度要是 attitude、knowledge 或 skill。"), where=f"{self.where} dimension")
        return Dimension(value)


def _is_int(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _printable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return not re.search(r"[\x00-\x1f\x7f]", text)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
