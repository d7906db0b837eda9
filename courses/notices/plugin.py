"""Announces rule-change notices to the host."""

from __future__ import annotations
