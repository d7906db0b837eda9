"""Every Chinese text of the program goes through gettext, or its file is named here with the reason why not."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatch
from pathlib import Path

import lms
from lms.web.translating import PACKAGES

ROOT = Path(lms.__file__).parent.parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")
GETTEXT = {"_", "_l", "gettext", "lazy_gettext", "in_every_language"}
LOGS = {"debug", "info", "warning", "error", "exception", "critical"}
FREE = {
    # What a shop reads and writes, not what the program says: vocabulary for recognising Chinese chats and sheets.
    "lms/conversations/masking/*": "what names, places and numbers look like",
    "lms/conversations/formats/*": "headers and speakers of exported chats",
    "lms/conversations/preparing.py": "what the chat tools insert by themselves",
    "lms/qa/checks/phrases.py": "words that the check looks for",
    "lms/qa/checks/promises.py": "words that the check looks for",
    "lms/qa/checks/refusals.py": "words that the check looks for",
    "lms/qa/checks/manners.py": "words that the check looks for",
    "lms/qa/sampling/signals.py": "words of risky chats",
    "lms/qa/imports/sheets.py": "headers and words of other tools' sheets",
    "lms/people/sheets.py": "headers and words that sheets are read by",
    "lms/knowledge/sheets.py": "headers and words that sheets are read by",
    "quizzes/bank/importers.py": "headers and words that sheets are read by",
    "lms/*/columns.py": "headers that sheets are read by, and examples",
    "courses/types/blocks.py": "the words that blocks of a lesson begin with",
    "courses/notices/questions.py": "the words that questions begin with",
    "quizzes/types/normalising.py": "how answers are written: numerals and units",
    "quizzes/types/traditional.py": "traditional characters beside simplified",
    "quizzes/types/registry.py": "a fault of a plugin, for its developer",
    **dict.fromkeys(
        (
            f"quizzes/mining/{part}.py"
            for part in ("wording", "core", "asking", "debris", "answers", "miner", "profile", "turns")
        ),
        "cue words of customers' questions",
    ),
    "quizzes/drafting/*": "cue words, and the wording of drafted items, which are Chinese like the chats",
    "lms/media/word.py": "names of styles in Word files",
    "lms/media/slides.py": "heading of a slide without a title, stored with the document",
    "lms/web/markdown.py": "ranges of characters",
    # Content that ships or is stored, in the language of the shops.
    "*demo*": "the invented shop",
    "*starter*": "what ships as content",
    "lms/certification/standard_look.py": "the printed certificate",
    "lms/coaching/sessions/template_services.py": "templates that ship as content",
    "lms/qa/imports/samples.py": "example rows",
    "lms/people/exporters.py": "example rows",
    "lms/knowledge/exporters.py": "example headers, and states as the import reads them back",
    "quizzes/bank/exporters.py": "headers by which the import finds its columns",
    "lms/knowledge/sop/services.py": "name of the version for every day, stored",
    "lms/posts/services.py": "the word that means none in a sheet",
    # The command line and the log, which are Chinese for whoever runs the server.
    "*cli.py": "the command line",
    "*doctor.py": "the command line",
    "lms/kernel/backups.py": "the command line",
    "lms/kernel/serving.py": "the command line",
    "lms/kernel/storage.py": "settings, told when the server starts",
    "lms/kernel/jobs.py": "settings, told when the server starts",
    "lms/config.py": "settings, told when the server starts",
    "lms/web/vendoring.py": "a tool for developers",
    "*plugin.py": "titles of the manual's pages, checks of the command line, names of demo steps",
    # Must work when nothing else does.
    "lms/web/errors.py": "the last word when the error page itself has failed",
    "lms/web/i18n.py": "each language in its own words",
}


def unwrapped(source: str) -> list[tuple[int, str]]:
    """Line and text of the Chinese literals that are neither translated nor documentation nor logged."""
    tree = ast.parse(source)
    fine: set[int] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):  # docstrings, of attributes too
            fine |= {id(line.value) for line in body if isinstance(line, ast.Expr)}
        if isinstance(node, ast.Call):
            called = node.func
            name = (
                called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
            )
            of_log = name in LOGS and isinstance(called, ast.Attribute) and ast.unparse(called.value) == "log"
            if name in GETTEXT or of_log:
                fine |= {id(part) for argument in node.args for part in ast.walk(argument)}
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CHINESE.search(node.value)
        and id(node) not in fine
    ]


def test_templates_translate_literals_only() -> None:
    """Jinja takes what its _() gives for trusted HTML; a variable goes through the filter translated."""
    of_variable = re.compile(r"(?<![\w.])(?:_|gettext)\((?![\"'])")
    templates = [path for package in PACKAGES for path in (ROOT / package).rglob("templates/**/*.html")]
    assert len(templates) > 100
    assert [path.name for path in templates if of_variable.search(path.read_text(encoding="utf-8"))] == []


def test_what_counts_as_wrapped() -> None:
    assert (
        unwrapped('"""说明"""\nX = 1\n"""说明"""\nlog.info("日志")\nsay(_("好"), _l("好"), gettext("好 %(n)s", n=n))')
        == []
    )
    assert unwrapped('raise Error("不行", where=f"第 {n} 行")') == [(1, "不行"), (1, "第 "), (1, " 行")]
    assert unwrapped('say(_("好", name="坏"))') == [(1, "坏")]


def test_chinese_texts_are_translated_or_excused() -> None:
    found: dict[str, list[tuple[int, str]]] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if texts := unwrapped(path.read_text(encoding="utf-8")):
                found[name] = texts
    assert {name: texts[:3] for name, texts in found.items() if not any(fnmatch(name, free) for free in FREE)} == {}
    assert [free for free in FREE if not any(fnmatch(name, free) for name in found)] == []  # no excuse without need
