"""``lms doctor``: what a person asks before asking for help. Each line is a fact or says what to do."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from flask import Flask
from packaging.requirements import Requirement
from sqlalchemy import text

from lms.config import Settings, settings
from lms.kernel.db import db
from lms.kernel.hookspecs import DoctorCheck
from lms.kernel.jobs import queue
from lms.kernel.migrations import current_heads, shipped_heads
from lms.kernel.plugins import plugins

INSTALL_BUDGET_MB = 500
WORKER_BUDGET_MIB = 120
WORKER_BUDGET_SECONDS = 2.0
HEAVY = ("sklearn", "scipy", "numpy", "jieba", "rjieba", "opencc")

PROBE = """
import json, sys, time
start = time.perf_counter()
from lms.app import create_app
app = create_app()
with app.test_client() as client:
    status = client.get("/sign-in").status_code
seconds = time.perf_counter() - start
def rss():
    try:
        for line in open("/proc/self/status"):
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0
heavy = [name for name in sys.argv[1:] if name in sys.modules]
print(json.dumps({"seconds": seconds, "mib": rss(), "status": status, "heavy": heavy}))
"""


def examine(app: Flask) -> list[DoctorCheck]:
    """Every check of the host and of the plugins, in the order a person would look."""
    config = settings()
    steps: list[Callable[[], DoctorCheck]] = [
        _python,
        lambda: _home(config),
        lambda: _database(app),
        _queue,
        _plugins,
        _install_size,
        _worker,
    ]
    checks = []
    for step in steps:
        try:
            checks.append(step())
        except Exception as error:
            checks.append(DoctorCheck(step.__name__.strip("_"), False, f"{type(error).__name__}: {error}"))
    with app.app_context():
        checks += plugins().all("doctor_checks", config=config)
    return checks


def _python() -> DoctorCheck:
    version = ".".join(map(str, sys.version_info[:3]))
    return DoctorCheck("Python", sys.version_info >= (3, 11), version)


def _home(config: Settings) -> DoctorCheck:
    probe = config.home / ".write-probe"
    probe.write_text("ok")
    probe.unlink()
    free = shutil.disk_usage(config.home).free / 1e9
    return DoctorCheck("LMS_HOME", free > 1, f"{config.home}，可写，剩余 {free:.1f} GB")


def _database(app: Flask) -> DoctorCheck:
    with app.app_context():
        at, shipped = current_heads(db.engine), shipped_heads()
        kind = db.engine.dialect.name
        if kind == "sqlite":
            kind += " " + str(db.session.execute(text("PRAGMA journal_mode")).scalar())
    if not at:
        return DoctorCheck("数据库", False, f"{kind}，尚未建立：请运行 lms init")
    if at != shipped:
        return DoctorCheck("数据库", False, f"{kind}，版本 {', '.join(sorted(at))} 不是最新：请运行 lms init")
    return DoctorCheck("数据库", True, f"{kind}，版本 {', '.join(sorted(at))}")


def _queue() -> DoctorCheck:
    return DoctorCheck("后台任务队列", True, f"{type(queue()).__name__}，等待中 {queue().pending_count()} 项")


def _plugins() -> DoctorCheck:
    off = [p for p in plugins().found if not p.enabled]
    on = len(plugins().found) - len(off)
    detail = f"{on} 个已启用" + "".join(f"；{p.name} 已停用：{p.error}" for p in off)
    return DoctorCheck("插件", not off, detail)


def installed_bytes() -> int:
    """Bytes on disk of this distribution and of everything that its default install needs."""
    seen: set[str] = set()
    waiting = ["kefu-lms"]
    total = 0
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name in seen:
            continue
        seen.add(name)
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        total += _bytes_of(found)
        for line in found.requires or []:
            need = Requirement(line)
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                waiting.append(need.name)
    return total


def _bytes_of(found: Distribution) -> int:
    total = 0
    for file in found.files or []:
        try:
            total += found.locate_file(file).stat().st_size  # type: ignore[attr-defined]
        except OSError:
            continue
    return total


def _install_size() -> DoctorCheck:
    size = installed_bytes() / 1e6
    return DoctorCheck("安装体积", size <= INSTALL_BUDGET_MB, f"{size:.0f} MB（上限 {INSTALL_BUDGET_MB} MB）")


def _worker() -> DoctorCheck:
    """Start a web worker's Python three times and take the fastest: what else the machine does is not its fault."""
    runs = []
    for _ in range(3):
        run = subprocess.run(
            [sys.executable, "-c", PROBE, *HEAVY], capture_output=True, text=True, timeout=120, check=False
        )
        if run.returncode:
            return DoctorCheck("网页进程", False, run.stderr.strip().splitlines()[-1] if run.stderr else "启动失败")
        runs.append(json.loads(run.stdout.strip().splitlines()[-1]))
    figures = min(runs, key=lambda figures: figures["seconds"])
    ok = (
        figures["seconds"] < WORKER_BUDGET_SECONDS
        and figures["mib"] < WORKER_BUDGET_MIB
        and not figures["heavy"]
        and figures["status"] == 200
    )
    detail = (
        f"{figures['seconds']:.2f} 秒启动（上限 {WORKER_BUDGET_SECONDS:.0f} 秒），"
        f"{figures['mib']:.0f} MiB（上限 {WORKER_BUDGET_MIB} MiB）"
    )
    if figures["heavy"]:
        detail += f"；不该加载：{', '.join(figures['heavy'])}"
    return DoctorCheck("网页进程", ok, detail)
