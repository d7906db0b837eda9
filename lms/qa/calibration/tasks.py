"""The background job that works out a round's agreement."""

from __future__ import annotations

from typing import Any

from lms.kernel.db import get_or_404, unit_of_work
from lms.kernel.jobs import JobHandle
from lms.qa.calibration.models import Calibration
from lms.qa.calibration.services import compute_results


def run_results(job: JobHandle, *, calibration_id: int) -> dict[str, Any]:
    """Run again it gives the same."""
    with unit_of_work():
        calibration = get_or_404(Calibration, calibration_id)
        compute_results(calibration=calibration)
    return {"calibration": calibration_id}
