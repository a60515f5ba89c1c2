"""The names of holds are worked out again whenever a hold is looked for, so they never change."""

from uuid import UUID

from heliu.trade.names import reservation_of, reservations_of, terms_hold_of, waiting_hold_of

ORDER = UUID("01a22e82-0ca2-7439-a05d-53c4f51bdab3")
SKU = UUID("01a22e81-e268-70e6-9642-0453912be168")


def test_names_are_those_of_every_version_before() -> None:
    assert reservation_of(ORDER, SKU) == UUID("01a22e82-0ca2-8439-b8d0-9efbde0bbc17")
    assert terms_hold_of(ORDER) == UUID("01a22e82-0ca2-8439-aee2-44dd1af88140")
    assert waiting_hold_of(ORDER, SKU) == UUID("01a22e82-0ca2-8439-a3c1-4538efe007ee")


def test_goods_asked_together_have_the_names_they_have_alone() -> None:
    assert reservations_of(ORDER, [SKU, ORDER]) == [
        reservation_of(ORDER, SKU),
        reservation_of(ORDER, ORDER),
    ]
