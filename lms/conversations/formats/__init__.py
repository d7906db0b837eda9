"""Chat-export formats: objects of the protocol :class:`ChatFormat`, offered by the hook ``chat_formats``."""

from __future__ import annotations

from lms.conversations.formats.jd_log import JdLog
from lms.conversations.formats.jddc import Jddc
from lms.conversations.formats.jsonl import Jsonl
from lms.conversations.formats.qianniu import Qianniu
from lms.conversations.formats.qianniu_copy import QianniuCopy
from lms.conversations.formats.shape import (
    BadLine,
    ChatFormat,
    Dropped,
    ParsedConversation,
    ParsedMessage,
    ParseOptions,
)
from lms.conversations.formats.source import ChatSource
from lms.conversations.formats.table import Table

BUILT_IN: tuple[ChatFormat, ...] = (Jddc(), JdLog(), Qianniu(), QianniuCopy(), Table(), Jsonl())

__all__ = [
    "BUILT_IN", "BadLine", "ChatFormat", "ChatSource", "Dropped", "ParseOptions", "ParsedConversation", "ParsedMessage",
]  # fmt: skip
