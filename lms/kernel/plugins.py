"""Finds, checks and holds the plugins. One that fails is switched off and named on the admin page; the app runs on."""

from __future__ import annotations

import importlib
import logging
import traceback
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy
from flask_babel import gettext as _

from lms.config import settings
from lms.kernel import hookspecs

log = logging.getLogger(__name__)
GROUP = "lms.plugins"
BUILT_IN = (
    "people", "inbox", "media", "learning", "conversations", "knowledge", "courses", "posts", "quizzes",
    "question-types", "mining", "drafting", "bank", "papers", "attempts", "quiz-starter", "programmes", "notices",
    "cases", "briefings", "certification", "help", "system", "demo",
    "coaching", "coaching-effects", "coaching-loop", "coaching-sessions", "coaching-timeline",
    "qa", "qa-calibration", "qa-chats", "qa-checks", "qa-disputes", "qa-evaluations", "qa-imports", "qa-improvements",
    "qa-sampling", "qa-scorecards",
)  # fmt: skip
"""The order in which what ships is loaded; other plugins follow by name."""


@dataclass(frozen=True)
class PluginInfo:
    """A plugin as found: its entry point's name and module, whether it is on, and why not."""

    name: str
    module: str
    distribution: str
    enabled: bool
    error: str = ""


class Plugins:
    """The plugin manager together with what became of each entry point."""

    def __init__(self) -> None:
        self.manager = pluggy.PluginManager("lms")
        self.manager.add_hookspecs(hookspecs)
        self.found: list[PluginInfo] = []

    def load(self, points: Iterable[EntryPoint], disabled: Iterable[str] = ()) -> None:
        """Load each entry point on its own; one that raises is named and left out."""
        off = set(disabled)
        seen: set[str] = set()
        for point in sorted(points, key=lambda p: _built_in_first(p)):
            dist = point.dist.name if point.dist else ""
            if point.name in seen:
                self._note(point, dist, enabled=False, error=_("同名插件已加载"))
                continue
            seen.add(point.name)
            if point.name in off:
                self._note(point, dist, enabled=False, error=_("已在设置 disabled_plugins 中停用"))
                continue
            try:
                module = point.load()
                self.manager.register(module, name=point.name)
                self.manager.check_pending()
            except Exception as error:
                self.manager.unregister(name=point.name) if self.manager.has_plugin(point.name) else None
                self.switch_off(point.name, module=point.value, dist=dist, error=error)
            else:
                self._note(point, dist, enabled=True)

    def _note(self, point: EntryPoint, dist: str, *, enabled: bool, error: str = "") -> None:
        self.found.append(PluginInfo(point.name, point.value, dist, enabled, error))

    def switch_off(self, name: str, *, module: str = "", dist: str = "", error: BaseException) -> None:
        """Take a plugin out and remember why. Its rows stay readable; its pages and commands are gone."""
        log.error(
            "plugin %s is switched off: %s", name, error, exc_info=error if log.isEnabledFor(logging.DEBUG) else None
        )
        if self.manager.has_plugin(name):
            self.manager.unregister(name=name)
        reason = "".join(traceback.format_exception_only(error)).strip()
        for i, info in enumerate(self.found):
            if info.name == name:
                self.found[i] = PluginInfo(name, info.module, info.distribution, False, reason)
                return
        self.found.append(PluginInfo(name, module, dist, False, reason))

    def each(
        self,
        hook: str,
        *,
        inside: Callable[[], AbstractContextManager[Any]] = nullcontext,
        only: str | None = None,
        **kwargs: Any,
    ) -> list[tuple[str, Any]]:
        """Call a returning hook plugin by plugin: [(plugin name, result)]. A plugin that raises is switched off.

        inside: makes the context for each call, such as a savepoint that a raise rolls back. only: ask just the
        plugin of this name.
        """
        results: list[tuple[str, Any]] = []
        for impl in list(getattr(self.manager.hook, hook).get_hookimpls()):
            if only is not None and impl.plugin_name != only:
                continue
            try:
                with inside():
                    result = impl.function(*(kwargs[name] for name in impl.argnames))
                if result is not None and not isinstance(result, (str, dict)):
                    result = list(result)
            except Exception as error:
                self.switch_off(impl.plugin_name, error=error)
            else:
                if result is not None:
                    results.append((impl.plugin_name, result))
        return sorted(results, key=lambda pair: self._place(pair[0]))

    def offering(self, hook: str) -> list[str]:
        """The names of the plugins that implement a hook, in the order of loading; nothing is called."""
        return sorted((impl.plugin_name for impl in getattr(self.manager.hook, hook).get_hookimpls()), key=self._place)

    def _place(self, name: str) -> int:
        """pluggy keeps the latest registered first; people expect the order of loading."""
        return next((i for i, info in enumerate(self.found) if info.name == name), len(self.found))

    def all(self, hook: str, **kwargs: Any) -> list[Any]:
        """Everything that a list-returning hook yields, flat."""
        return [thing for _, things in self.each(hook, **kwargs) for thing in things]


def _built_in_first(point: EntryPoint) -> tuple[bool, int, str]:
    mine = bool(point.dist and point.dist.name.replace("_", "-") == "kefu-lms")
    return (not mine, BUILT_IN.index(point.name) if mine and point.name in BUILT_IN else 99, point.name)


_plugins: Plugins | None = None


def plugins() -> Plugins:
    """The plugins of this process, found on first use."""
    global _plugins
    if _plugins is None:
        _plugins = Plugins()
        _plugins.load(entry_points(group=GROUP), settings().disabled_plugins)
    return _plugins


def manager() -> pluggy.PluginManager:
    """The pluggy manager itself."""
    return plugins().manager


def hooks() -> Any:
    """The hook relay, for hooks that tell: ``hooks().record_written(record=record)``."""
    return plugins().manager.hook


def resolve(target: str) -> Callable[..., Any]:
    """The function named ``"package.module:function"``."""
    module, _, name = target.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function
