"""Plugins are found by entry points; one that is broken is switched off and named, and the app runs on."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest
from flask import Blueprint, Flask

from lms.kernel import plugins as kernel_plugins
from lms.kernel.hookspecs import PermissionSpec, hookimpl
from lms.kernel.plugins import GROUP, Plugins


def install(monkeypatch: pytest.MonkeyPatch, name: str, **functions: object) -> EntryPoint:
    module = ModuleType(name)
    for hook, function in functions.items():
        setattr(module, hook, hookimpl(function))
    monkeypatch.setitem(sys.modules, name, module)
    return EntryPoint(name=name, value=name, group=GROUP)


def state(loaded: Plugins) -> dict[str, bool]:
    return {info.name: info.enabled for info in loaded.found}


def test_a_good_plugin_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = Plugins()
    spec = PermissionSpec("own:thing:read", "看", frozenset())
    loaded.load([install(monkeypatch, "good", permissions=lambda: [spec])])
    assert loaded.all("permissions") == [spec]


def test_a_plugin_that_does_not_import_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = Plugins()
    good = install(monkeypatch, "good", permissions=lambda: [])
    loaded.load([EntryPoint(name="bad", value="no_such_module_anywhere", group=GROUP), good])
    assert state(loaded) == {"bad": False, "good": True}
    assert "no_such_module_anywhere" in loaded.found[0].error


def test_a_hook_with_a_wrong_argument_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = Plugins()
    loaded.load([install(monkeypatch, "bad", permissions=lambda nonsense: [])])
    assert state(loaded) == {"bad": False}
    assert "nonsense" in loaded.found[0].error


def test_a_hook_that_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = Plugins()
    loaded.load([install(monkeypatch, "bad", permisions=lambda: [])])
    assert state(loaded) == {"bad": False}
    assert "permisions" in loaded.found[0].error


def test_a_hook_that_raises_switches_its_plugin_off_only(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = Plugins()
    spec = PermissionSpec("own:thing:read", "看", frozenset())

    def broken() -> list[PermissionSpec]:
        raise RuntimeError("坏了")

    loaded.load(
        [install(monkeypatch, "bad", permissions=broken), install(monkeypatch, "good", permissions=lambda: [spec])]
    )
    assert loaded.all("permissions") == [spec]
    assert state(loaded) == {"bad": False, "good": True}
    assert "坏了" in loaded.found[0].error


def test_a_plugin_can_be_switched_off_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = Plugins()
    loaded.load([install(monkeypatch, "good", permissions=lambda: [])], disabled=["good"])
    assert state(loaded) == {"good": False}


def start_with(monkeypatch: pytest.MonkeyPatch, blueprint: Blueprint) -> tuple[Flask, bool]:
    """An app with what ships and one plugin more; returns it, and whether that plugin is still on."""
    from lms.app import create_app

    stranger = install(monkeypatch, "stranger", blueprints=lambda: [blueprint])
    loaded = kernel_plugins.plugins()
    loaded.load([stranger])
    try:
        app = create_app({"TESTING": True})
        return app, loaded.manager.has_plugin("stranger")
    finally:
        if loaded.manager.has_plugin("stranger"):
            loaded.manager.unregister(name="stranger")
        loaded.found = [info for info in loaded.found if info.name != "stranger"]


@pytest.mark.usefixtures("home")
def test_a_plugin_that_takes_a_taken_prefix_is_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = Blueprint("stranger", __name__, url_prefix="/learning")
    app, on = start_with(monkeypatch, taken)
    assert not on
    assert {"learning.tasks", "web.dashboard"} <= set(app.view_functions)


@pytest.mark.usefixtures("home")
def test_a_plugin_whose_view_does_not_say_who_may_call_it_is_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    open_door = Blueprint("stranger", __name__, url_prefix="/stranger")
    open_door.get("/")(lambda: "anybody")
    app, on = start_with(monkeypatch, open_door)
    assert not on
    assert app.test_client().get("/stranger/").status_code == 404
