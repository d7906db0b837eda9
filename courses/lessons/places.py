"""Where a lesson's files are found, for the page that shows it: readers get them through the lesson."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from courses.lessons.models import Lesson, LessonVersion
from courses.types import MediaShown, Place, lesson_type
from lms.kernel.storage import files
from lms.media.models import Media
from lms.media.queries import media_by_ref


def place_for_reader(lesson: Lesson, version: LessonVersion) -> Place:
    """The place of a version that somebody reads. One statement where it shows files, none elsewhere."""

    def address(media: Media, part: str | None) -> str:
        number = None if version.number == lesson.published_number else version.number
        return url_for("lessons.media", lesson_id=lesson.id, ref=media.ref, part=part, v=number)

    return _place(lesson.shop_id, lesson.type, version.body, version.settings or {}, address)


def place_for_author(shop_id: int | None, type_name: str, body: str, settings: Mapping[str, Any]) -> Place:
    """The place of a text that an author looks at, saved or not. One statement where it shows files."""

    def address(media: Media, part: str | None) -> str:
        return url_for("media.show", media_id=media.id, part=part)

    return _place(shop_id, type_name, body, settings, address)


def _place(
    shop_id: int | None,
    type_name: str,
    body: str,
    settings: Mapping[str, Any],
    address: Callable[[Media, str | None], str],
) -> Place:
    found = media_by_ref(shop_id, lesson_type(type_name).media_refs(body, settings))

    def shown(ref: str) -> MediaShown | None:
        media = found.get(ref)
        return None if media is None else _shown(media, address)

    return Place(dict(settings), shown)


def _shown(media: Media, address: Callable[[Media, str | None], str]) -> MediaShown:
    return MediaShown(
        ref=media.ref,
        kind=media.kind.value,
        name=media.name,
        url=address(media, None),
        mimetype=media.mimetype,
        size=media.size,
        state=media.state.value,
        facts=media.facts,
        parts=media.parts,
        part=lambda name: address(media, name),
        read=lambda name: files().path(media.parts[name]["key"]).read_text(encoding="utf-8"),
    )
