"""Announces this part of quality checks to the host."""

from __future__ import annotations

from lms.qa.checks import models as models
