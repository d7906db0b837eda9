"""单选, 多选 and 判断: the examinee chooses among what is there."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from quizzes.types.protocol import (
    Definition,
    FormValues,
    Grade,
    Response,
    TemplateNames,
    arrange_options,
    check_options,
    field_of,
    options_of,
    ordered_options,
    rows_of,
)

PARTIAL, ALL_OR_NOTHING = "partial", "all_or_nothing"


class Single(TemplateNames):
    """单选. Definition: {"options": [{"id", "text"}], "key": option id, "shuffle": bool (default true)}.

    Response: {"choice": option id}.
    """

    name, label, icon = "single", _l("单选"), "circle-dot"

    def validate(self, definition: Definition) -> list[str]:
        problems = check_options(definition)
        if definition.get("key") not in [option["id"] for option in options_of(definition)]:
            problems.append(_("请选定一个正确答案"))
        return problems

    def grade(self, definition: Definition, response: Response) -> Grade:
        choice, key = field_of(response, "choice"), definition.get("key")
        right = isinstance(choice, str) and choice == key
        return Grade(1.0 if right else 0.0, {"choice": choice if isinstance(choice, str) else None, "right": right})

    def arrange(self, definition: Definition, rng: random.Random) -> list[str]:
        return arrange_options(definition, rng)

    def present(self, definition: Definition, order: Sequence[str]) -> dict[str, Any]:
        return {"options": ordered_options(definition, order)}

    def parse(self, values: FormValues, definition: Definition) -> dict[str, Any] | None:
        known = [option["id"] for option in options_of(definition)]
        chosen = [value for value in values.getlist("answer") if value in known]
        return {"choice": chosen[0]} if chosen else None

    def read_definition(self, values: FormValues) -> dict[str, Any]:
        rows = rows_of(values)
        keys = values.getlist("key")
        key = next((option["id"] for option, row in rows if str(row) in keys), "")
        return {"options": [option for option, _ in rows], "key": key, "shuffle": bool(values.getlist("shuffle"))}

    def key_text(self, definition: Definition) -> str:
        return _texts(definition, [definition.get("key")])

    def key_response(self, definition: Definition) -> dict[str, Any]:
        return {"choice": definition.get("key")}

    def response_text(self, definition: Definition, response: Response) -> str:
        return _texts(definition, [field_of(response, "choice")])


class Multiple(TemplateNames):
    """多选. Definition: {"options": [{"id", "text"}], "keys": [option id, …], "scoring": …, "shuffle": bool}.

    `scoring` is "partial" (the default) or "all_or_nothing".
    Partial credit is (right ticks - wrong ticks) / number of keys, never below 0; a tick on an option that does not
    exist counts as a wrong one. Response: {"choices": [option id, …]}.
    """

    name, label, icon = "multiple", _l("多选"), "checkbox"

    def validate(self, definition: Definition) -> list[str]:
        problems = check_options(definition)
        keys, ids = _key_set(definition), {option["id"] for option in options_of(definition)}
        if not keys or not keys <= ids:
            problems.append(_("请至少勾选一个正确答案"))
        elif len(keys) < 2:
            problems.append(_("多选题至少要有两个正确答案，只有一个请改用单选"))
        if definition.get("scoring", PARTIAL) not in (PARTIAL, ALL_OR_NOTHING):
            problems.append(_("计分方式只能是按比例或全对才得分"))
        return problems

    def grade(self, definition: Definition, response: Response) -> Grade:
        keys = _key_set(definition)
        given = field_of(response, "choices")
        chosen = {item for item in given if isinstance(item, str)} if isinstance(given, list) else set()
        right, wrong = chosen & keys, chosen - keys
        if not keys:
            fraction = 0.0
        elif definition.get("scoring", PARTIAL) == ALL_OR_NOTHING:
            fraction = 1.0 if chosen == keys else 0.0
        else:
            fraction = max(0.0, (len(right) - len(wrong)) / len(keys))
        return Grade(fraction, {"right": sorted(right), "wrong": sorted(wrong), "missed": sorted(keys - chosen)})

    def arrange(self, definition: Definition, rng: random.Random) -> list[str]:
        return arrange_options(definition, rng)

    def present(self, definition: Definition, order: Sequence[str]) -> dict[str, Any]:
        return {"options": ordered_options(definition, order)}

    def parse(self, values: FormValues, definition: Definition) -> dict[str, Any] | None:
        given = set(values.getlist("answer"))
        chosen = [option["id"] for option in options_of(definition) if option["id"] in given]
        return {"choices": chosen} if chosen else None

    def read_definition(self, values: FormValues) -> dict[str, Any]:
        rows = rows_of(values)
        ticked = set(values.getlist("key"))
        scoring = values.getlist("scoring")
        return {
            "options": [option for option, _ in rows],
            "keys": [option["id"] for option, row in rows if str(row) in ticked],
            "scoring": scoring[0] if scoring else PARTIAL,
            "shuffle": bool(values.getlist("shuffle")),
        }

    def key_text(self, definition: Definition) -> str:
        return _texts(definition, list(definition.get("keys", [])))

    def key_response(self, definition: Definition) -> dict[str, Any]:
        return {"choices": list(definition.get("keys", []))}

    def response_text(self, definition: Definition, response: Response) -> str:
        given = field_of(response, "choices")
        return _texts(definition, given if isinstance(given, list) else [])


class TrueFalse(TemplateNames):
    """判断. Definition: {"key": true | false}. Response: {"value": true | false}."""

    name, label, icon = "truefalse", _l("判断"), "checks"

    def validate(self, definition: Definition) -> list[str]:
        return [] if isinstance(definition.get("key"), bool) else [_("请选定这句话是对还是错")]

    def grade(self, definition: Definition, response: Response) -> Grade:
        value, key = field_of(response, "value"), definition.get("key")
        right = isinstance(value, bool) and value is key
        return Grade(1.0 if right else 0.0, {"value": value if isinstance(value, bool) else None, "right": right})

    def arrange(self, definition: Definition, rng: random.Random) -> list[str]:
        return []

    def present(self, definition: Definition, order: Sequence[str]) -> dict[str, Any]:
        return {}

    def parse(self, values: FormValues, definition: Definition) -> dict[str, Any] | None:
        given = values.getlist("answer")
        return {"value": given[0] == "true"} if given and given[0] in ("true", "false") else None

    def read_definition(self, values: FormValues) -> dict[str, Any]:
        given = values.getlist("key")
        return {"key": given[0] == "true" if given and given[0] in ("true", "false") else None}

    def key_text(self, definition: Definition) -> str:
        return _("正确") if definition.get("key") is True else _("错误")

    def key_response(self, definition: Definition) -> dict[str, Any]:
        return {"value": definition.get("key")}

    def response_text(self, definition: Definition, response: Response) -> str:
        value = field_of(response, "value")
        return (_("正确") if value else _("错误")) if isinstance(value, bool) else ""


def _key_set(definition: Definition) -> set[str]:
    keys = definition.get("keys")
    return {key for key in keys if isinstance(key, str)} if isinstance(keys, list) else set()


def _texts(definition: Definition, ids: Sequence[Any]) -> str:
    chosen = [option["text"] for option in options_of(definition) if option["id"] in ids]
    return "；".join(chosen)
