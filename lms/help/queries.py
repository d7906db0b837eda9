"""The pages of the help: what the plugins offer, and one page rendered."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import select

from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.hookspecs import HelpPage
from lms.kernel.plugins import plugins
from lms.people.models import Person
from lms.web.markdown import Document, render_document

SECTIONS = ("manual", "plugins", "changes")


@dataclass(frozen=True)
class Shelf:
    """The pages of one section, in order."""

    section: str
    pages: tuple[HelpPage, ...]


def shelves() -> list[Shelf]:
    """Every page of every plugin, by section. Of two pages with one slug the first plugin's stands."""
    found: dict[str, HelpPage] = {}
    for page in plugins().all("help_pages"):
        if page.path.is_file():
            found.setdefault(page.slug, page)
    ordered = sorted(found.values(), key=lambda page: (page.order, page.title))
    sections = dict.fromkeys((*SECTIONS, *(page.section for page in ordered)))
    kept = [Shelf(name, tuple(page for page in ordered if page.section == name)) for name in sections]
    return [shelf for shelf in kept if shelf.pages]


def page_called(slug: str) -> HelpPage:
    """The page of this slug, or NotFound."""
    for shelf in shelves():
        for page in shelf.pages:
            if page.slug == slug:
                return page
    raise NotFound(_("使用手册里没有这一页。"), hint=_("它可能属于已停用的插件，请从目录里查找。"))


def is_alone() -> bool:
    """Whether there is nobody yet but the first administrator. One statement."""
    return len(db.session.scalars(select(Person.id).limit(2)).all()) < 2


def document(page: HelpPage) -> Document:
    """The page as HTML with its contents. A page is rendered once, until its file changes."""
    return _rendered(page.path, page.path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _rendered(path: Path, modified_ns: int) -> Document:
    return render_document(path.read_text(encoding="utf-8"))
