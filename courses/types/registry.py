"""The lesson types of the plugins that are on."""

from __future__ import annotations

from flask_babel import gettext as _

from courses.types.protocol import LessonType
from lms.kernel.errors import DomainError
from lms.kernel.plugins import plugins


class UnknownLessonType(DomainError):
    """No plugin that is on offers this type."""


def lesson_types() -> dict[str, LessonType]:
    """Every lesson type by name. The first plugin to offer a name keeps it."""
    found: dict[str, LessonType] = {}
    for kind in plugins().all("lesson_types"):
        found.setdefault(kind.name, kind)
    return found


def lesson_type(name: str) -> LessonType:
    """The lesson type of that name; UnknownLessonType when its plugin is off."""
    try:
        return lesson_types()[name]
    except KeyError:
        raise UnknownLessonType(
            _("这种课时的插件没有启用，暂时无法显示。"), where=name, hint=_("请联系管理员检查插件。")
        ) from None
