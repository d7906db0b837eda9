"""填空 and 简答: the examinee writes."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from quizzes.types.normalising import fold
from quizzes.types.protocol import Definition, FormValues, Grade, Response, TemplateNames, field_of

BLANK = "____"
_BLANK = re.compile(r"_{3,}")
MAX_BLANKS = 6
MAX_ANSWER = 200
MAX_ESSAY = 5000
_SPLIT = re.compile(r"[|｜\n]+")


class Fill(TemplateNames):
    """填空. Definition: {"text": sentence with ____ for each blank, "blanks": [{"accepted": [answer, …]}, …]}.

    Each blank weighs the same. Answers are compared after folding width, 繁/简, spaces, numerals and units
    (see normalising.fold). The first accepted answer is the one shown. Response: {"blanks": [text, …]}.
    """

    name, label, icon = "fill", _l("填空"), "forms"

    def validate(self, definition: Definition) -> list[str]:
        text, blanks = definition.get("text"), definition.get("blanks")
        if not isinstance(text, str) or not text.strip():
            return [_("请填写带空格的句子，用 ____ 表示要填的空")]
        if not isinstance(blanks, list) or not blanks:
            return [_("请写出每个空的答案")]
        problems: list[str] = []
        count = len(_BLANK.findall(text))
        if count != len(blanks):
            problems.append(_("句子里有 %(count)s 个空，却给了 %(answers)s 组答案", count=count, answers=len(blanks)))
        if len(blanks) > MAX_BLANKS:
            problems.append(_("一道题最多 %(max_blanks)s 个空", max_blanks=MAX_BLANKS))
        for number, accepted in enumerate(_accepted(definition), start=1):
            if not accepted or not all(fold(answer) for answer in accepted):
                problems.append(_("第 %(number)s 个空没有答案", number=number))
        return problems

    def grade(self, definition: Definition, response: Response) -> Grade:
        accepted = _accepted(definition)
        given = _given(response, len(accepted))
        right = [
            bool(fold(text)) and fold(text) in {fold(one) for one in answers}
            for text, answers in zip(given, accepted, strict=True)
        ]
        fraction = sum(right) / len(right) if right else 0.0
        return Grade(fraction, {"right": right, "given": given})

    def arrange(self, definition: Definition, rng: random.Random) -> list[str]:
        return []

    def present(self, definition: Definition, order: Sequence[str]) -> dict[str, Any]:
        """{"parts": the text around the blanks (one more than there are blanks), "blanks": how many}."""
        parts = _BLANK.split(str(definition.get("text", "")))
        return {"parts": parts, "blanks": len(parts) - 1}

    def parse(self, values: FormValues, definition: Definition) -> dict[str, Any] | None:
        count = len(_accepted(definition))
        given = [value.strip()[:MAX_ANSWER] for value in values.getlist("answer")[:count]]
        return {"blanks": given + [""] * (count - len(given))} if any(given) else None

    def read_definition(self, values: FormValues) -> dict[str, Any]:
        text = "".join(values.getlist("text")[:1]).strip()
        rows = [row.strip() for row in values.getlist("accepted")]
        while rows and not rows[-1]:
            rows.pop()
        blanks = [{"accepted": [one.strip() for one in _SPLIT.split(row) if one.strip()]} for row in rows]
        return {"text": _BLANK.sub(BLANK, text), "blanks": blanks}

    def key_text(self, definition: Definition) -> str:
        return "；".join(answers[0] if answers else "" for answers in _accepted(definition))

    def key_response(self, definition: Definition) -> dict[str, Any]:
        return {"blanks": [answers[0] if answers else "" for answers in _accepted(definition)]}

    def response_text(self, definition: Definition, response: Response) -> str:
        given = _given(response, len(_accepted(definition)))
        return "；".join(given) if any(given) else ""


@dataclass(frozen=True, slots=True)
class PointHit:
    """Whether an answer seems to touch a key point, and by which word; shown to the marker only."""

    point_id: str
    text: str
    mark: float
    hit: bool
    evidence: str = ""


class Short(TemplateNames):
    """简答. Definition: {"model_answer": text, "points": [{"id", "text", "mark", "keywords": [word, …]}, …]}.

    A marker decides: `grade` gives None for any answer, 0 for an empty one. `suggest` is a hint for the marker.
    Response: {"text": answer}.
    """

    name, label, icon = "short", _l("简答"), "message-2"

    def validate(self, definition: Definition) -> list[str]:
        problems: list[str] = []
        answer = definition.get("model_answer")
        if not isinstance(answer, str) or not answer.strip():
            problems.append(_("请写出参考答案"))
        points = _points(definition)
        given = definition.get("points")
        if not points or not isinstance(given, list) or len(points) != len(given):
            problems.append(_("请至少写一个得分点"))
        if any(not point["text"].strip() for point in points):
            problems.append(_("得分点不能为空"))
        if any(point["mark"] <= 0 for point in points):
            problems.append(_("得分点的分值要大于 0"))
        if len({point["id"] for point in points}) < len(points):
            problems.append(_("得分点编号重复"))
        return problems

    def grade(self, definition: Definition, response: Response) -> Grade:
        text = field_of(response, "text")
        return Grade(None if isinstance(text, str) and text.strip() else 0.0)

    def suggest(self, definition: Definition, response: Response) -> list[PointHit]:
        """Which key points the answer seems to hit, by their keywords (any one counts) after folding."""
        text = field_of(response, "text")
        answer = fold(text) if isinstance(text, str) else ""
        hits: list[PointHit] = []
        for point in _points(definition):
            words = point["keywords"] or [point["text"]]
            evidence = next((word for word in words if fold(word) and fold(word) in answer), "")
            hits.append(PointHit(point["id"], point["text"], point["mark"], bool(evidence), evidence))
        return hits

    def arrange(self, definition: Definition, rng: random.Random) -> list[str]:
        return []

    def present(self, definition: Definition, order: Sequence[str]) -> dict[str, Any]:
        return {"max_length": MAX_ESSAY}

    def parse(self, values: FormValues, definition: Definition) -> dict[str, Any] | None:
        text = "".join(values.getlist("answer")[:1]).replace("\r\n", "\n").strip()[:MAX_ESSAY]
        return {"text": text} if text else None

    def read_definition(self, values: FormValues) -> dict[str, Any]:
        texts, marks, words = (
            values.getlist("point_text"),
            values.getlist("point_mark"),
            values.getlist("point_keywords"),
        )
        points: list[dict[str, Any]] = []
        for row, text in enumerate(texts[:12]):
            if text.strip():
                keywords = (
                    [word.strip() for word in _SPLIT.split(words[row]) if word.strip()] if row < len(words) else []
                )
                mark = _number(marks[row]) if row < len(marks) else 1.0
                points.append({"id": f"p{len(points) + 1}", "text": text.strip(), "mark": mark, "keywords": keywords})
        return {"model_answer": "".join(values.getlist("model_answer")[:1]).strip(), "points": points}

    def key_text(self, definition: Definition) -> str:
        return str(definition.get("model_answer", ""))

    def key_response(self, definition: Definition) -> dict[str, Any]:
        return {"text": str(definition.get("model_answer", ""))}

    def response_text(self, definition: Definition, response: Response) -> str:
        text = field_of(response, "text")
        return text if isinstance(text, str) else ""


def _accepted(definition: Definition) -> list[list[str]]:
    blanks = definition.get("blanks")
    if not isinstance(blanks, list):
        return []
    found = [blank.get("accepted") if isinstance(blank, Mapping) else None for blank in blanks]
    return [[one for one in answers if isinstance(one, str)] if isinstance(answers, list) else [] for answers in found]


def _given(response: Response, count: int) -> list[str]:
    given = field_of(response, "blanks")
    texts = (
        [text[:MAX_ANSWER] if isinstance(text, str) else "" for text in given[:count]]
        if isinstance(given, list)
        else []
    )
    return texts + [""] * (count - len(texts))


def _points(definition: Definition) -> list[dict[str, Any]]:
    points = definition.get("points")
    if not isinstance(points, list):
        return []
    return [
        {
            "id": point["id"],
            "text": point["text"],
            "mark": float(point["mark"]) if isinstance(point.get("mark"), int | float) else 0.0,
            "keywords": [word for word in point.get("keywords") or [] if isinstance(word, str)],
        }
        for point in points
        if isinstance(point, Mapping) and isinstance(point.get("id"), str) and isinstance(point.get("text"), str)
    ]


def _number(text: str) -> float:
    try:
        value = float(fold(text) or "1")
    except ValueError:
        return 0.0
    return value if 0 < value <= 100 else 0.0
