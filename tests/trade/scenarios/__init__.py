"""docs/scenarios.md as tests: its text, the stage it is played on, and the words of each story."""

from tests.trade.scenarios import stock as stock  # the stage learns its words
