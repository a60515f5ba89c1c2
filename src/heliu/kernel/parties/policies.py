"""Pure decisions about houses and whom they trade with."""

TURN = 5  # of nine: when a buyer's orders come up where its seller has said nothing
