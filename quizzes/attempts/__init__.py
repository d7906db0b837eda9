"""Attempts (答卷): taking a quiz, saving each answer, marking, results."""
