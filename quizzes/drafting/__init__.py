"""Drafting: from what customers really ask and agents really answer to items for review. Pure, seeded, offline."""

from quizzes.drafting.drafter import BUILT_IN, Drafter, draft_items
from quizzes.drafting.gate import REASONS
from quizzes.drafting.sources import TYPES, DraftItem, DraftResult, GroupSource

__all__ = ["BUILT_IN", "REASONS", "TYPES", "DraftItem", "DraftResult", "Drafter", "GroupSource", "draft_items"]
