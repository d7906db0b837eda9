"""质检: scorecards, queues of chats to check, evaluations and findings, disputes, calibration, imported results.

The parts in rising order: scorecards, chats (who served which), checks (automatic hints), sampling (plans and queues),
evaluations, then disputes, calibration, imports and improvements, which don't know each other. Lessons and quizzes are
reached as activities, through competencies; what follows from a finding is the business of ``lms.coaching``.
"""
