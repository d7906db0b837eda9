"""Automatic checks: what each finds and leaves alone. The sentences are written for these tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from lms.conversations.enums import Side
from lms.conversations.preparing import kind_of
from lms.kernel.hookspecs import hookimpl
from lms.kernel.plugins import plugins
from lms.people.models import Person
from lms.qa.checks.builtin import BUILT_IN
from lms.qa.checks.protocol import ChatCheck, ChatText, Hit, Said
from lms.qa.checks.running import chat_checks, chat_text, hints_in, is_on
from lms.qa.checks.settings import DEFAULTS, ShopSettings, settings_of
from tests.conftest import Cast
from tests.qa.making import make_chat

pytestmark = pytest.mark.usefixtures("app")  # explanations are translated
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SIDES = {"客": Side.CUSTOMER, "服": Side.AGENT, "机": Side.ROBOT}


def chat(*lines: str, times: Sequence[int] = ()) -> ChatText:
    """ "客：在吗" lines as a chat; ids are places; ``times`` are seconds from its beginning."""
    return ChatText(
        tuple(
            Said(
                n,
                SIDES[line[0]],
                line[2:],
                AT + timedelta(seconds=times[n]) if times else None,
                kind_of(line[2:]),
            )
            for n, line in enumerate(lines)
        )
    )


def found(name: str, *lines: str, settings: ShopSettings = DEFAULTS, times: Sequence[int] = ()) -> list[int | None]:
    check = next(check for check in BUILT_IN if check.name == name)
    return [hit.message_id for hit in check.find(chat(*lines, times=times), settings)]


def test_a_greeting_is_looked_for_in_the_first_two_sentences() -> None:
    assert found("no_greeting", "客：有货吗", "服：有的") == [1]
    assert found("no_greeting", "客：有货吗", "服：有的", "服：您好，在的") == []
    assert found("no_greeting", "客：有货吗", "服：有的", "服：拍就行", "服：您好") == [1]
    assert found("no_greeting", "客：有货吗", "机：您好，我是小助手", "服：有的") == []
    assert found("no_greeting", "客：有货吗") == []


@pytest.mark.parametrize(
    "text",
    [
        "这是全网第一的钢笔",
        "我们家最好的笔就是这款",
        "绝对正品",
        "100%有效",
        "国家级认证",
        "史无前例的优惠",
        "能根治脚气",
    ],
)
def test_absolute_claims_are_found(text: str) -> None:
    assert found("ad_words", f"服：{text}") == [0]


@pytest.mark.parametrize(
    "text",
    [
        "支持七天无理由退换",
        "质量有保证，非质量问题包退运费",
        "会第一时间给您处理",
        "最近活动多，最晚后天发",
        "面料是100%棉",
        "水不要超过最高水位线",
        "世界上最遥远的距离",
        "身体健康最重要哦",
        "这款不是最好的，但性价比高",
        "治疗期间请遵医嘱",
        "您最好先洗一下再用",
    ],
)
def test_what_is_lawful_in_service_talk_is_left_alone(text: str) -> None:
    assert found("ad_words", f"服：{text}") == []


def test_only_the_agents_words_count() -> None:
    assert found("ad_words", "客：你们是全网第一吗", "机：全网第一") == []
    assert found("taboo", "客：我不知道啊，急什么") == []


@pytest.mark.parametrize(
    "text",
    [
        "不知道呢",
        "这个我们也不清楚哦",
        "不归我们管",
        "您自己看吧",
        "急什么",
        "爱买不买",
        "不是说了吗",
        "那您投诉去吧",
        "规定就是这样的",
    ],
)
def test_taboos_are_found(text: str) -> None:
    assert found("taboo", f"服：{text}") == [0]


@pytest.mark.parametrize(
    "text",
    [
        "不知道您说的是哪一款呢，方便发个链接吗",
        "别家的我们不清楚呢",
        "不要着急，我来处理",
        "您自己看看喜欢哪个颜色",
        "我再跟您说一遍步骤",
    ],
)
def test_what_only_sounds_like_a_taboo_is_left_alone(text: str) -> None:
    assert found("taboo", f"服：{text}") == []


def test_a_shop_has_words_of_its_own() -> None:
    own = replace(DEFAULTS, own_words=("亲亲宝", "随缘发"))
    assert found("taboo", "服：随缘发哦", "服：今天发", settings=own) == [0]
    assert found("taboo", "服：随缘发哦") == []


@pytest.mark.parametrize(
    "text",
    [
        "尽快给您处理",
        "这边帮您催一下",
        "已经帮您反馈了",
        "请耐心等待",
        "肯定明天到",
        "保证今晚能发货",
        "有结果了联系您",
        "会改进的",
    ],
)
def test_loose_promises_are_found(text: str) -> None:
    assert found("loose_promise", "客：什么时候到", f"服：{text}") == [1]


@pytest.mark.parametrize(
    "text",
    [
        "今天下午 5 点前发出",
        "帮您催了仓库，48小时内发出",
        "请耐心等待，3-5个工作日到账",
        "稍等，马上帮您看看",
        "喜欢就尽快下单哦",
        "建议您尽快付款",
        "现在给您转接，请耐心等待",
        "不能保证明天到货",
        "感谢您的耐心等待",
        "如果没收到，联系我们给您补发",
    ],
)
def test_a_time_or_another_meaning_makes_no_loose_promise(text: str) -> None:
    assert found("loose_promise", "客：什么时候到", f"服：{text}") == []


def test_a_time_given_later_makes_the_promise_firm() -> None:
    assert found("loose_promise", "服：给您补发一个", "客：什么时候", "服：7天内安排") == []
    assert found("loose_promise", "服：肯定能到货的", "客：真的？", "服：3天内") == [0]


def test_a_refusal_wants_another_way() -> None:
    assert found("bare_refusal", "客：有红色的吗", "服：没有哦") == [1]
    assert found("bare_refusal", "客：能便宜点吗", "服：不行呢") == [1]
    assert found("bare_refusal", "客：什么时候有货", "服：暂时无货哦", "客：好吧", "服：嗯嗯") == [1]
    assert found("bare_refusal", "客：有红色的吗", "服：没有哦", "服：蓝色也很好看，您看看") == []
    assert found("bare_refusal", "客：能便宜点吗", "服：不行呢", "客：唉", "服：给您送个赠品吧") == []
    assert found("bare_refusal", "客：有红色的吗", "服：没有哦", "服：还有什么可以帮您的吗") == [1]


def test_a_no_to_a_worry_is_no_refusal() -> None:
    assert found("bare_refusal", "客：会有异味吗", "服：没有的哦") == []
    assert found("bare_refusal", "客：这个能水洗吗", "服：不可以哦") == []
    assert found("bare_refusal", "客：打开了没反应", "服：没有问题的") == []


def test_the_last_question_wants_an_answer() -> None:
    assert found("last_answer", "客：在吗", "服：在的", "客：几天能到？") == [2]
    assert found("last_answer", "客：几天能到？", "服：稍等，帮您看下") == [1]
    assert found("last_answer", "客：尺寸是多少", "服：#E-s21") == [1]
    assert found("last_answer", "客：几天能到？", "服：两天", "客：好的谢谢") == []
    assert found("last_answer", "客：几天能到？", "服：两天") == []
    assert found("last_answer", "客：几天能到？", "服：稍等，麻烦提供一下订单号") == []
    assert found("last_answer", "服：您好") == []


def test_reply_times_outside_the_band_are_found_once_a_side() -> None:
    lines = ("客：在吗", "服：在的", "客：多久到", "服：两天", "客：颜色", "客：有蓝的吗", "服：有")
    assert found("reply_time", *lines, times=(0, 2, 100, 110, 200, 210, 300)) == [6, 1]  # 90 s and 2 s; 10 s is fine
    assert found("reply_time", *lines) == []  # the chat has no times
    assert found("reply_time", *lines[:2], times=(0, 6)) == []
    assert found("reply_time", *lines[:2], times=(0, 15)) == []
    assert found("reply_time", *lines[:2], times=(0, 16)) == [1]
    assert found("reply_time", *lines[:2], times=(0, 20), settings=replace(DEFAULTS, band_high=30)) == []


def test_a_wait_begins_with_the_first_burst_and_a_robot_ends_it() -> None:
    # asked at 0 and 10, again at 120: who answers at 130 was late by two minutes, not by ten seconds
    assert found("reply_time", "客：在吗", "客：多久到", "客：人呢", "服：两天", times=(0, 10, 120, 130)) == [3]
    assert found("reply_time", "客：在吗", "机：您好", "服：在的", times=(0, 1, 300)) == []


def test_hook_qa_checks_adds_a_check_and_a_broken_one_harms_nobody() -> None:
    class Shouting:
        name, label, meaning, on_by_default = "shouting", "感叹号", "用了感叹号", False

        def find(self, text: ChatText, settings: ShopSettings) -> list[Hit]:
            return [Hit(said.id, said.text, "感叹号") for said in text.of(Side.AGENT) if "！" in said.text]

    class Broken(Shouting):
        name, on_by_default = "broken", True

        def find(self, text: ChatText, settings: ShopSettings) -> list[Hit]:
            raise ValueError("broken")

    class Plugin:
        @hookimpl
        def qa_checks(self) -> list[ChatCheck]:
            return [Shouting(), Broken()]

    plugin = Plugin()
    plugins().manager.register(plugin, name="shouting")
    try:
        assert [check.name for check in chat_checks()][-2:] == ["shouting", "broken"]
        said = chat("客：好", "服：您好！")
        assert hints_in(said, DEFAULTS) == []
        on = replace(DEFAULTS, checks_on=("shouting",))
        assert [(hint.check, hint.hit.message_id) for hint in hints_in(said, on)] == [("shouting", 1)]
    finally:
        plugins().manager.unregister(plugin)


def test_hints_stand_in_the_order_of_the_chat(session: scoped_session, cast: Cast) -> None:
    made = make_chat(
        cast.shop,
        cast.agent,
        lines=(("customer", "能便宜吗"), ("agent", "不行"), ("customer", "几天到"), ("agent", "尽快")),
    )
    hints = hints_in(chat_text(made.messages), replace(DEFAULTS, checks_off=("reply_time",)))
    places = {message.id: message.position for message in made.messages}
    assert [(hint.check, places[hint.hit.message_id]) for hint in hints] == [
        ("no_greeting", 1),
        ("bare_refusal", 1),
        ("loose_promise", 3),
    ]


def test_the_page_keeps_what_a_shop_sets(
    session: scoped_session, cast: Cast, sign_in: Callable[[Person], FlaskClient]
) -> None:
    client = sign_in(cast.supervisor)
    form = {"on": ["taboo", "no_greeting"], "band_low": "5", "band_high": "20", "own_words": "随缘发\n随缘发\n"}
    form |= {"answer_hours": "48", "decide_hours": "24", "claim_hours": "12", "agreement_bar": "70"}
    bad = client.post("/qa/checks", data=form | {"band_high": "5"}).get_data(as_text=True)
    assert "“慢于”要大于“快于”" in bad
    assert settings_of(cast.shop.id) == DEFAULTS
    assert client.post("/qa/checks", data=form).status_code == 302
    session.expire_all()
    kept = settings_of(cast.shop.id)
    assert (kept.band_low, kept.band_high, kept.own_words, kept.answer_hours) == (5, 20, ("随缘发",), 48)
    assert {check.name for check in BUILT_IN if is_on(check, kept)} == {"taboo", "no_greeting"}
    assert settings_of(cast.other_shop.id) == DEFAULTS
    assert client.get(f"/qa/checks?shop={cast.other_shop.id}").status_code == 404


def test_on_real_chats_the_checks_stay_quiet_enough(shared_data: Path) -> None:
    """700 chats of a shop: how often each speaks. No more than a hint in three chats, or nobody looks at them."""
    lines = (shared_data / "jd-store-chat" / "sessions.jsonl").read_text(encoding="utf-8").splitlines()
    sides = {"customer": Side.CUSTOMER, "agent": Side.AGENT}
    counts: dict[str, int] = {}
    all_on = replace(DEFAULTS, checks_on=("last_answer",))
    for line in lines:
        messages = json.loads(line)["messages"]
        text = ChatText(
            tuple(Said(n, sides[m["from"]], m["text"], None, kind_of(m["text"])) for n, m in enumerate(messages))
        )
        for hint in hints_in(text, all_on):
            counts[hint.check] = counts.get(hint.check, 0) + 1
    assert counts.get("reply_time", 0) == 0  # no times in this export
    assert counts.get("ad_words", 0) <= 3
    assert all(20 <= counts[name] <= 100 for name in ("no_greeting", "bare_refusal", "loose_promise", "last_answer"))
