"""Storing: nothing twice, nothing half, what grew gets what is new, and no personal data anywhere."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.config import settings as config
from lms.conversations import storing
from lms.conversations.enums import ImportState
from lms.conversations.formats import ParsedConversation
from lms.conversations.models import ChatImport, Conversation, Message
from lms.conversations.services import begin_import, start_import
from lms.kernel.clock import now
from lms.kernel.db import db, unit_of_work
from lms.kernel.jobs import Job, JobHandle, run_pending_inline
from lms.kernel.plugins import manager
from lms.kernel.storage import files
from tests.conftest import Cast
from tests.conversations import writing as w
from tests.conversations.chats import TABLE, import_text, stored, transcript
from tests.conversations.identifiers import KINDS


def test_chats_are_stored_masked_in_utc_and_in_order(app: Flask, tmp_path: Path) -> None:
    import_text(tmp_path, TABLE)
    first, second = stored()
    assert transcript(first) == [("customer", "这款保温杯能装多少水？"), ("agent", "亲，这款是 500 毫升的")]
    assert transcript(second)[0] == ("customer", "我的手机号[手机号]，什么时候发货")
    assert first.started_at.isoformat() == "2026-03-01T02:00:00+00:00"
    assert (first.product_ref, first.agent_label, first.message_count) == ("88001", "甲店:晓晓", 2)
    assert first.preview == "这款保温杯能装多少水？"


def test_the_same_file_again_adds_nothing(app: Flask, tmp_path: Path) -> None:
    import_text(tmp_path, TABLE)
    again, _reports = import_text(tmp_path, TABLE)
    renamed, _reports = import_text(tmp_path, TABLE.encode("gb18030"), "另一个名字.csv")
    assert [(made.ok, made.duplicate, made.messages, made.conversations) for made in (again, renamed)] == [
        (0, 4, 4, 2)
    ] * 2
    assert db.session.query(Message).count() == 4


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chats=w.conversations(multiline=False), case=st.sampled_from(["csv", "jsonl", "qianniu", "jd-log"]), data=st.data()
)
def test_an_export_that_grew_brings_what_is_new(
    app: Flask, tmp_path: Path, chats: list[ParsedConversation], case: str, data: st.DataObject
) -> None:
    """Whatever part was imported first, at the end everything is there once and in order."""
    write = {"csv": w.write_csv, "jsonl": w.write_jsonl, "qianniu": w.write_qianniu, "jd-log": w.write_jd_log}[case]
    for model in (Message, Conversation):
        db.session.query(model).delete()
    part = [
        ParsedConversation(
            chat.source_key, chat.customer, chat.messages[: data.draw(st.integers(1, len(chat.messages)))]
        )
        for chat in chats[: data.draw(st.integers(1, len(chats)))]
    ]
    first, _reports = import_text(tmp_path, write(part), format_name=config_name(case))
    second, _reports = import_text(tmp_path, write(chats), format_name=config_name(case))
    total, before = (sum(len(chat.messages) for chat in some) for some in (chats, part))
    assert (first.ok, second.ok, second.duplicate) == (before, total - before, before)
    assert [[text for _side, text in transcript(chat)] for chat in stored()] == [
        [m.text for m in chat.messages] for chat in chats
    ]


def config_name(case: str) -> str:
    return "table" if case == "csv" else case


def test_a_window_that_overlaps_fills_the_gap_in_order(app: Flask, tmp_path: Path) -> None:
    rows = [f"S1,小雨,2026-03-01 10:00:{n:02},客户,小雨,第{n}句,\n" for n in range(6)]
    head = TABLE.splitlines(keepends=True)[0]
    import_text(tmp_path, head + "".join(rows[3:]))
    made, _reports = import_text(tmp_path, head + "".join(rows[:5]))
    assert (made.ok, made.duplicate) == (3, 2)
    (chat,) = stored()
    assert [text for _side, text in transcript(chat)] == [f"第{n}句" for n in range(6)]
    assert (chat.message_count, chat.started_at.second, chat.ended_at.second) == (6, 0, 5)


def test_the_same_words_twice_are_two_messages(app: Flask, tmp_path: Path) -> None:
    line = "a\tu\t0\t0\t0\tnan\t我要转人工\n"
    first, _reports = import_text(tmp_path, line * 2, "a.tsv")
    second, _reports = import_text(tmp_path, line * 3, "a.tsv")
    assert (first.ok, second.ok, second.duplicate) == (2, 1, 2)
    assert len(transcript(stored()[0])) == 3


def test_numbers_that_start_anew_in_each_export_are_not_one_chat(app: Flask, tmp_path: Path) -> None:
    head = "会话ID,发送方,发送内容\n"
    import_text(tmp_path, head + "1,客户,有货吗\n1,客服,有的\n")
    made, _reports = import_text(tmp_path, head + "1,客户,能开发票吗\n1,客服,可以开\n")
    assert (made.ok, len(stored())) == (2, 2)
    again, _reports = import_text(tmp_path, head + "1,客户,能开发票吗\n1,客服,可以开\n")
    assert (again.ok, again.duplicate, len(stored())) == (0, 2, 2)


def test_two_shops_keep_their_own_copy(tmp_path: Path, cast: Cast) -> None:
    one, _reports = import_text(tmp_path, TABLE, shop_id=cast.shop.id)
    other, _reports = import_text(tmp_path, TABLE, shop_id=cast.other_shop.id)
    assert (one.ok, other.ok) == (4, 4)
    digests = [chat.customer_digest for chat in stored()]
    assert len(set(digests)) == 4


def test_a_failure_in_the_middle_leaves_nothing(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = "会话ID,发送方,发送内容\n"
    text = head + "".join(f"{n},客户,第{n}个问题\n" for n in range(600))
    real, calls = storing._store_batch, []

    def fails_at_the_third(*args: object, **kwargs: object) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise OSError("disk full")
        real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(storing, "_store_batch", fails_at_the_third)
    with pytest.raises(OSError, match="disk full"):
        import_text(tmp_path, text)
    db.session.rollback()
    assert len(calls) == 3
    assert (db.session.query(Conversation).count(), db.session.query(Message).count()) == (0, 0)
    monkeypatch.undo()
    made, _reports = import_text(tmp_path, text)
    assert made.ok == 600


def background(cast: Cast, folder: Path, *named: tuple[str, str]) -> ChatImport:
    """An import as the upload page begins it, not run yet."""
    uploads = []
    for name, text in named:
        (folder / name).write_text(text, encoding="utf-8")
        with (folder / name).open("rb") as stream:
            uploads.append(files().save(stream, suffix=".csv"))
    made = begin_import(
        actor=cast.trainer, names=[name for name, _text in named], shop_id=cast.shop.id, at=now(), uploads=uploads
    )
    start_import(actor=cast.trainer, chat_import=made)
    db.session.commit()
    return made


def test_a_job_killed_between_two_files_goes_on_where_it_was(
    tmp_path: Path, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lms.conversations import tasks

    second = TABLE.replace("S1", "S7").replace("S2", "S8").replace("大脸猫爱鱼", "别的人").replace("小雨伞", "又一人")
    made = background(cast, tmp_path, ("a.csv", TABLE), ("b.csv", second))
    db.session.info.pop("jobs_inline", None)
    real = tasks.import_file

    class Killed(BaseException):
        """As a kill ends it: no handler of ours runs."""

    def dies_at_b(chat_import: ChatImport, path: Path, name: str, **more: object) -> object:
        if name == "b.csv":
            raise Killed
        return real(chat_import, path, name, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(tasks, "import_file", dies_at_b)
    with pytest.raises(Killed):
        tasks.run_import(JobHandle(made.job_id or 0, actor_id=None), import_id=made.id)
    monkeypatch.undo()
    db.session.rollback()
    assert (db.session.query(Message).count(), len(files().keys())) == (4, 2)
    tasks.run_import(JobHandle(made.job_id or 0, actor_id=None), import_id=made.id)
    db.session.expire_all()
    assert (made.state, made.ok, made.duplicate, files().keys()) == (ImportState.DONE, 8, 0, [])


def test_a_job_that_raises_deletes_the_raw_file(tmp_path: Path, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from lms.conversations import tasks

    made = background(cast, tmp_path, ("a.csv", TABLE))

    def breaks(*_args: object, **_more: object) -> None:
        raise RuntimeError("bug")

    monkeypatch.setattr(tasks, "import_file", breaks)
    run_pending_inline()
    db.session.expire_all()
    assert (made.state, files().keys()) == (ImportState.FAILED, [])
    assert db.session.get(Job, made.job_id).state == "failed"


@pytest.mark.sqlite_only
def test_the_same_file_twice_at_once_is_stored_once(app: Flask, tmp_path: Path) -> None:
    head = "会话ID,发送方,发送内容\n"
    text = head + "".join(f"{n},客户,第{n}个问题有货吗\n" for n in range(1500))
    done: list[tuple[int, int]] = []
    errors: list[Exception] = []

    def run(number: int) -> None:
        folder = tmp_path / str(number)
        folder.mkdir()
        try:
            with app.app_context():
                made, _reports = import_text(folder, text)
                done.append((made.ok, made.duplicate))
                db.session.remove()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(done) == [(0, 1500), (0, 1500), (1500, 0)]
    assert db.session.query(Message).count() == 1500


@pytest.mark.sqlite_only
def test_no_identifier_is_anywhere_in_the_database_file(app: Flask, tmp_path: Path) -> None:
    """Two hundred identifiers in messages, nicks, senders and names of files; the file of the database is searched."""
    rnd = Random(7)
    kinds = sorted(KINDS)
    secrets: set[str] = set()
    lines = ["会话ID,客户名,发送时间,发送方,发送账号,发送内容\n"]
    for n in range(200):
        seeded = KINDS[kinds[n % len(kinds)]](rnd)
        secrets |= {secret for secret in seeded.secrets if len(secret) >= 4}
        nick = f"小小昵称{n}号"
        secrets.add(nick)
        text = seeded.text.replace('"', "").replace("\n", " ")
        lines.append(f'1{n:010d},{nick},2026-03-01 10:00:00,客户,{nick},"{text}"\n')
        lines.append(f'1{n:010d},{nick},2026-03-01 10:00:09,客服,甲店:晓晓,"{nick}您好，马上为您查"\n')
    made, _reports = import_text(tmp_path, "".join(lines), "聊天 13812345678.csv")
    assert (made.ok, made.bad) == (400, 0)
    assert made.masked["nick"] >= 200
    db.session.commit()
    copy = sqlite3.connect(config().home / "lms.db")
    dump = "\n".join(copy.iterdump())
    copy.close()
    found = [secret for secret in secrets | {"13812345678"} if secret in dump]
    assert len(found) <= 2, found


def test_plugins_are_told_of_an_import_once(app: Flask, tmp_path: Path) -> None:
    from lms.kernel.hookspecs import hookimpl

    told: list[int] = []

    class Listener:
        @hookimpl
        def chats_imported(self, chat_import: ChatImport) -> None:
            told.append(chat_import.ok)

    listener = Listener()
    manager().register(listener, name="listener")
    try:
        import_text(tmp_path, TABLE)
        import_text(tmp_path, b"", "empty.csv")
    finally:
        manager().unregister(listener)
    assert told == [4]


def test_a_plugins_format_is_used_like_a_built_in_one(app: Flask, tmp_path: Path) -> None:
    from collections.abc import Iterator

    from lms.conversations.enums import Side
    from lms.conversations.formats import ParsedMessage, ParseOptions
    from lms.conversations.formats.source import ChatSource
    from lms.kernel.hookspecs import hookimpl

    class Arrows:
        name, label = "arrows", "箭头"

        def sniff(self, head: str, filename: str) -> float:
            return 1.0 if head.startswith(">> ") else 0.0

        def parse(self, source: ChatSource, options: ParseOptions) -> Iterator[ParsedConversation]:
            lines = [line[1][3:] for line in source.lines() if isinstance(line, tuple)]
            yield ParsedConversation(
                "k", "c", [ParsedMessage(n, Side.CUSTOMER, "", None, t) for n, t in enumerate(lines)]
            )

    class Plugin:
        @hookimpl
        def chat_formats(self) -> list[Arrows]:
            return [Arrows()]

    plugin = Plugin()
    manager().register(plugin, name="arrows")
    try:
        made, (report,) = import_text(tmp_path, ">> 有货吗\n>> 在吗\n", "a.txt")
    finally:
        manager().unregister(plugin)
    assert (made.ok, report.format) == (2, "arrows")


def test_a_pile_beyond_memory_goes_to_disk_and_comes_back_equal(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lms.conversations.formats import grouping

    head = "会话ID,客户名,发送时间,发送方,发送账号,发送内容,商品编号\n"
    rows = [f"S{n % 7},客{n % 7},2026-03-01 10:{n // 60:02}:{n % 60:02},客户,,第{n}句,\n" for n in range(300)]
    monkeypatch.setattr("lms.conversations.staging.Staged.__init__.__defaults__", (10,))
    monkeypatch.setitem(grouping.group_rows.__kwdefaults__, "limit", 50)
    made, _reports = import_text(tmp_path, head + "".join(rows))
    assert made.ok == 300
    assert [[text for _side, text in transcript(chat)] for chat in stored()] == [
        [f"第{n}句" for n in range(300) if n % 7 == k] for k in range(7)
    ]


def test_growth_keeps_the_import_that_brought_a_chat(app: Flask, tmp_path: Path) -> None:
    first, _reports = import_text(tmp_path, TABLE)
    with unit_of_work():
        pass
    import_text(tmp_path, TABLE + "S1,小雨伞,2026-03-01 10:00:30,客户,小雨伞,好的,\n")
    assert {chat.import_id for chat in db.session.scalars(select(Conversation))} == {first.id}
