"""``lms chats import``: its JSON, its exit codes, its mapping."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from lms.cli import main
from lms.conversations.models import Conversation, Message
from lms.kernel.db import db
from tests.conftest import Cast
from tests.conversations import writing as w
from tests.conversations.chats import TABLE

UNKNOWN = "甲栏,乙栏,丙栏\nA1,买家,这个有货吗\nA1,卖家,有的\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "unknown.csv").write_text(UNKNOWN, encoding="utf-8")
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04broken")
    return tmp_path


def run(app: Flask, *args: str | Path) -> Result:
    return CliRunner().invoke(main, ["chats", "import", *map(str, args)], obj=app)


def run_json(app: Flask, *args: str | Path) -> tuple[int, dict[str, Any]]:
    result = run(app, *args, "--json")
    return result.exit_code, json.loads(result.stdout)


def test_json_is_one_object_with_the_promised_keys(app: Flask, folder: Path) -> None:
    code, found = run_json(app, folder / "a.csv")
    assert code == 0
    promised = {
        name: found[name] for name in ("ok", "duplicate", "bad", "errors", "conversations", "messages", "masked")
    }
    assert promised == {
        "ok": 4, "duplicate": 0, "bad": 0, "errors": [], "conversations": 2, "messages": 4, "masked": {"phone": 1},
    }  # fmt: skip
    assert run_json(app, folder / "a.csv")[1]["duplicate"] == 4


def test_a_bad_line_is_told_and_is_no_failure(app: Flask, folder: Path) -> None:
    (folder / "a.csv").write_text(TABLE + "S3,甲,,路人,甲,在吗,\n", encoding="utf-8")
    code, found = run_json(app, folder / "a.csv")
    assert (code, found["ok"], found["bad"]) == (0, 4, 1)
    (error,) = found["errors"]
    assert (error["file"], error["line"]) == ("a.csv", 6) and "路人" in error["reason"]


def test_dry_run_tells_all_and_writes_nothing(app: Flask, folder: Path) -> None:
    code, found = run_json(app, folder / "a.csv", "--dry-run")
    assert (code, found["ok"], found["dry_run"]) == (0, 4, True)
    assert db.session.query(Conversation).count() == 0


def test_an_unreadable_file_fails_and_the_others_are_imported(app: Flask, folder: Path) -> None:
    code, found = run_json(app, folder / "broken.zip", folder / "a.csv", folder / "missing.csv")
    assert (code, found["ok"]) == (1, 4)
    assert [(error["file"], error["line"]) for error in found["errors"]] == [("broken.zip", 0), ("missing.csv", 0)]


def test_unknown_columns_are_named_and_mapped(app: Flask, folder: Path) -> None:
    code, found = run_json(app, folder / "unknown.csv")
    assert code == 1
    assert "甲栏、乙栏、丙栏" in found["errors"][0]["reason"] and "--map session=" in found["errors"][0]["reason"]
    code, found = run_json(
        app, folder / "unknown.csv", "--map", "session=甲栏", "--map", "side=2", "--map", "text=丙栏"
    )
    assert (code, found["ok"]) == (0, 2)
    assert run_json(app, folder / "unknown.csv", "--map", "session=没有这列")[0] == 1
    assert run(app, folder / "unknown.csv", "--map", "胡写").exit_code == 1


def test_a_format_may_be_forced_and_must_exist(app: Flask, folder: Path) -> None:
    assert run(app, folder / "a.csv", "--format", "qianniu", "--json").exit_code == 1
    refused = run(app, folder / "a.csv", "--format", "word")
    assert refused.exit_code == 1 and "jd-log" in refused.output


def test_shop_by_name_or_the_only_one_or_all(app: Flask, folder: Path, cast: Cast) -> None:
    assert run(app, folder / "a.csv", "--shop", "没有的店").exit_code == 1
    assert run_json(app, folder / "a.csv", "--shop", "乙店")[1]["ok"] == 4
    assert {chat.shop_id for chat in db.session.query(Conversation)} == {cast.other_shop.id}
    told = run(app, folder / "a.csv")
    assert "归全部店铺" in told.stderr
    assert {chat.shop_id for chat in db.session.query(Conversation)} == {cast.other_shop.id, None}


def test_a_log_and_its_companion_are_joined_across_files(app: Flask, folder: Path) -> None:
    log = "/*****************以下为一通会话************************************/\na****1 2026-03-01 10:00:00\n有货吗\n"
    (folder / "log.txt").write_text(log, encoding="utf-8")
    (folder / "会话.xlsx").write_bytes(
        w.write_xlsx([["咨询时间", "顾客", "客服", "满意度"], ["2026-03-01 10:00:00", "a****1", "小王", "满意"]])
    )
    code, found = run_json(app, folder / "log.txt", folder / "会话.xlsx")
    assert (code, found["ok"], found["bad"]) == (0, 1, 0)
    chat = db.session.query(Conversation).one()
    assert (chat.agent_label, chat.facts["满意度"]) == ("小王", "满意")


def test_plain_output_is_for_people(app: Flask, folder: Path) -> None:
    result = run(app, folder / "a.csv")
    assert "会话 2，消息 4：新增 4，重复 0" in result.stdout and "手机号 1" in result.stdout
    assert "13812345678" not in result.output
    assert db.session.query(Message).count() == 4
