"""Keeps the translation catalogues in step with the texts of the program. Run by hand after texts changed.

    python -m lms.web.translating            collects every text, renews translations/*/LC_MESSAGES/messages.po and .mo
    python -m lms.web.translating --missing  prints the texts that English still lacks, as JSON
    python -m lms.web.translating --add F    takes {text: English} from the JSON file F

The key of a text is its Simplified Chinese. Traditional Chinese is made by OpenCC with the words of Taiwan (s2twp) and
the few corrections in translations/zh_TW.json; English is written by people. A test fails when a catalogue lags behind.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from babel.core import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import lms

FOLDER = Path(__file__).parent / "translations"
CORRECTIONS = FOLDER / "zh_TW.json"
LOCALES = ("zh_TW", "en")
"""Those that ship beside the source, simplified Chinese; lms.web.i18n.LANGUAGES offers them."""
PACKAGES = ("lms", "courses", "quizzes")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def texts() -> list[str]:
    """Every text of the program, sorted. Needs a checkout: the packages must stand side by side."""
    root = Path(lms.__file__).parent.parent
    found: set[str] = set()
    for package in PACKAGES:
        rows = extract_from_dir(
            str(root / package),
            METHODS,
            {"**/templates/**.html": {"trimmed": "true", "encoding": "utf-8"}},
            keywords=KEYWORDS,
            comment_tags=(),
            directory_filter=lambda path: Path(path).name not in ("static", "node_modules", "__pycache__"),
        )
        found |= {message for _file, _line, message, _comments, _context in rows if isinstance(message, str)}
    return sorted(found - {""})


def po_path(locale: str) -> Path:
    """The catalogue that people read and edit. The folder bears Babel's name, zh_Hant_TW: gettext finds no other."""
    return FOLDER / str(Locale.parse(locale)) / "LC_MESSAGES" / "messages.po"


def read(locale: str) -> dict[str, str]:
    """The translations of a locale by text; those that are not done yet are left out."""
    path = po_path(locale)
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        catalog = read_po(file, locale=locale)
    return {str(m.id): str(m.string) for m in catalog if m.id and m.string and isinstance(m.id, str)}


def write(locale: str, translations: dict[str, str], wanted: Iterable[str]) -> None:
    """Write the catalogue of a locale with exactly the ``wanted`` texts, and what gettext reads at run time."""
    catalog = Catalog(locale=locale, project="kefu-lms", charset="utf-8", fuzzy=False)
    for text in sorted(wanted):
        flags = {"python-format"} if PLACEHOLDER.search(text) else set()
        catalog.add(text, translations.get(text, ""), flags=flags)
    path = po_path(locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = BytesIO()
    write_po(buffer, catalog, width=120, omit_header=False, sort_output=True)
    # A date in the header would change the file at every run.
    lines = [line for line in buffer.getvalue().splitlines(keepends=True) if b"-Date:" not in line]
    path.write_bytes(b"".join(lines))
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)


def to_traditional(wanted: Iterable[str]) -> dict[str, str]:
    """Traditional Chinese of each text, placeholders left alone."""
    from opencc import OpenCC

    convert = OpenCC("s2twp").convert
    corrections: dict[str, str] = json.loads(CORRECTIONS.read_text(encoding="utf-8"))
    made = {}
    for text in wanted:
        parts = re.split(r"(%\(\w+\)s)", text)
        turned = "".join(part if PLACEHOLDER.fullmatch(part) else convert(part) for part in parts)
        for wrong, right in corrections.items():
            turned = turned.replace(wrong, right)
        made[text] = turned
    return made


def main(arguments: list[str]) -> None:
    """The command line."""
    wanted = texts()
    english = read("en")
    if arguments[:1] == ["--missing"]:
        json.dump([text for text in wanted if text not in english], sys.stdout, ensure_ascii=False, indent=0)
        return
    if arguments[:1] == ["--add"]:
        english |= json.loads(Path(arguments[1]).read_text(encoding="utf-8"))
    if english:
        write("en", english, wanted)
    write("zh_TW", to_traditional(wanted), wanted)
    print(f"{len(wanted)} texts, {sum(text not in english for text in wanted)} without English", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
