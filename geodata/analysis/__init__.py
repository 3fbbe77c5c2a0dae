"""Conflicts between the published layers: rules anybody can check, and questions of one's own."""

from geodata.analysis.conflicts import HEADINGS, MEASURES, MissingLayerError, new_since, state_label
from geodata.analysis.question import Question, QuestionError, ask, read_question
from geodata.analysis.rules import RULES, Rule

__all__ = [
    "HEADINGS",
    "MEASURES",
    "RULES",
    "MissingLayerError",
    "Question",
    "QuestionError",
    "Rule",
    "ask",
    "new_since",
    "read_question",
    "state_label",
]
