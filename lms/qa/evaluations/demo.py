"""How the demo's reviewers score: what they fault, what they praise. Seeded, so that every run comes out alike."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from lms.conversations.enums import MessageKind, Side
from lms.conversations.models import Message
from lms.qa.checks.settings import DEFAULTS
from lms.qa.enums import RootCause
from lms.qa.evaluations.hints import hints_for
from lms.qa.evaluations.services import LineAnswer, Praise, Quote
from lms.qa.scorecards.definition import CriterionSpec, Definition

P, F, G = RootCause.PERSON, RootCause.PROCESS, RootCause.PRODUCT
# What may be wrong with a criterion: (cause, second tier, comment).
FAULTS: dict[str, tuple[tuple[RootCause, str, str], ...]] = {
    "first-reply": (
        (P, "同时接待太多没有先应一声", "客户等了一会儿才有第一句回复。"),
        (F, "排班不够", "这一小时只有一个人在线，接不过来。"),
    ),
    "no-silence": (
        (P, "查询前没有告知要等多久", "中间没有声音，客户不知道还在不在处理。"),
        (F, "后台查询慢", "查单页面打开很慢，可以先告诉客户要等几分钟。"),
    ),
    "understood": ((P, "没看清客户的问题", "客户问的是另一件事，回复只答了一半。"),),
    "product-right": ((P, "不熟悉商品", "说法和商品资料对不上，回复前可以先查一下。"), (G, "详情页没写清楚", "")),
    "rule-right": ((P, "不熟悉规则", "规则说得不完整，少了例外的情形。"),),
    "time-told": (
        (P, "没有给出明确时间", "“尽快”不是时间，客户还得再来问一次。"),
        (F, "仓库没有给承诺时间", "仓库的发货时间没有同步给客服。"),
    ),
    "followed-up": ((P, "忘了跟进", "答应了回复，会话里没有下文。"), (F, "交接漏了信息", "")),
    "alternative": ((P, "只拒绝没有给替代", "说明原因之后，还可以给一个能用的办法。"),),
    "closing": ((P, "没有确认客户还有没有问题", "客户最后一句没有人接，直接结束了。"),),
    "courtesy": ((P, "话术生硬", "句子太短，读起来像在应付。"),),
    "empathy": ((P, "没有先安抚", "客户已经着急了，先说一句体谅的话再办事。"),),
    "wording": ((P, "用了绝对化用语", "“最”“第一”这类说法不能用。"),),
}
WEAK = ("closing", "time-told", "no-silence", "understood", "courtesy", "alternative")
OFTEN, SELDOM, BY_HINT = 0.5, 0.025, 0.3
NOTES = (
    "没等客户追问，就把下一步说清楚了。",
    "给了两个选择，客户一下就定了。",
    "先认了问题再给办法，客户马上缓和下来。",
    "把时间说到了具体的几点，很好。",
    "多说了一句保养方法，比客户想的多一点。",
)


@dataclass(frozen=True)
class Scoring:
    """What a reviewer makes of a chat."""

    answers: list[LineAnswer]
    praise: list[Praise]
    seconds: int
    comment: str


def score_chat(
    messages: Sequence[Message], definition: Definition, weak: str, harsh: float, rng: random.Random
) -> Scoring:
    """Score a chat. ``weak`` is the criterion that its agent fails often; ``harsh`` multiplies the chance of a fault.

    Where an automatic check found something, that is the evidence more often than not.
    """
    hints = hints_for(messages, definition, DEFAULTS)
    spoken = [m for m in messages if m.side is Side.AGENT and m.kind is MessageKind.TEXT] or list(messages)
    answers = []
    for ident, spec in definition.by_id().items():
        found = hints.get(ident, [])
        chance = OFTEN if spec.code == weak else (BY_HINT if found else SELDOM)
        if not spec.critical and spec.code in FAULTS and rng.random() < chance * harsh:
            quoted = found[0].message_id if found else None
            answers.append(_fault(ident, spec, quoted or rng.choice(spoken).id, rng))
        elif spec.na_allowed and spec.code in ("followed-up", "fair-offer", "empathy") and rng.random() < 0.6:
            answers.append(LineAnswer(ident, None))
        else:
            answers.append(LineAnswer(ident, spec.top))
    praise = []
    best = max(spoken, key=lambda message: len(message.text))
    if rng.random() < 0.3 and len(best.text) >= 18:
        praise.append(Praise(best.id, rng.choice(NOTES)))
    return Scoring(answers, praise, rng.randint(28, 95), "")


def _fault(ident: int, spec: CriterionSpec, message_id: int, rng: random.Random) -> LineAnswer:
    first, *others = FAULTS[spec.code]
    cause, note, comment = rng.choice(others) if others and rng.random() < 0.3 else first
    value = spec.pass_from - 1 if rng.random() < 0.7 else 0
    return LineAnswer(ident, value, cause, note, comment, (Quote(message_id),))
