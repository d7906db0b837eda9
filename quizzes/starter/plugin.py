"""Announces the items and quizzes that ship to the host."""

from __future__ import annotations
