"""Announces this part of coaching to the host."""

from __future__ import annotations

from lms.coaching.effects import models as models
