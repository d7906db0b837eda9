"""Announces weekly briefings to the host."""

from __future__ import annotations
