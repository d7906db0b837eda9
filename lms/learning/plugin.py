"""Announces competencies, activities, assignments and the ledger to the host."""

from __future__ import annotations

from lms.learning import models as models
