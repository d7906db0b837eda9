"""Announces notifications to the host."""

from __future__ import annotations

from lms.inbox import models as models
