"""The lesson type "chat": how to say it and how not to, side by side, each with a comment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from courses.types import blocks
from courses.types.blocks import Chat, Speaker, Verdict
from courses.types.markdown import MarkdownLesson
from courses.types.protocol import NOWHERE, Place, Problem, RenderedLesson

SHOWN = (Verdict.GOOD, Verdict.BAD)
OPEN, CLOSE = Markup('<div class="chat-pair">'), Markup("</div>")


class ChatLesson(MarkdownLesson):
    """Markdown with at least one chat marked 正例 or 反例; every such chat has a 点评 that says why."""

    name = "chat"
    label: Any = _l("对话示范")
    icon = "messages"
    hint: Any = _l("正例和反例并排摆出来，每段都有点评，适合教怎么说")

    def problems(self, body: str, settings: Mapping[str, Any] = MappingProxyType({})) -> list[Problem]:
        found = super().problems(body, settings)
        chats = [part for part in blocks.split(body) if isinstance(part, Chat) and part.verdict in SHOWN]
        if not chats and not found:
            found.append(Problem(1, _("对话示范要有至少一段正例或反例，请写成 ```chat 正例 或 ```chat 反例。")))
        bare = (chat for chat in chats if not any(line.speaker is Speaker.NOTE for line in chat.lines))
        found += [
            Problem(chat.line, _("这段对话没有点评，请加一行“点评：……”，说明好在哪里或错在哪里。")) for chat in bare
        ]
        return sorted(found, key=lambda problem: problem.line)

    def render(self, body: str, *, today: date, place: Place = NOWHERE) -> RenderedLesson:
        """Neighbouring chats, one good and one bad, stand side by side where the screen is wide enough."""
        parts = blocks.split(body)
        html: list[Markup] = []
        headings: list[Any] = []
        at = 0
        while at < len(parts):
            pair = parts[at : at + 2]
            together = len(pair) == 2 and {_verdict(part) for part in pair} == set(SHOWN)
            drawn = [self.draw(part, headings, today=today, place=place) for part in (pair if together else pair[:1])]
            html += [OPEN, *drawn, CLOSE] if together else drawn
            at += len(drawn)
        return RenderedLesson(Markup("\n").join(html), tuple(headings))


def _verdict(part: blocks.Part) -> Verdict | None:
    return part.verdict if isinstance(part, Chat) else None
