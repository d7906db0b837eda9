"""What a question type must be able to do, and the words all types share.

A definition is the part of an item version that differs by type, a JSON object; each type documents its own. A response
is what the examinee gave, a JSON object too, or None for an item left open. Types read and return plain data: no
request, no session, no database, so that the same code grades a paper today and regrades it next year.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from flask_babel import gettext as _

Definition = Mapping[str, Any]
Response = Mapping[str, Any] | None

MAX_OPTIONS = 8
MAX_TEXT = 500


@dataclass(frozen=True, slots=True)
class Grade:
    """`fraction` lies between 0 and 1; None: the answer waits for a marker. `detail` is JSON, for review pages."""

    fraction: float | None
    detail: dict[str, Any] = field(default_factory=dict)


class FormValues(Protocol):
    """The one method of a werkzeug MultiDict that types need."""

    def getlist(self, key: str) -> list[str]: ...


@runtime_checkable
class QuestionType(Protocol):
    """One question type (题型). Register it through the hook `question_types`."""

    name: str
    label: Any
    icon: str

    def validate(self, definition: Definition) -> list[str]:
        """What is wrong with a definition, in words for the author; an empty list when it can be used."""

    def grade(self, definition: Definition, response: Response) -> Grade:
        """A pure function that never raises on a response, however it was forged. Nothing answered is 0."""

    def arrange(self, definition: Definition, rng: random.Random) -> list[str]:
        """The order of option ids to freeze on the slot; empty for types without options."""

    def present(self, definition: Definition, order: Sequence[str]) -> dict[str, Any]:
        """What the examinee may see. Never a key, an accepted answer or a key point."""

    def parse(self, values: FormValues, definition: Definition) -> dict[str, Any] | None:
        """The response in a submitted answer form; None when nothing was answered."""

    def read_definition(self, values: FormValues) -> dict[str, Any]:
        """The definition in a submitted edit form; not validated yet."""

    def key_text(self, definition: Definition) -> str:
        """The right answer in one line, for lists, exports and review."""

    def key_response(self, definition: Definition) -> dict[str, Any]:
        """The response that earns the full fraction (for a type marked by people: the model answer)."""

    def response_text(self, definition: Definition, response: Response) -> str:
        """What the examinee answered, in one line; empty when nothing was answered."""

    def answer_template(self) -> str: ...

    def review_template(self) -> str: ...

    def edit_template(self) -> str: ...


class TemplateNames:
    """The usual template names of a type; a type from another package overrides them."""

    name: str

    def answer_template(self) -> str:
        return f"quizzes/types/{self.name}_answer.html"

    def review_template(self) -> str:
        return f"quizzes/types/{self.name}_review.html"

    def edit_template(self) -> str:
        return f"quizzes/types/{self.name}_edit.html"


def option_id(text: str, taken: Iterable[str] = ()) -> str:
    """A short id made of the option's own text: it stays when options move, and tells nothing of the key."""
    used = set(taken)
    digest = hashlib.blake2s(text.strip().encode(), digest_size=16).hexdigest()
    for size in range(4, len(digest)):
        if digest[:size] not in used:
            return digest[:size]
    raise ValueError("too many options with the same text")


def make_options(texts: Iterable[str]) -> list[dict[str, str]]:
    """Options `[{"id", "text"}]` with fresh ids, in the order given."""
    options: list[dict[str, str]] = []
    for text in texts:
        options.append({"id": option_id(text, (o["id"] for o in options)), "text": text.strip()})
    return options


def options_of(definition: Definition) -> list[dict[str, str]]:
    """The well-formed options of a definition; whatever is malformed is left out rather than raised on."""
    found = definition.get("options") if isinstance(definition, Mapping) else None
    if not isinstance(found, list):
        return []
    return [
        {"id": o["id"], "text": o["text"]}
        for o in found
        if isinstance(o, Mapping) and isinstance(o.get("id"), str) and isinstance(o.get("text"), str)
    ]


def field_of(response: Response, name: str) -> Any:
    """A field of a response that may be anything at all."""
    return response.get(name) if isinstance(response, Mapping) else None


def arrange_options(definition: Definition, rng: random.Random) -> list[str]:
    ids = [option["id"] for option in options_of(definition)]
    if definition.get("shuffle", True):
        rng.shuffle(ids)
    return ids


def ordered_options(definition: Definition, order: Sequence[str]) -> list[dict[str, str]]:
    """Options in the frozen order; ids it does not know come last, so that no option ever disappears."""
    rank = {option: number for number, option in enumerate(order or ())}
    return sorted(options_of(definition), key=lambda option: rank.get(option["id"], len(rank)))


def check_options(definition: Definition) -> list[str]:
    """Faults of an option list, in words for the author."""
    given = definition.get("options")
    options = options_of(definition)
    problems: list[str] = []
    if not isinstance(given, list) or len(given) != len(options):
        problems.append(_("选项格式不对"))
    if not 2 <= len(options) <= MAX_OPTIONS:
        problems.append(_("选项要有 2 到 %(max_options)s 个", max_options=MAX_OPTIONS))
    if any(not option["text"].strip() for option in options):
        problems.append(_("选项内容不能为空"))
    if any(len(option["text"]) > MAX_TEXT for option in options):
        problems.append(_("选项不能超过 %(max_text)s 字", max_text=MAX_TEXT))
    if len({option["id"] for option in options}) < len(options):
        problems.append(_("选项编号重复"))
    texts = ["".join(option["text"].split()) for option in options]
    if len(set(texts)) < len(texts):
        problems.append(_("有两个选项内容相同"))
    return problems


def rows_of(values: FormValues) -> list[tuple[dict[str, str], int]]:
    """Options of an edit form (parallel option_id, option_text) with the row each stood in; empty rows are skipped."""
    ids, rows = values.getlist("option_id"), []
    options: list[dict[str, str]] = []
    for row, text in enumerate(values.getlist("option_text")[: MAX_OPTIONS * 2]):
        if not text.strip():
            continue
        taken = [option["id"] for option in options]
        given = ids[row].strip() if row < len(ids) else ""
        new = {"id": given if given and given not in taken else option_id(text, taken), "text": text.strip()}
        options.append(new)
        rows.append((new, row))
    return rows
