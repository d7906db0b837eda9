"""辅导: what follows from findings: remedial tasks by rule, follow-up checks, verdicts, coaching, effects.

loop holds rules, remedial cases and the board; sessions the coaching between two people; effects the honest effect of
a lesson; timeline everything of one person on one line. It reads ``lms.qa``'s models and queries, never the other way.
"""
