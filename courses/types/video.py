"""The lesson type "video": a video and notes below it; learnt once most of it was really watched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from flask import get_template_attribute, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from courses.types import blocks
from courses.types.markdown import MarkdownLesson
from courses.types.protocol import NOWHERE, MediaShown, Panel, Place, Problem, RenderedLesson
from courses.watching.services import COVER, Progress, standing
from courses.watching.sessions import issue

REF = re.compile(r"(?:media:)?([0-9a-f]{16})")
LEAST, MOST = 0.5, 0.98
"""What share may be asked for. Not all of it: the last blink of a video is never shown by some browsers."""


class VideoLesson(MarkdownLesson):
    """Settings: ``media``, the ref of the video, and ``cover``, the share that has to be watched."""

    name = "video"
    label: Any = _l("视频")
    icon = "video"
    hint: Any = _l("一段视频加文字要点，按实际看过的部分算，拖到结尾不算")
    editor_template: str | None = "courses/types/video_editor.html"
    by_reading = False

    def settings_from(self, form: Mapping[str, str]) -> dict[str, Any]:
        ref = REF.fullmatch(form.get("media", "").strip())
        return {"media": ref[1] if ref else "", "cover": _share(form.get("cover", ""))}

    def problems(self, body: str, settings: Mapping[str, Any] = MappingProxyType({})) -> list[Problem]:
        missing = [] if settings.get("media") else [Problem(0, _("请选择一个视频，或者上传一个。"))]
        return missing + blocks.problems(body)

    def media_refs(self, body: str, settings: Mapping[str, Any] = MappingProxyType({})) -> tuple[str, ...]:
        video = settings.get("media")
        refs = super().media_refs(body, settings)
        return tuple(dict.fromkeys([video, *refs])) if isinstance(video, str) and video else refs

    def render(self, body: str, *, today: date, place: Place = NOWHERE) -> RenderedLesson:
        rendered = super().render(body, today=today, place=place)
        if place.with_panel:
            return rendered
        shown = get_template_attribute("courses/types/video.html", "player")
        player = Markup(shown(video_of(place)))  # noqa: S704  a template of ours, which escapes
        return RenderedLesson(player + Markup("\n") + rendered.html, rendered.headings)

    def panel(
        self, *, person: Any, lesson: Any, version: Any, at: datetime, opening: Any, place: Place
    ) -> Panel | None:
        video = video_of(place)
        cover = cover_of(place.settings)
        if video is None:
            return Panel("courses/types/video_panel.html", {"video": None, "cover": cover}, above=True)
        progress = standing(
            actor=person,
            lesson=lesson,
            version=version,
            ref=video.ref,
            cover=cover,
            completed=opening.completed,
            task=opening.task,
            at=at,
        )
        data = _for_player(progress, video, lesson, version, cover)
        data["session"] = issue(person_id=person.id, lesson_id=lesson.id, at=at)
        context = {"video": video, "cover": cover, "progress": progress, "data": data}
        return Panel("courses/types/video_panel.html", context, above=True, completed=progress.completed)


def video_of(place: Place) -> MediaShown | None:
    """The video of a version; None when there is none, or what there is isn't a video."""
    ref = place.settings.get("media")
    video = place.media(ref) if isinstance(ref, str) and ref else None
    return video if video is not None and video.kind == "video" else None


def cover_of(settings: Mapping[str, Any]) -> float:
    """The share that has to be watched, whatever stands in the settings."""
    cover = settings.get("cover")
    return min(MOST, max(LEAST, float(cover))) if isinstance(cover, int | float) else COVER


def _share(text: str) -> float:
    """A percentage as typed, as a share; the usual one for anything else."""
    text = text.strip().rstrip("%")
    return min(MOST, max(LEAST, int(text) / 100)) if text.isascii() and text.isdigit() and len(text) < 4 else COVER


def _for_player(progress: Progress, video: MediaShown, lesson: Any, version: Any, cover: float) -> dict[str, Any]:
    """What the script of the player needs to know."""
    return {
        "url": url_for("lessons.watch", lesson_id=lesson.id),
        "version": version.number,
        "key": f"kefu-watch:{lesson.id}:{video.ref}",
        "seconds": progress.seconds or video.facts.get("seconds"),
        "seen": progress.seen,
        "percent": progress.percent,
        "position": progress.position,
        "cover": round(100 * cover),
        "completed": progress.completed is not None,
    }
