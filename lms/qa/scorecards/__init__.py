"""Scorecards, their versions and criteria."""
