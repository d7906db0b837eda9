"""Languages, times and figures as people read them. Times are shown in Asia/Shanghai, whatever the browser thinks."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel.core import Locale
from babel.support import Translations
from flask import Flask, request
from flask_babel import Babel, force_locale, get_locale
from flask_babel import gettext as _

from lms.config import settings
from lms.kernel.clock import to_local
from lms.web.access import viewer

LOCALES = ("zh_CN", "zh_TW", "en")
LANGUAGES = (("zh_CN", "简体"), ("zh_TW", "繁體"), ("en", "English"))
"""Those whose catalogue is whole, each in its own words: whoever is lost in a language finds the way out."""
TRANSLATIONS = Path(__file__).parent / "translations"
babel = Babel()


def pick_locale() -> str:
    """The person's language; signed out, that of the cookie; else the install's. Browsers' wishes don't count:
    on a team's computers they are mostly left at what the shop's supplier set."""
    if (person := viewer()) is not None and person.locale in LOCALES:
        return person.locale
    cookie = request.cookies.get("lang", "") if request else ""
    return cookie if cookie in LOCALES else settings().locale


def chosen_locale() -> str:
    """The language of this request, one of LOCALES. Babel names them with their script: zh_TW is its zh_Hant_TW."""
    locale = get_locale()
    return "zh_CN" if locale is None else "_".join(filter(None, (locale.language, locale.territory)))


@cache
def _catalogue(locale: str) -> Translations:
    return Translations.load(str(TRANSLATIONS), [str(Locale.parse(locale))])  # type: ignore[return-value]


@cache
def in_every_language(text: str) -> tuple[str, ...]:
    """A text of the program as each language shows it, simplified Chinese first: a sheet that was written in one
    language is read back in any."""
    return tuple(dict.fromkeys([text, *(_catalogue(locale).gettext(text) for locale in LOCALES[1:])]))


def source_of(text: Any) -> str:
    """The simplified Chinese that a lazy text was made with; a plain one is its own."""
    with force_locale("zh_CN"):
        return str(text)


def translated(text: str) -> str:
    """A stored text of the program in the reader's language, anything else as it is. In templates never _(variable):
    there it makes trusted HTML, and a lone % in it fails."""
    return _(text) if text else ""


def html_lang() -> str:
    """The current language as the lang attribute wants it."""
    return {"zh_TW": "zh-Hant", "en": "en"}.get(chosen_locale(), "zh-Hans")


def local(at: datetime | None) -> str:
    """2026-11-22 13:05 on a clock in Shanghai; — for none."""
    return "—" if at is None else to_local(at).strftime("%Y-%m-%d %H:%M")


def local_date(at: datetime | date | None) -> str:
    """2026-11-22; a moment counts to its day in Shanghai."""
    if at is None:
        return "—"
    return (to_local(at) if isinstance(at, datetime) else at).strftime("%Y-%m-%d")


def percent(fraction: float | None) -> str:
    """0.853 → 85%; — for none. Short of full is never shown as 100%, nor more than nothing as 0%."""
    if fraction is None:
        return "—"
    shown = round(fraction * 100)
    if shown == 100 and fraction < 1:
        shown = 99
    if shown == 0 and fraction > 0:
        shown = 1
    return f"{shown}%"


def duration(seconds: float | None) -> str:
    """95 → 1 分 35 秒; 3700 → 1 小时 1 分; — for none."""
    if seconds is None:
        return "—"
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return _("%(d)s 天 %(h)s 小时", d=days, h=hours) if hours else _("%(d)s 天", d=days)
    if hours:
        return _("%(h)s 小时 %(m)s 分", h=hours, m=minutes) if minutes else _("%(h)s 小时", h=hours)
    if minutes:
        return _("%(m)s 分 %(s)s 秒", m=minutes, s=rest) if rest else _("%(m)s 分钟", m=minutes)
    return _("%(s)s 秒", s=rest)


def filesize(size: int | None) -> str:
    """1536 → 1.5 KB; — for none."""
    if size is None:
        return "—"
    amount = float(size)
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1024 or unit == "GB":
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"
        amount /= 1024
    raise AssertionError("unreachable")


def number(value: int | float | None) -> str:
    """12345 → 12,345; — for none."""
    return "—" if value is None else f"{value:,}"


def init_i18n(app: Flask) -> None:
    """Flask-Babel and the template filters."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", settings().locale)
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", settings().timezone)
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(TRANSLATIONS))
    babel.init_app(app, locale_selector=pick_locale)
    app.jinja_env.filters.update(
        local=local,
        local_date=local_date,
        percent=percent,
        duration=duration,
        filesize=filesize,
        number=number,
        translated=translated,
    )
    app.jinja_env.globals.update(languages=LANGUAGES, chosen_locale=chosen_locale)
