"""Blind calibration and grading the graders."""
