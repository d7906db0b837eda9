"""``lms serve``: the web workers and the job process, started and stopped together."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from lms.config import ConfigError, Settings, prepare_home

log = logging.getLogger(__name__)
RESTART_AFTER = 2.0  # seconds between the death of the job process and the next start


@contextmanager
def home_lock(home: Path) -> Iterator[None]:
    """Hold the home for one server: two on one home, or a restore under a running one, are refused."""
    with open(home / "serve.lock", "a+") as handle:
        try:
            if os.name == "nt":
                import msvcrt

                msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
            else:
                import fcntl

                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConfigError(f"{home} 正在被另一个 lms serve 使用：请先停止它。") from error
        yield


def serve_forever(config: Settings, *, host: str, port: int, workers: int, prepare_with: list[str]) -> None:
    """Prepare the home, then serve until a signal. The job process is restarted when it dies."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    prepare_home(config)
    with home_lock(config.home):
        # A process of its own, so that what preparing needs (text mining, for the demo) never weighs on the server.
        if subprocess.run([sys.executable, "-m", "lms", *prepare_with], check=False).returncode:
            raise SystemExit(1)
        keeper = JobKeeper()
        keeper.start()
        click.echo(f"客服学堂已启动：http://{host}:{port}   （Ctrl+C 结束）", err=True)
        try:
            Granian(
                "lms.app:create_app",
                factory=True,
                address=host,
                port=port,
                interface=Interfaces.WSGI,
                workers=workers,
                blocking_threads=max(2, os.cpu_count() or 2),
                backpressure=64,
                respawn_failed_workers=True,
                workers_kill_timeout=5,
                log_enabled=True,
                log_level=LogLevels.warning,
            ).serve()
        finally:
            keeper.stop()


class JobKeeper(threading.Thread):
    """Keeps one job process alive beside the web workers."""

    def __init__(self) -> None:
        super().__init__(daemon=True, name="job-keeper")
        self._ending = threading.Event()
        self._starting = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        while True:
            with self._starting:
                if self._ending.is_set():
                    return
                self._process = subprocess.Popen([sys.executable, "-m", "lms", "jobs", "--with-parent"])
            code = self._process.wait()
            if not self._ending.wait(RESTART_AFTER):
                log.warning("the job process ended with %s; starting it again", code)

    def stop(self) -> None:
        """End the job process; what it was doing is started again next time."""
        with self._starting:
            self._ending.set()
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()


def end_with_parent() -> None:
    """Watch the process that started this one; when it is gone (killed, say), end too, so that no orphan works on."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()
