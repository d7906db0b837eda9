"""Results of other tools: mapped once, imported once, in both layouts, and nothing of a buyer left in the clear."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.conversations.digests import Digests
from lms.kernel.errors import NotFound
from lms.kernel.jobs import run_pending_inline
from lms.kernel.storage import files
from lms.people.models import Person
from lms.qa.enums import EvaluationState, ImportState, Origin, RootCause, Scale
from lms.qa.evaluations.models import Evaluation, EvaluationStanding, Finding
from lms.qa.imports.models import QaImport, QaImportTemplate
from lms.qa.imports.services import (
    ImportOver,
    QaImportError,
    begin,
    discard,
    is_mapped,
    map_columns,
    map_criteria,
    plan_import,
    run,
    start,
    table_of,
)
from lms.qa.imports.sheets import CHATS, LINES, Reading, cause_of, guess, labels_of, read_chats, read_table, share_of
from lms.qa.imports.tasks import forget_uploads
from lms.qa.scorecards.definition import CriterionSpec
from lms.qa.scorecards.models import ScorecardVersion
from lms.web.sheet_reading import read_sheet
from lms.web.sheets import write_xlsx
from tests.conftest import Cast, Counted
from tests.factories import make_competency
from tests.qa.making import MONDAY, make_chat, make_scorecard

SignIn = Callable[[Person], FlaskClient]
Counter = Callable[[], AbstractContextManager[Counted]]
NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)

# As 千牛 lists the points of its checks: one line a point, what is merged in the sheet comes out empty.
QIANNIU = [
    ["店铺质检明细（2026-03-01 至 2026-03-03）"],
    [
        "会话ID",
        "会话时间",
        "旺旺子账号",
        "质检人",
        "质检时间",
        "质检点",
        "质检结果",
        "责任归属",
        "扣分说明",
        "聊天原文",
    ],
    ["T-1", "2026-03-02 10:00:00", "甲店:小安", "evaluator", "2026-03-03 09:00:00", "响应及时", "合格", "", "", ""],
    ["", "", "", "", "", "答复准确", "不合格", "客服个人", "报错运费，客户电话 13812345678", "运费三元"],
    [
        "T-2",
        "2026-03-02 11:00:00",
        "白小客",
        "evaluator",
        "2026-03-03 09:05:00",
        "响应及时",
        "不合格",
        "系统流程",
        "",
        "",
    ],
    ["T-2", "2026-03-02 11:00:00", "白小客", "evaluator", "2026-03-03 09:05:00", "答复准确", "不适用", "", "", ""],
    ["T-3", "2026-03-02 12:00:00", "没这人", "evaluator", "2026-03-03 09:06:00", "响应及时", "合格", "", "", ""],
    ["T-4", "昨天下午", "白小客", "evaluator", "2026-03-03 09:06:00", "响应及时", "合格", "", "", ""],
    ["T-5", "2026-03-02 12:00:00", "白小客", "evaluator", "2026-03-03 09:06:00", "响应及时", "差不多", "", "", ""],
]
# As 七鱼 gives a table of sessions: one line a session, points in columns.
QIYU = [
    ["序号", "会话编号", "会话开始时间", "客服名称", "质检员", "质检完成时间", "响应及时", "答复准确", "总分", "评语"],
    ["1", "9001", "2026/3/2 10:00", "agent", "外包质检小李", "2026/3/3 9:00", "20", "18", "38", "整体不错"],
    ["2", "9002", "2026/3/2 10:30", "agent2", "外包质检小李", "2026/3/3 9:10", "0", "30", "30", ""],
    ["3", "9002", "2026/3/2 10:30", "agent2", "外包质检小李", "2026/3/3 9:10", "0", "30", "30", ""],
    ["4", "9003", "2026/3/2 10:30", "evaluator", "evaluator", "2026/3/3 9:10", "20", "30", "50", ""],
    ["5", "9004", "2030/3/2 10:30", "agent", "evaluator", "2026/3/3 9:10", "20", "30", "50", ""],
]  # fmt: skip


def stored(rows: Sequence[Sequence[Any]], suffix: str = ".xlsx", encoding: str = "gbk") -> str:
    target = io.BytesIO()
    if suffix == ".xlsx":
        write_xlsx(target, rows[0], rows[1:])
    else:
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        target = io.BytesIO(text.getvalue().encode(encoding))
    target.seek(0)
    return files().save(target, suffix=suffix).key


@pytest.fixture
def version(cast: Cast) -> ScorecardVersion:
    one = make_competency("a")
    return make_scorecard(
        cast.shop,
        CriterionSpec("fast", "及时", weight=20, competency_id=one.id),
        CriterionSpec("right", "准确", Scale.STEPS, 5, 4, 30, competency_id=one.id),
        CriterionSpec("leak", "泄露", weight=0, critical=True, na_allowed=False, competency_id=one.id),
    )


def upload(cast: Cast, rows: Sequence[Sequence[Any]], suffix: str = ".xlsx") -> QaImport:
    return begin(
        actor=cast.evaluator, shop_id=cast.shop.id, name=f"质检{suffix}", storage_key=stored(rows, suffix), at=NOW
    )


def mapped(cast: Cast, version: ScorecardVersion, rows: Sequence[Sequence[Any]], suffix: str = ".xlsx") -> QaImport:
    """An upload whose columns are as guessed and whose criteria are named by hand."""
    made = upload(cast, rows, suffix)
    table = table_of(made)
    map_columns(
        actor=cast.evaluator,
        qa_import=made,
        table=table,
        scorecard=version.scorecard,
        reading=guess(table),
        at=NOW,
    )
    wanted = {"响应及时": "fast", "答复准确": "right"}
    labels = labels_of(table, guess(table))
    map_criteria(
        actor=cast.evaluator,
        qa_import=made,
        criteria={label: (wanted[label], full) for label, full in labels.items()},
    )
    return made


# --- reading -------------------------------------------------------------------------------------------------------


def test_results_are_read_in_the_words_of_other_tools() -> None:
    for said in ("合格", "通过", "是", "√", "PASS", "未命中", "5", "5分", "5/5", "100%"):
        assert share_of(said, 5) == 1, said
    for said in ("不合格", "×", "命中", "0", "0/5", "-5", "0%"):
        assert share_of(said, 5) == 0, said
    for said in ("", "不适用", "N/A", "-", "—"):
        assert share_of(said, 5) is None, said
    assert [share_of(said, 5) for said in ("4", "4/10", "-1", "80%", "9")] == [0.8, 0.4, 0.8, 0.8, 1]
    with pytest.raises(ValueError, match="差不多"):
        share_of("差不多", 5)
    assert [cause_of(said) for said in ("系统流程", "商品质量", "其他", "客服个人", "")] == [
        RootCause.PROCESS,
        RootCause.PRODUCT,
        RootCause.RARE,
        RootCause.PERSON,
        RootCause.PERSON,
    ]


def test_layouts_are_guessed_and_merged_cells_filled() -> None:
    table = read_table(QIANNIU)
    reading = guess(table)
    assert reading.layout == LINES
    assert (reading.columns["agent"], reading.columns["criterion"]) == ("旺旺子账号", "质检点")
    assert labels_of(table, reading) == {"响应及时": 1, "答复准确": 1}
    full = Reading(LINES, reading.columns, {"响应及时": ("fast", 1.0), "答复准确": ("right", 1.0)})
    chats, problems = read_chats(table, full)
    assert [(chat.chat, chat.agent, len(chat.marks)) for chat in chats] == [
        ("T-1", "甲店:小安", 2),
        ("T-2", "白小客", 2),
        ("T-3", "没这人", 1),
    ]
    assert [(problem.line, problem.reason[:9]) for problem in problems] == [
        (8, "“会话时间”不是时"),
        (9, "“响应及时”的结果"),
    ]
    other = read_table(QIYU)
    assert guess(other).layout == CHATS
    assert labels_of(other, guess(other)) == {"响应及时": 20, "答复准确": 30}
    shuffled = read_table([[row[n] for n in (3, 1, 2, 0, 5, 4, 7, 6, 9, 8)] for row in QIYU])
    assert shuffled.signature == other.signature != table.signature


# --- importing -----------------------------------------------------------------------------------------------------


def test_lines_of_qianniu_feed_the_loop(session: scoped_session, cast: Cast, version: ScorecardVersion) -> None:
    from lms.qa.chats.services import name_agent

    name_agent(actor=cast.supervisor, shop_id=cast.shop.id, label="甲店:小安", person=cast.agent, at=MONDAY)
    chat = make_chat(cast.shop, cast.agent)
    chat.source_digest = Digests(cast.shop.id).session("T-1")
    session.flush()
    made = mapped(cast, version, QIANNIU)
    planned = plan_import(qa_import=made, at=NOW)
    assert [(one.line, one.agent_name, one.conversation_id, one.faults) for one in planned.new] == [
        (3, "安小客", chat.id, 1),
        (5, "白小客", None, 1),
    ]
    assert [problem.line for problem in planned.problems] == [7, 8, 9]
    assert planned.problems[0].reason == "找不到客服“没这人”"

    done = run(import_id=made.id, at=NOW)
    assert (done.state, done.evaluations, done.duplicate, done.bad) == (ImportState.DONE, 2, 0, 3)
    assert done.storage_key is None
    first, second = session.scalars(select(Evaluation).order_by(Evaluation.id))
    assert (first.origin, first.agent_id, first.evaluator_id) == (Origin.IMPORTED, cast.agent.id, cast.evaluator.id)
    assert (first.score, second.score) == (40, 0)  # 20 of 50; 0 of 20, 准确 does not apply
    assert first.submitted_at == datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
    standing = session.get(EvaluationStanding, first.id)
    assert (standing.state, standing.answer_until) == (EvaluationState.OPEN, NOW + timedelta(hours=72))
    found = {finding.agent_id: finding for finding in session.scalars(select(Finding))}
    assert found[cast.agent.id].root_cause is RootCause.PERSON
    assert found[cast.agent.id].quotes == [{"message_id": None, "text": "运费三元"}]
    assert "13812345678" not in found[cast.agent.id].note and "报错运费" in found[cast.agent.id].note
    assert found[cast.agent2.id].root_cause is RootCause.PROCESS
    assert found[cast.agent2.id].note == "原质检结果：不合格"


def test_table_of_qiyu_maps_once_and_never_twice(
    session: scoped_session, cast: Cast, version: ScorecardVersion
) -> None:
    made = mapped(cast, version, QIYU, ".csv")
    planned = plan_import(qa_import=made, at=NOW)
    assert (len(planned.new), planned.duplicate) == (2, 1)
    assert [problem.line for problem in planned.problems] == [5, 6]
    run(import_id=made.id, at=NOW)
    first, second = session.scalars(select(Evaluation).order_by(Evaluation.id))
    assert (first.score, second.score) == (76, 60)  # 18 of 30 is 3 of 5: (20 + 30·0.6) ÷ 50; 30 of 50
    assert first.comment == "质检员：外包质检小李\n整体不错"
    again = upload(cast, [*QIYU, ["6", "9009", "2026/3/2 10:00", "agent", "", "", "20", "30", "50", ""]])
    assert is_mapped(again)  # known by its header, though the file is another kind
    done = run(import_id=again.id, at=NOW)
    assert (done.evaluations, done.duplicate) == (1, 3)
    assert len(session.scalars(select(Evaluation)).all()) == 3
    assert len(session.scalars(select(QaImportTemplate)).all()) == 1
    elsewhere = begin(
        actor=cast.other_evaluator, shop_id=cast.other_shop.id, name="x.csv", storage_key=stored(QIYU, ".csv"), at=NOW
    )
    assert not is_mapped(elsewhere)


def test_mapping_says_what_is_missing(session: scoped_session, cast: Cast, version: ScorecardVersion) -> None:
    made = upload(cast, QIANNIU)
    table = table_of(made)
    what = {"actor": cast.evaluator, "qa_import": made, "table": table, "scorecard": version.scorecard, "at": NOW}
    with pytest.raises(QaImportError, match="必需的列"):
        map_columns(**what, reading=Reading(LINES, {"agent": "旺旺子账号"}))
    with pytest.raises(QaImportError, match="同一列"):
        map_columns(**what, reading=Reading(CHATS, {"agent": "旺旺子账号", "chat": "旺旺子账号"}))
    foreign = make_scorecard(cast.other_shop).scorecard
    with pytest.raises(NotFound):
        map_columns(**(what | {"scorecard": foreign}), reading=guess(table))
    map_columns(**what, reading=guess(table))
    with pytest.raises(QaImportError, match="至少"):
        map_criteria(actor=cast.evaluator, qa_import=made, criteria={"响应及时": ("", 1)})
    with pytest.raises(QaImportError, match="同一个评分项"):
        map_criteria(actor=cast.evaluator, qa_import=made, criteria={"a": ("fast", 1), "b": ("fast", 1)})
    with pytest.raises(QaImportError, match="对应"):
        start(actor=cast.evaluator, qa_import=made)
    map_criteria(
        actor=cast.evaluator, qa_import=made, criteria={"响应及时": ("fast", 1), "找 13812345678": ("right", 1)}
    )
    assert list(made.template.criteria) == ["响应及时"]
    with pytest.raises(NotFound):
        start(actor=cast.other_evaluator, qa_import=made)
    with pytest.raises(QaImportError, match="没有数据"):
        upload(cast, QIANNIU[1:2])


def test_uploads_go_when_dropped_or_left_behind(session: scoped_session, cast: Cast, version: ScorecardVersion) -> None:
    discard(actor=cast.evaluator, qa_import=upload(cast, QIYU))
    upload(cast, QIYU)
    forget_uploads(at=NOW + timedelta(hours=23))
    assert len(files().keys()) == 1
    forget_uploads(at=NOW + timedelta(hours=25))
    assert files().keys() == [] and session.scalars(select(QaImport)).all() == []
    made = mapped(cast, version, QIYU)
    run(import_id=made.id, at=NOW)
    with pytest.raises(ImportOver):
        discard(actor=cast.evaluator, qa_import=made)


def test_pages_from_upload_to_report(
    session: scoped_session, cast: Cast, version: ScorecardVersion, sign_in: SignIn, count_queries: Counter
) -> None:
    session.commit()
    client = sign_in(cast.evaluator)

    def send(rows: Sequence[Sequence[Any]], name: str) -> Any:
        data = files().open(stored(rows, name[-5:] if name.endswith("xlsx") else ".csv")).read()
        return client.post(
            "/qa/imports",
            data={"shop_id": str(cast.shop.id), "file": (io.BytesIO(data), name)},
            follow_redirects=True,
        )

    assert send([["x"]], "空.csv").status_code == 400
    page = send(QIYU, "七鱼.csv")
    assert "对应表格的列" in page.get_data(as_text=True)
    url = page.request.path.removesuffix("/columns")
    columns = {
        "scorecard_id": str(version.scorecard_id), "layout": "chats", "f-agent": "客服名称", "f-chat": "会话编号",
        "f-served_at": "会话开始时间", "f-evaluator": "质检员", "f-scored_at": "质检完成时间", "f-comment": "评语",
    }  # fmt: skip
    page = client.post(f"{url}/columns", data=columns, follow_redirects=True).get_data(as_text=True)
    assert "对应评分项" in page and 'value="30"' in page
    with count_queries() as counted:
        page = client.post(f"{url}/criteria", data={"c-0": "fast", "m-0": "20", "c-1": "right", "m-1": "30"})
        page = client.get(url).get_data(as_text=True)
    assert "导入 2 通" in page and "质检员和被检客服是同一个人" in page
    sheet = read_sheet(client.get(f"{url}/errors.xlsx").data, "x.xlsx")
    assert [row[0] for row in sheet[1:]] == [5, 6]
    client.post(f"{url}/run")
    run_pending_inline()
    page = client.get(url).get_data(as_text=True)
    assert "已完成" in page and "在原表里改好" in page
    assert client.post(f"{url}/run").status_code == 409
    with count_queries() as counted:
        assert "七鱼.csv" in client.get("/qa/imports").get_data(as_text=True)
    assert counted.count <= 10
    assert "导入 1 通" not in send(QIYU, "再来.xlsx").get_data(as_text=True)
