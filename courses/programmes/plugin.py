"""Announces programmes to the host."""

from __future__ import annotations
