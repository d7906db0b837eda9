"""Announces posts to the host."""

from __future__ import annotations
