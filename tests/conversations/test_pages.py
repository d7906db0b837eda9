"""Pages of chats: upload, report, choice, list, transcript; who sees them; what is logged."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.conversations.enums import ImportState
from lms.conversations.models import ChatImport, ChatView, Conversation, Message
from lms.conversations.queries import conversations_visible_to
from lms.conversations.tasks import purge_uploads
from lms.kernel.db import db
from lms.kernel.storage import files
from lms.people.models import Person
from lms.people.rules import can_see_shop
from tests.conftest import Cast, Counted
from tests.conversations.chats import TABLE, import_text

SignIn = Callable[[Person], FlaskClient]
Counting = Callable[[], AbstractContextManager[Counted]]


def upload(client: FlaskClient, cast: Cast, *named: tuple[bytes, str], format_name: str = "auto") -> ChatImport:
    data = {
        "chats": [(io.BytesIO(content), name) for content, name in named],
        "format": format_name,
        "shop": str(cast.shop.id),
    }
    answer = client.post("/chats/imports/new", data=data)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    db.session.expire_all()
    return db.session.scalars(select(ChatImport).order_by(ChatImport.id.desc())).first()


def test_upload_imports_in_the_background_and_reports(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.trainer)
    made = upload(client, cast, (TABLE.encode("gb18030"), "三月.csv"))
    assert (made.state, made.ok, made.duplicate, made.error_count) == (ImportState.DONE, 4, 0, 0)
    assert made.shop_id == cast.shop.id and made.created_by_id == cast.trainer.id
    page = client.get(f"/chats/imports/{made.id}").get_data(as_text=True)
    assert "GB18030" in page and "手机号" in page and "13812345678" not in page
    again = upload(client, cast, (TABLE.encode("gb18030"), "三月.csv"))
    assert (again.ok, again.duplicate) == (0, 4)
    assert "以前都导入过" in client.get(f"/chats/imports/{again.id}").get_data(as_text=True)


@pytest.mark.parametrize("content", [TABLE.encode(), b"%PDF-1.7 nothing", b"", b"\x00\x01\x02" * 400])
def test_raw_upload_is_deleted_whatever_became_of_it(cast: Cast, sign_in: SignIn, content: bytes) -> None:
    made = upload(sign_in(cast.trainer), cast, (content, "a.csv"))
    assert made.is_over
    assert files().keys() == []


def test_bad_lines_are_shown_with_their_number(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.trainer)
    made = upload(client, cast, ((TABLE + "S3,甲,2026-03-02 20:15:00,路人,甲,你好,\n").encode(), "a.csv"))
    assert [(error["line"], made.bad) for error in made.errors] == [(6, 1)]
    assert "路人" in client.get(f"/chats/imports/{made.id}").get_data(as_text=True)


def test_unknown_columns_are_mapped_once_and_remembered(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.trainer)
    text = "甲栏,乙栏,丙栏\nA1,买家,这个有货吗 13812345678\nA1,卖家,有的\n".encode()
    made = upload(client, cast, (text, "x.csv"))
    assert made.state is ImportState.CHOICE and len(files().keys()) == 1
    page = client.get(f"/chats/imports/{made.id}").get_data(as_text=True)
    assert "column-2" in page and "甲栏" in page and "13812345678" not in page
    refused = client.post(f"/chats/imports/{made.id}/columns", data={"column-0": "session"}, follow_redirects=True)
    assert "还要指出" in refused.get_data(as_text=True)
    client.post(
        f"/chats/imports/{made.id}/columns", data={"column-0": "session", "column-1": "side", "column-2": "text"}
    )
    db.session.expire_all()
    assert (made.state, made.ok, files().keys()) == (ImportState.DONE, 2, [])
    second = upload(client, cast, (text.replace(b"A1", b"A2"), "y.csv"))
    assert (second.state, second.ok) == (ImportState.DONE, 2)


def test_unknown_format_is_chosen_or_given_up(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.trainer)
    text = "随便写的一段话\n再来一段\n".encode()
    made = upload(client, cast, (text, "x.txt"))
    assert made.state is ImportState.CHOICE
    client.post(f"/chats/imports/{made.id}/format", data={"format": "jsonl"})
    db.session.expire_all()
    assert (made.state, made.ok, made.bad, files().keys()) == (ImportState.FAILED, 0, 2, [])
    other = upload(client, cast, (text, "x.txt"))
    client.post(f"/chats/imports/{other.id}/abandon")
    db.session.expire_all()
    assert (other.state, files().keys()) == (ImportState.FAILED, [])
    assert client.post(f"/chats/imports/{other.id}/abandon").status_code == 409


def test_an_upload_nobody_decides_on_is_purged_after_a_day(cast: Cast, sign_in: SignIn) -> None:
    made = upload(sign_in(cast.trainer), cast, ("没有格式\n的文字".encode(), "x.txt"))
    purge_uploads(at=made.created_at + timedelta(hours=23))
    assert len(files().keys()) == 1
    purge_uploads(at=made.created_at + timedelta(hours=25))
    assert (files().keys(), made.state) == ([], ImportState.FAILED)


def test_one_bad_file_does_not_spoil_the_others(cast: Cast, sign_in: SignIn) -> None:
    made = upload(sign_in(cast.trainer), cast, (b"\x89PNG\r\n....", "a.png"), (TABLE.encode(), "b.csv"))
    assert (made.state, made.ok) == (ImportState.DONE, 4)
    assert [bool(entry["error"]) for entry in made.files] == [True, False]


def test_upload_without_a_file_or_into_a_foreign_shop_is_refused(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.trainer)
    assert client.post("/chats/imports/new", data={"format": "auto", "shop": str(cast.shop.id)}).status_code == 400
    for shop in (cast.other_shop.id, 0):
        data = {"chats": (io.BytesIO(TABLE.encode()), "a.csv"), "format": "auto", "shop": str(shop)}
        assert client.post("/chats/imports/new", data=data).status_code == 400
    assert files().keys() == []


def test_list_costs_the_same_with_one_chat_and_with_forty(
    tmp_path: Path, cast: Cast, sign_in: SignIn, count_queries: Counting
) -> None:
    client = sign_in(cast.trainer)
    import_text(tmp_path, TABLE, shop_id=cast.shop.id)
    more = "".join(f"T{n},客{n},2026-04-01 10:00:00,客户,客{n},第{n}个问题有货吗,\n" for n in range(40))
    counts, shop_id = [], cast.shop.id
    for _round in range(2):
        db.session.remove()
        with count_queries() as q:
            page = client.get("/chats").get_data(as_text=True)
        counts.append(q.count)
        import_text(tmp_path, TABLE.splitlines()[0] + "\n" + more, "more.csv", shop_id=shop_id)
    assert counts == [5, 5]
    assert len(page.encode()) < 60_000


def test_transcript_costs_the_same_however_long(
    tmp_path: Path, cast: Cast, sign_in: SignIn, count_queries: Counting
) -> None:
    rows = "".join(
        f"L,客,2026-04-01 10:{n // 60:02}:{n % 60:02},客户,客,第{n}句话，多写几个字看看页面大小\n" for n in range(300)
    )
    import_text(tmp_path, "会话ID,客户名,发送时间,发送方,发送账号,发送内容\n" + rows, shop_id=cast.shop.id)
    import_text(tmp_path, TABLE, "b.csv", shop_id=cast.shop.id)
    client = sign_in(cast.evaluator)
    counts, sizes = [], []
    for ident in db.session.scalars(select(Conversation.id).order_by(Conversation.id)).all():
        db.session.remove()
        with count_queries() as q:
            page = client.get(f"/chats/{ident}").get_data()
        counts.append(q.count)
        sizes.append(len(page))
    assert counts == [7, 7, 7]
    assert max(sizes) < 60_000


def test_deep_link_opens_the_page_that_holds_the_message(tmp_path: Path, cast: Cast, sign_in: SignIn) -> None:
    rows = "".join(f"L,客,2026-04-01 10:{n // 60:02}:{n % 60:02},客户,客,第{n}句话\n" for n in range(300))
    import_text(tmp_path, "会话ID,客户名,发送时间,发送方,发送账号,发送内容\n" + rows, shop_id=cast.shop.id)
    message = db.session.scalars(select(Message).where(Message.text == "第250句话")).one()
    client = sign_in(cast.trainer)
    ident = message.id
    assert f'id="m{ident}"' not in client.get(f"/chats/{message.conversation_id}").get_data(as_text=True)
    page = client.get(f"/chats/{message.conversation_id}?m={ident}").get_data(as_text=True)
    assert f'id="m{ident}"' in page


def test_each_view_is_logged_and_the_log_stands(tmp_path: Path, cast: Cast, sign_in: SignIn) -> None:
    import_text(tmp_path, TABLE, shop_id=cast.shop.id)
    ident = db.session.scalars(select(Conversation.id)).first()
    for person in (cast.trainer, cast.evaluator):
        sign_in(person).get(f"/chats/{ident}")
    assert sign_in(cast.other_trainer).get(f"/chats/{ident}").status_code == 404
    seen = db.session.execute(select(ChatView.conversation_id, ChatView.person_id)).all()
    assert [tuple(row) for row in seen] == [(ident, cast.trainer.id), (ident, cast.evaluator.id)]
    db.session.query(ChatView).first().at = datetime(2020, 1, 1, tzinfo=UTC)
    with pytest.raises(Exception, match="append-only"):
        db.session.commit()
    db.session.rollback()


def test_search_by_words_side_day_product_and_nick(tmp_path: Path, cast: Cast, sign_in: SignIn) -> None:
    import_text(tmp_path, TABLE, shop_id=cast.shop.id)
    client = sign_in(cast.trainer)

    def found(query: str) -> list[str]:
        page = client.get(f"/chats?{query}").get_data(as_text=True)
        return [word for word in ("保温杯能装多少水", "什么时候发货", "500 毫升", "48小时内发货") if word in page]

    assert found("") == ["保温杯能装多少水", "什么时候发货"]
    assert found("q=毫升") == ["500 毫升"]
    assert found("q=毫升&side=customer") == []
    assert found("q=88002") == ["什么时候发货"]
    assert found("from=2026-03-02&to=2026-03-02") == ["什么时候发货"]
    assert found("q=大脸猫爱鱼") == ["什么时候发货"]
    assert found("q=%25") == [] and found("q=_") == []
    assert found("import=999") == []


def test_rule_and_filter_agree_on_shops(tmp_path: Path, cast: Cast, session: scoped_session) -> None:
    for shop_id, name in ((cast.shop.id, "a.csv"), (cast.other_shop.id, "b.csv"), (None, "c.csv")):
        import_text(tmp_path, TABLE, name, shop_id=shop_id)
    everything = session.scalars(select(Conversation)).all()
    assert len(everything) == 6
    for person in cast.people().values():
        listed = {chat.id for chat in session.scalars(conversations_visible_to(person))}
        assert listed == {chat.id for chat in everything if can_see_shop(person, chat.shop_id)}


def test_imports_page_lists_own_shop_only(tmp_path: Path, cast: Cast, sign_in: SignIn, count_queries: Counting) -> None:
    import_text(tmp_path, TABLE, "甲的文件.csv", shop_id=cast.shop.id)
    import_text(tmp_path, TABLE, "乙的文件.csv", shop_id=cast.other_shop.id)
    client = sign_in(cast.trainer)
    db.session.remove()
    with count_queries() as q:
        page = client.get("/chats/imports").get_data(as_text=True)
    assert "甲的文件" in page and "乙的文件" not in page
    assert q.count == 4


def test_empty_pages_say_what_to_do_next(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.trainer)
    assert "/chats/imports/new" in client.get("/chats").get_data(as_text=True)
    assert "还没有导入过" in client.get("/chats/imports").get_data(as_text=True)
    assert "/chats/imports/new" not in sign_in(cast.evaluator).get("/chats").get_data(as_text=True)
