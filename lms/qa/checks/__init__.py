"""Automatic checks: hints for the evaluator, each with the message that it found."""
