"""Rules that hold without the chat they were said in, and drafts from them for questions without an own answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quizzes.drafting import GroupSource, draft_items
from quizzes.drafting.answers import answered_both_ways, shortened
from quizzes.drafting.cleaning import salvaged, sentences
from quizzes.drafting.house import house_rules, is_house_rule, same_rule
from quizzes.drafting.pool import subject_of, wanted_subject
from quizzes.drafting.questions import fits
from quizzes.drafting.topics import topics

TALK = [
    "亲，拆封后的生鲜商品不支持退换货哦",
    "好的呢，您的退货我这边马上帮您登记",
    "换货只能换同款同色的商品呢",
    "退换货的寄回地址由售后短信提供，退换货请附上订单号",
    "质量问题的退换货运费由卖家承担的哦",
    "退货需要保留吊牌和原包装哈，感谢您的理解",
    "估计您的退货明天能到",
]


@pytest.fixture(scope="module")
def cut() -> Callable[[str], list[str]]:
    rjieba = pytest.importorskip("rjieba")
    return lambda text: list(rjieba.cut(text))


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        ("抱歉让您久等了，生鲜商品拆封后不支持退换货", "生鲜商品拆封后不支持退换货"),
        ("生鲜商品拆封后不支持退换货，请您谅解", "生鲜商品拆封后不支持退换货"),
        ("差价会原路退回，储蓄卡[数字x]天到账", "差价会原路退回"),
        ("可以申请退货，但是要在[数字x]号之前", ""),  # what was cut off would have limited it
        ("签收后可以退货，[数字x]天内有效", ""),
        ("如果您着急请稍等，可以换货", ""),
    ],
)
def test_a_rule_is_salvaged_from_courtesy_and_lost_facts(sentence: str, kept: str) -> None:
    assert salvaged(sentence) == kept


def test_a_term_whose_number_was_masked_stays_a_term() -> None:
    assert sentences("订单完成[数字x]天内降价可以申请差价哦") == ["订单完成规定时间内降价可以申请差价"]
    assert sentences("审核通过后[数字x]-[数字x]个工作日内退款到账") == ["审核通过后规定时间内退款到账"]
    assert sentences("支持<NUM>天无理由退货的呢") == ["支持无理由退货"]
    assert sentences("需要[数字x]个工作日") == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("生鲜商品拆封后不支持退换货", True),
        ("电子发票在订单完成后自动开具", True),
        ("全店商品满88元包邮", True),
        ("您是电子发票换开抬头", False),  # said to one customer
        ("目前仓库不支持改地址", False),  # of one day
        ("退款应该可以原路退回", False),  # a guess
        ("退货请联系我们后台登记", False),
        ("下单的时候选择发票就可以了", False),  # which one?
    ],
)
def test_a_house_rule_holds_for_anybody(text: str, rule: bool, cut: Callable[[str], list[str]]) -> None:
    assert is_house_rule(text, cut) is rule


def test_rules_are_found_once_with_their_place(cut: Callable[[str], list[str]]) -> None:
    found = house_rules([(text, (number, number)) for number, text in enumerate([*TALK, TALK[0]])], cut)
    first = next(one for one in found if "生鲜" in one.text)
    assert (first.text, first.count, first.source) == ("拆封后的生鲜商品不支持退换货", 2, (0, 0))
    assert all("登记" not in one.text and "明天" not in one.text for one in found)


def test_the_same_rule_in_other_words_is_recognised() -> None:
    assert same_rule("送货前会与您联系", "送货前会提前联系您的")
    assert not same_rule("换货只能换同款", "生鲜商品不支持退换货")


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("电子发票可以报销", "invoice"),
        ("质量问题的退换货运费由卖家承担", "return"),
        ("订单可以修改", ""),  # says too little
        ("保温温度可以调节", ""),  # of which product?
        ("养生壶的保温温度可以调节", "heat"),
    ],
)
def test_a_rule_is_asked_only_where_one_can_tell_what_it_is_true_of(text: str, subject: str) -> None:
    assert subject_of(text, topics(text)) == subject


def test_a_faulty_product_is_a_matter_of_returning_it() -> None:
    assert wanted_subject(GroupSource(1, "有质量问题", ("我要申请售后",), ())) == "return"
    assert wanted_subject(GroupSource(1, "保修多久", (), ())) == "warranty"
    assert (
        wanted_subject(GroupSource(1, "发票怎么开", ("能不能改地址", "什么时候发货", "退款呢", "支持白条吗"), ()))
        == "invoice"
    )
    assert wanted_subject(GroupSource(1, "你好呀", (), ())) == ""


@pytest.mark.parametrize(
    ("question", "answer", "answers_it"),
    [
        ("能改地址吗", "发货后不能修改地址", True),
        ("能改地址吗", "发票在确认收货后开具", False),
        ("有赠品吗", "下单就送杯刷", True),
        ("有赠品吗", "杯刷是硅胶的", False),
    ],
)
def test_yes_or_no_is_said_in_the_words_of_the_question(question: str, answer: str, answers_it: bool) -> None:
    assert fits("polar", answer, question) is answers_it


def test_a_difference_needs_both_sides() -> None:
    assert not fits("which", "拼团是商家设置的活动", "拼团和秒杀有什么区别")
    assert fits("which", "拼团要凑人数，而秒杀不用", "拼团和秒杀有什么区别")


def test_a_pointing_word_goes_only_where_the_product_is_known() -> None:
    assert shortened("这款面料采用长绒棉", product_known=True) == "面料采用长绒棉"
    assert shortened("这款面料采用长绒棉") == ""
    assert shortened("这款支持七天无理由退货", product_known=True) == ""  # policy of one product is not the shop's


def test_a_hot_question_without_answer_gets_drafts_on_its_subject(cut: Callable[[str], list[str]]) -> None:
    """The drafts cite the chat of the rule and the customer's question; no rule is asked twice."""
    asked = GroupSource(1, "我要退货", ("能退货吗", "想换货"), ("好的亲，马上帮您处理",), sources=((90, 900),))
    talk = [(text, (number, 100 + number)) for number, text in enumerate(TALK)]
    assert draft_items([asked], cut=cut).items == []
    drafts = draft_items([asked], talk=talk, cut=cut).items
    assert 2 <= len(drafts) <= 3 and len({draft.type for draft in drafts}) == len(drafts)
    for draft in drafts:
        assert (90, 900) in draft.sources
        cited = " ".join(text for text, place in talk if place in draft.sources)
        keys = draft.definition.get("keys") or [draft.definition.get("key")]
        right = [one["text"] for one in draft.definition.get("options", ()) if one["id"] in keys]
        assert cited and all(text in cited for text in right)
        wrong = [one["text"] for one in draft.definition.get("options", ()) if one["id"] not in keys]
        assert not [text for text in wrong if any(text in said for said in TALK)]


def test_a_question_answered_both_ways_is_not_turned() -> None:
    assert answered_both_ways("系统自动分仓，确实无法修改", ["订单后面有按钮的话就可以修改"])
    assert answered_both_ways("地址可以修改", ["抱歉，不能修改哦"])
    assert not answered_both_ways("出库后无法修改", ["下单半小时内可以修改"])  # each names its case
    assert not answered_both_ways("地址无法修改", ["您可以取消了重拍"])


def test_contradicted_house_rules_are_not_used(cut: Callable[[str], list[str]]) -> None:
    asked = GroupSource(1, "我要退货", (), (), sources=((90, 900),))
    talk = [("生鲜商品拆封后不支持退换货", (1, 1)), ("生鲜商品拆封后支持退换货的哦", (2, 2))]
    assert draft_items([asked], talk=talk, cut=cut).items == []
