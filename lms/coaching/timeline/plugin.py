"""Announces this part of coaching to the host."""

from __future__ import annotations
