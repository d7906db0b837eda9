"""Announces uploaded files to the host."""

from __future__ import annotations

from lms.media import models as models
