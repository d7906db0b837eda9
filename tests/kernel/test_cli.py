"""The ``lms`` command keeps its contract: names, exit codes, one JSON object on stdout, words for people on stderr."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite_only

CHATS = """\
会话ID,消息序号,发送时间,发送方,发送内容,商品编号
S1,1,2026-11-01 10:00:00,客户,你好，可以开发票吗,1001
S1,2,2026-11-01 10:00:20,客服,可以的，下单时选电子发票，发货后 24 小时内开好,1001
S2,1,2026-11-01 11:00:00,客户,能开发票吗？我电话13800138000,1001
S2,2,2026-11-01 11:00:30,客服,可以的，下单时选电子发票，发货后 24 小时内开好,1001
"""


def lms(home: Path, *arguments: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    run = subprocess.run(
        [sys.executable, "-m", "lms", *arguments],
        env=clean | {"LMS_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == expect, run.stderr
    assert "Traceback" not in run.stderr
    return run


@pytest.fixture(scope="module")
def initial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home as ``lms init`` leaves it; each test gets a copy."""
    home = tmp_path_factory.mktemp("initial") / "home"
    lms(home, "init")
    return home


@pytest.fixture
def fresh(initial: Path, tmp_path: Path) -> Path:
    return shutil.copytree(initial, tmp_path / "home")


@pytest.fixture
def chats(tmp_path: Path) -> str:
    path = tmp_path / "chats.csv"
    path.write_text(CHATS, encoding="utf-8")
    return str(path)


def test_init_tells_the_first_password_once(tmp_path: Path) -> None:
    first = lms(tmp_path / "home", "init")
    again = lms(tmp_path / "home", "init")
    assert "一次性密码" in first.stderr
    assert "一次性密码" not in again.stderr


def test_chats_import_keeps_its_contract_and_adds_nothing_twice(fresh: Path, chats: str) -> None:
    first = json.loads(lms(fresh, "chats", "import", chats, "--json").stdout)
    again = json.loads(lms(fresh, "chats", "import", chats, "--json").stdout)
    assert {"ok", "duplicate", "bad", "errors", "conversations", "messages", "masked"} <= set(first)
    assert (first["ok"], first["duplicate"], first["bad"], first["conversations"], first["messages"]) == (4, 0, 0, 2, 4)
    assert sum(first["masked"].values()) == 1
    assert (again["ok"], again["duplicate"], again["bad"]) == (0, 4, 0)
    assert b"13800138000" not in (fresh / "lms.db").read_bytes()


def test_a_dry_run_stores_nothing(fresh: Path, chats: str) -> None:
    lms(fresh, "chats", "import", chats, "--dry-run", "--json")
    assert json.loads(lms(fresh, "chats", "import", chats, "--json").stdout)["ok"] == 4


def test_a_file_that_is_none_is_refused_in_words_and_json(fresh: Path, tmp_path: Path) -> None:
    (tmp_path / "photo.bin").write_bytes(bytes(range(256)) * 40)
    run = lms(fresh, "chats", "import", str(tmp_path / "photo.bin"), "--json", expect=1)
    told = json.loads(run.stdout)
    assert "photo.bin" in json.dumps(told, ensure_ascii=False)


def test_questions_and_items_keep_their_contract(fresh: Path, chats: str) -> None:
    lms(fresh, "chats", "import", chats)
    mined = json.loads(lms(fresh, "questions", "mine", "--json").stdout)
    assert {"messages", "questions", "groups", "seconds"} <= set(mined)
    top = json.loads(lms(fresh, "questions", "top", "-n", "5", "--json").stdout)
    assert top
    assert {"group", "question", "count", "share", "variants", "answer", "stage", "product"} <= set(top[0])
    assert top[0]["count"] == 2
    assert "发票" in top[0]["question"]
    drafted = json.loads(lms(fresh, "items", "draft", "--top", "5", "--json").stdout)
    assert {"drafted", "by_type", "rejected", "items"} <= set(drafted)
    assert drafted["drafted"] == len(drafted["items"]) == sum(drafted["by_type"].values())
    for item in drafted["items"]:
        assert {"id", "type", "stem", "options", "key", "sources"} <= set(item)


def test_people_come_in_by_csv(fresh: Path, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(
        "账号,姓名,团队,角色\nxiaomei,小美,客服部/售前组,客服\n,没有账号,客服部,客服\n", encoding="utf-8-sig"
    )
    told = json.loads(lms(fresh, "people", "import", str(path), "--json", expect=1).stdout)
    assert told["errors"][0]["line"] == 3


def test_plugins_are_listed(fresh: Path) -> None:
    rows = json.loads(lms(fresh, "plugins", "list", "--json").stdout)
    assert {row["name"] for row in rows if row["enabled"]} >= {"people", "conversations", "mining", "courses"}


def test_doctor_prints_size_start_and_memory(fresh: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "lms", "doctor", "--json"],
        env={**os.environ, "LMS_HOME": str(fresh)},
        capture_output=True,
        text=True,
        check=False,
    )
    checks = {check["name"]: check for check in json.loads(run.stdout)["checks"]}
    assert "MB" in checks["安装体积"]["detail"]
    assert "秒启动" in checks["网页进程"]["detail"]
    assert "MiB" in checks["网页进程"]["detail"]
    assert "不该加载" not in checks["网页进程"]["detail"]
    assert checks["数据库"]["ok"], checks["数据库"]
    assert checks["中文处理"]["detail"] == "什么时候发货 → 什么 / 时候 / 发货"


def test_backup_and_restore_round_trip(fresh: Path, chats: str, tmp_path: Path) -> None:
    lms(fresh, "chats", "import", chats)
    made = json.loads(lms(fresh, "backup", str(tmp_path / "b.zip"), "--json").stdout)
    assert made["files"] >= 2
    restored = json.loads(lms(tmp_path / "other", "restore", str(tmp_path / "b.zip"), "--json").stdout)
    assert restored["checked"] == made["files"]
    assert json.loads(lms(tmp_path / "other", "chats", "import", chats, "--json").stdout)["duplicate"] == 4


def test_a_wrong_file_name_is_told_without_a_traceback(fresh: Path, tmp_path: Path) -> None:
    run = lms(fresh, "chats", "import", str(tmp_path / "nowhere.txt"), expect=1)
    assert "nowhere.txt" in run.stderr
