"""Announces certificates and probation gates to the host."""

from __future__ import annotations
