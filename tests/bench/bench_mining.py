"""The figures that mining answers for, measured in one run: how well questions group, and how long chats take.

Import (into a fresh database, masking included) and mining (out of it and back) of one chat file are held against plain
jieba.lcut over the same texts, its dictionary loaded before. Prints a line a figure; exits 1 when a bar is missed, 2
when the data is missing.
Usage: python tests/bench/bench_mining.py
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, tests is not on the path
DATA = Path(__file__).parents[3] / "shared" / "data"
LEAST_F1, MOST_SECONDS, MOST_RATIO = 0.86, 10.0, 2.0


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What the work returns, and the processor seconds it took: other work on the machine must not count."""
    started = time.process_time()
    result = work()
    return result, time.process_time() - started


def grouping() -> bool:
    from quizzes.mining import group_questions
    from tests.bench.fit_grouping import b_cubed, load

    rows = [(text, group["group"]) for group in load() for text in group["equivalent"]]
    found, seconds = timed(lambda: group_questions([text for text, _ in rows]))
    precision, recall, f1 = b_cubed([label for _, label in rows], found)
    good = f1 >= LEAST_F1 and seconds <= MOST_SECONDS
    print(
        f"grouping: {len(rows)} texts, B-cubed precision {precision:.4f}, recall {recall:.4f}, F1 {f1:.4f} "
        f"(at least {LEAST_F1}), {seconds:.2f} s (at most {MOST_SECONDS:.0f})"
    )
    return good


def chats() -> bool:
    import jieba

    path = DATA / "jddc-chat" / "chat.tsv"
    texts = [line.rstrip("\n").split("\t")[6] for line in path.read_text(encoding="utf-8").splitlines()]
    jieba.setLogLevel(60)
    jieba.initialize()
    _, plain = timed(lambda: [jieba.lcut(text) for text in texts])
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"LMS_HOME": home, "LMS_JOBS_URL": "memory://"}
        imported, mined, run = _import_and_mine(path)
    _, again = timed(lambda: [jieba.lcut(text) for text in texts])
    plain = (plain + again) / 2  # before and after, since the machine's speed drifts
    ratio = (imported + mined) / plain
    print(f"chats: {run.messages} messages, {run.questions} questions in {run.groups} groups")
    print(
        f"chats: import {imported:.2f} s + mining {mined:.2f} s = {ratio:.2f} times the {plain:.2f} s of plain "
        f"jieba.lcut "
        f"(at most {MOST_RATIO:.0f})"
    )
    return ratio <= MOST_RATIO


def _import_and_mine(path: Path) -> tuple[float, float, Any]:
    from lms.app import create_app
    from lms.conversations.reading import Wanted
    from lms.conversations.services import begin_import, finish_import, import_file
    from lms.kernel.clock import now
    from lms.kernel.db import db, unit_of_work
    from quizzes.mining.services import mine_questions

    app = create_app()
    import quizzes.mining.miner  # noqa: F401  libraries are loaded before the clock runs, as jieba's dictionary is
    from lms.kernel.text import cut, normalise

    cut(normalise("裝好"))
    with app.app_context():
        db.create_all()

        def bring_in() -> None:
            with unit_of_work():
                entry = begin_import(actor=None, names=[path.name], shop_id=None, at=now())
                import_file(entry, path, path.name, wanted=Wanted("auto", {}), companions=[])
                finish_import(entry, at=now())

        def dig() -> Any:
            with unit_of_work():
                return mine_questions(shop_id=None, actor=None, at=now())

        _, imported = timed(bring_in)
        run, mined = timed(dig)
        db.session.refresh(run)
        db.session.expunge(run)
        db.session.remove()
        db.engine.dispose()
    return imported, mined, run


def main() -> int:
    if not DATA.is_dir():
        print(json.dumps({"skipped": "../shared/data is missing"}))
        return 2
    return 0 if all([grouping(), chats()]) else 1


if __name__ == "__main__":
    sys.exit(main())
