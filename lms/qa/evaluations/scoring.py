"""The score's formula stands with the scorecard, whose preview uses it too."""

from lms.qa.scorecards.scoring import Scored as Scored
from lms.qa.scorecards.scoring import Total as Total
from lms.qa.scorecards.scoring import total as total
