"""Announces the case library to the host."""

from __future__ import annotations
