"""The checks that ship."""

from __future__ import annotations

from lms.qa.checks.manners import LastAnswer, NoGreeting, ReplyTime
from lms.qa.checks.phrases import AdWords, Taboos
from lms.qa.checks.promises import LoosePromises
from lms.qa.checks.protocol import ChatCheck
from lms.qa.checks.refusals import BareRefusals

BUILT_IN: tuple[ChatCheck, ...] = (
    NoGreeting(),
    ReplyTime(),
    AdWords(),
    Taboos(),
    LoosePromises(),
    BareRefusals(),
    LastAnswer(),
)
