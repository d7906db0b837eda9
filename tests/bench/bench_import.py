"""How much memory and time an import of 100 MB takes, its sessions interleaved, masking included.

The file is made up here: no research data is needed. Prints a line a figure; exits 1 when a bar is missed.
Usage: python tests/bench/bench_import.py [megabytes]
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, tests is not on the path
MOST_MEMORY = 160.0  # MB of the whole process, of which the idle program has about 100
TEXTS = (
    "亲，这款保温杯能装多少水，杯盖漏不漏，放包里会不会洒出来",
    "您好，这款是500毫升的，密封圈是食品级硅胶，倒过来也不漏",
    "我的电话是138{n:08d}，地址浙江省杭州市西湖区文三路{m}号，收货人王小明",
    "订单号30213549{n:08d}什么时候发货，着急用，能不能今天就发",
    "48小时内发货的，满300减40的券还可以用，您放心拍下就好",
    "好的，谢谢，再问一下颜色有几种，白色的现货还有吗",
)


def write_file(path: Path, megabytes: int) -> None:
    """Twenty sessions at a time talk in turns, as a busy shop's export has them."""
    rnd, size, block = Random(1), 0, 0
    with path.open("w", encoding="utf-8") as out:
        while size < megabytes * 1_000_000:
            block += 1
            lines = []
            for turn in range(12):
                for session in range(20):
                    text = TEXTS[rnd.randrange(len(TEXTS))].format(n=rnd.randrange(10**8), m=rnd.randrange(1, 999))
                    lines.append(f"{block:08x}{session:02d}\tU{block * 20 + session}\t{turn % 2}\t0\t0\tnan\t{text}\n")
            data = "".join(lines)
            out.write(data)
            size += len(data.encode())


def peak_memory() -> float:
    """MB that this process had at most so far; the system counts kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(megabytes: int) -> int:
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"LMS_HOME": home, "LMS_JOBS_URL": "memory://"}
        path = Path(home) / "chats.tsv"
        write_file(path, megabytes)
        from lms.app import create_app
        from lms.kernel.db import db

        app = create_app({"JOBS_INLINE": True})
        with app.app_context():
            db.create_all()
            idle = peak_memory()
            started, clock = time.process_time(), time.perf_counter()
            messages = import_it(path)
            cpu, wall = time.process_time() - started, time.perf_counter() - clock
            db.session.remove()
            db.engine.dispose()
    good = peak_memory() <= MOST_MEMORY
    print(
        f"import of {megabytes} MB: {messages} messages, {cpu:.1f} s of processor time ({wall:.1f} s by the clock), "
        f"peak memory {peak_memory():.0f} MB (at most {MOST_MEMORY:.0f}; idle {idle:.0f})"
    )
    return 0 if good else 1


def import_it(path: Path) -> int:
    from lms.conversations.reading import Wanted
    from lms.conversations.services import begin_import, finish_import, import_file, note_file
    from lms.kernel.clock import now
    from lms.kernel.db import unit_of_work

    with unit_of_work():
        made = begin_import(actor=None, names=[path.name], shop_id=None, at=now())
        note_file(made, 0, import_file(made, path, path.name, wanted=Wanted()))
        return finish_import(made, at=now()).ok


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
