"""The guide tells the truth: every hook has its heading with its exact signature, and its example plugin runs."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import Environment

import lms.help
import lms.web
from lms.kernel import hookspecs
from lms.kernel.plugins import plugins
from lms.people.models import Person
from tests.conftest import Cast

GUIDE = (Path(lms.help.__file__).parent / "plugin-guide.md").read_text(encoding="utf-8")
COMPONENTS = (Path(lms.web.__file__).parent / "templates/lms/web/components.html").read_text(encoding="utf-8")


def hook_headings() -> set[str]:
    hooks = vars(hookspecs).items()
    return {
        f"{name}({', '.join(inspect.signature(hook).parameters)})" for name, hook in hooks if hasattr(hook, "lms_spec")
    }


def test_every_hook_has_a_heading_with_its_exact_signature_and_no_heading_is_made_up() -> None:
    written = re.findall(r"^### (.+)$", GUIDE, re.MULTILINE)
    assert len(hook_headings()) >= 20
    assert sorted(written) == sorted(hook_headings())


@pytest.mark.parametrize(
    "name", [name for name, thing in vars(hookspecs).items() if is_dataclass(thing) and inspect.isclass(thing)]
)
def test_every_dataclass_of_the_interface_stands_with_its_fields(name: str) -> None:
    found = re.search(rf"`{name}\(([^)]*)\)`", GUIDE)
    assert found, name
    shown = [part.split("=")[0].strip() for part in found[1].split(",")]
    actual = [field.name for field in fields(getattr(hookspecs, name))]
    assert shown == actual


def test_components_stand_with_their_signatures() -> None:
    described = re.findall(r"^\| `(.+?)`(?:、`(.+?)`)? \|", GUIDE, re.MULTILINE)
    assert len(described) >= 14
    Environment(autoescape=True).parse(COMPONENTS)
    for signature in (part for row in described for part in row if part):
        assert f"{{% macro {signature} %}}" in COMPONENTS


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    package = tmp_path / "tips"
    (package / "templates" / "tips").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "plugin.py").write_text(blocks("python")[0], encoding="utf-8")
    for name, text in zip(("card", "index"), blocks("html"), strict=True):
        (package / "templates" / "tips" / f"{name}.html").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("tips.plugin")
    plugins().manager.register(module, name="tips")
    yield module
    plugins().manager.unregister(name="tips")
    for name in ("tips", "tips.plugin"):
        del sys.modules[name]


def test_the_example_plugin_runs(
    example: ModuleType, app: Flask, cast: Cast, sign_in: Callable[[Person], FlaskClient]
) -> None:
    assert "tips.index" in app.view_functions
    trainer, agent = sign_in(cast.trainer), sign_in(cast.agent)
    page = trainer.get("/tips/").get_data(as_text=True)
    assert all(tip in page for tip in example.TIPS)
    assert 'aria-current="page"' in page
    assert agent.get("/tips/").status_code == 403
    start = agent.get("/").get_data(as_text=True)
    assert "每日一句" in start
    assert "/tips/" not in start
    assert "/tips/" in trainer.get("/").get_data(as_text=True)


def test_the_example_announces_itself_the_way_the_host_looks_for() -> None:
    import tomllib

    project: dict[str, Any] = tomllib.loads(blocks("toml")[0])["project"]
    assert project["entry-points"] == {"lms.plugins": {"tips": "tips.plugin"}}
