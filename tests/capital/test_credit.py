"""The credit rules: the scale, monotone factors, true reasons, limits, deposits and price."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.capital.credit import policies, reasons, scorecard
from heliu.capital.credit.features import CreditFeatures
from heliu.capital.credit.models import Programme
from heliu.capital.credit.rules import HOUSE_RULES, rules_of
from heliu.capital.credit.scorecard import BY_CODE, SCORECARD, Characteristic
from heliu.kernel.errors import Invalid
from heliu.kernel.ids import new_id

PROGRAMME = Programme(
    lender=new_id(),
    seller=new_id(),
    name="Pledged orders",
    deposit_ratios=[Decimal("0.10"), Decimal("0.20"), Decimal("0.30"), Decimal("0.40")],
    days_options=[30, 60, 90],
    single_name_cap=500_000_00,
    auto_approve_cap=300_000_00,
)
GOOD = CreditFeatures(
    is_verified=True,
    tenure_days=900,
    orders_30=5,
    orders_90=15,
    orders_365=60,
    value_30=40_000_00,
    value_90=120_000_00,
    value_365=480_000_00,
    monthly_value=(40_000_00,) * 12,
    trend=12,
    longest_gap_days=14,
    volatility=20,
    seller_share=70,
    payments=50,
    on_time=98,
    mean_days_late=0,
    max_days_late=0,
    returns=0,
    past_draws=8,
    clean_cycles=8,
    draw_to_repay_days=35,
    current_limit=200_000_00,
    facility_use=20,
)
values = st.one_of(st.none(), st.integers(-200, 5_000))
counts = st.integers(0, 5_000)
ALWAYS = {"tenure_days", "orders_90", "clean_cycles"}
features = st.builds(
    CreditFeatures,
    is_verified=st.just(True),
    monthly_value=st.tuples(*[st.integers(0, 10**9)] * 12),
    **{one.feature: counts if one.feature in ALWAYS else values for one in SCORECARD},
    current_limit=st.one_of(st.none(), st.integers(0, 10**9)),
)


def best_value(one: Characteristic) -> int:
    """A value in the characteristic's best bin."""
    bounds = [bound for bound, points in one.bins if bound is not None]
    is_first = one.bins[0][1] == one.best
    return bounds[0] - 1 if is_first else bounds[-1]


def test_the_scale_is_600_at_50_to_1_and_doubles_every_20() -> None:
    assert scorecard.default_probability(600) == Decimal("0.019608")  # 1/51
    assert scorecard.default_probability(620) == Decimal("0.009901")  # 1/101
    assert scorecard.default_probability(580) == Decimal("0.038462")  # 1/26


def test_points_go_one_way_along_every_factor() -> None:
    for one in SCORECARD:
        points = [p for _, p in one.bins]
        assert points in (sorted(points), sorted(points, reverse=True)), one.code
        bounds = [bound for bound, _ in one.bins[:-1]]
        assert bounds == sorted(set(bounds))
        assert one.bins[-1][0] is None
        assert min(points) <= one.missing <= max(points)


def test_each_factor_scores_a_feature_of_its_own_and_has_words() -> None:
    known = {field.name for field in fields(CreditFeatures)}
    scored = [one.feature for one in SCORECARD]
    assert len(scored) == len(set(scored))
    assert set(scored) <= known
    assert set(BY_CODE) <= set(reasons.REASONS)


@given(features, st.sampled_from(SCORECARD), st.integers(-200, 5_000), st.integers(-200, 5_000))
def test_doing_better_never_costs_points(
    some: CreditFeatures, one: Characteristic, low: int, high: int
) -> None:
    low, high = sorted((low, high))
    first, last = (
        scorecard.score(replace(some, **{one.feature: value})).score for value in (low, high)
    )
    is_rising = one.bins[0][1] < one.bins[-1][1]
    assert last >= first if is_rising else last <= first


@given(features)
def test_a_reason_goes_away_when_its_factor_is_at_its_best(some: CreditFeatures) -> None:
    before = policies.decide(some, PROGRAMME)
    for reason in before.reasons:
        if reason.code not in BY_CODE:
            continue
        one = BY_CODE[reason.code]
        cured = replace(some, **{one.feature: best_value(one)})
        after = policies.decide(cured, PROGRAMME)
        assert reason.code not in {r.code for r in after.reasons}
        assert after.score == before.score + reason.points
        assert after.default_probability < before.default_probability


@given(features)
def test_reasons_are_the_four_that_cost_most(some: CreditFeatures) -> None:
    scored = [r for r in policies.decide(some, PROGRAMME).reasons if r.code in BY_CODE]
    lost = {one.code: one.best - one.points(getattr(some, one.feature)) for one in SCORECARD}
    wanted = sorted((points for points in lost.values() if points), reverse=True)[:4]
    assert [r.points for r in scored] == wanted
    assert all(lost[r.code] == r.points for r in scored)


def test_a_good_dealer_is_approved_and_a_perfect_one_has_no_reasons() -> None:
    decision = policies.decide(GOOD, PROGRAMME)
    assert (decision.outcome, decision.grade, decision.reasons) == ("APPROVE", "A", ())
    assert decision.deposit_ratio == Decimal("0.10")


def test_the_limit_is_the_least_of_its_bounds() -> None:
    parts = policies.limit_for(GOOD, "A", PROGRAMME, quota=10_000_000_00)
    # 40,000 a month for 90 days, of which grade A lets us finance 80 %.
    assert parts.purchase_capacity == 96_000_00
    assert parts.seller_quota == 1_000_000_00
    assert parts.single_name == 500_000_00
    assert parts.step_up == 240_000_00  # 200,000 and 20 % after clean cycles
    assert parts.limit == 96_000_00
    assert policies.limit_for(GOOD, "A", PROGRAMME).seller_quota is None
    assert policies.limit_for(GOOD, "A", PROGRAMME, quota=500_000_00).limit == 50_000_00
    started = replace(GOOD, current_limit=50_000_00, clean_cycles=2)
    assert policies.limit_for(started, "A", PROGRAMME).limit == 50_000_00


def test_the_best_and_the_worst_month_do_not_count() -> None:
    months = (0, *(10_000_00,) * 10, 900_000_00)
    parts = policies.limit_for(replace(GOOD, monthly_value=months), "A", PROGRAMME)
    assert parts.purchase_capacity == 24_000_00


@pytest.mark.parametrize("warning", [{"trend": -30}, {"max_days_late": 8}, {"returns": 10}])
def test_a_warning_cuts_the_limit(warning: dict[str, int]) -> None:
    cut = policies.limit_for(replace(GOOD, **warning), "A", PROGRAMME)
    assert cut.purchase_capacity == 67_200_00


@given(features, st.one_of(st.none(), st.integers(0, 10**9)))
def test_the_limit_never_passes_a_bound_and_is_whole_thousands(
    some: CreditFeatures, quota: int | None
) -> None:
    decision = policies.decide(some, PROGRAMME, quota=quota)
    parts = decision.limit_parts
    for bound in (parts.purchase_capacity, parts.seller_quota, parts.single_name, parts.step_up):
        assert bound is None or parts.limit <= bound
    assert decision.limit % 100_000 == 0
    assert decision.limit == 0 or decision.outcome != "DECLINE"


def test_the_deposit_covers_the_loan_when_everything_goes_wrong() -> None:
    hard = Programme(
        deposit_ratios=[Decimal("0.10"), Decimal("0.20"), Decimal("0.30")],
        days_options=[90],
        price_fall=Decimal("0.12"),
        sale_cost=Decimal("0.05"),
        refund_share=Decimal(0),
        seller_default=Decimal(0),
    )
    rate = Decimal(6)
    least = policies.least_deposit(hard, rate)
    assert least == Decimal("0.18")
    covered = Decimal("0.88") * Decimal("0.95")
    owed = 1 + rate / 100 * 90 / 360
    assert (1 - least) * owed <= covered < (1 - least + Decimal("0.01")) * owed
    assert policies.deposit_ratio_for("A", hard, rate) == Decimal("0.20")
    assert policies.deposit_ratio_for("C", hard, rate) == Decimal("0.30")
    assert policies.deposit_ratio_for("D", hard, rate) is None


@given(st.integers(430, 680), st.integers(430, 680))
def test_a_better_score_never_costs_more_nor_asks_a_larger_deposit(one: int, other: int) -> None:
    worse, better = sorted((one, other))
    prices = [
        policies.price_for(scorecard.default_probability(score), PROGRAMME).rate
        for score in (worse, better)
    ]
    assert prices[1] <= prices[0]
    grades = [HOUSE_RULES.grade_of(score) for score in (worse, better)]
    assert grades[1] <= grades[0]
    floors = [HOUSE_RULES.grades[grade].deposit_floor for grade in grades]
    assert floors[1] <= floors[0]


def test_the_price_is_the_sum_of_its_parts() -> None:
    price = policies.price_for(Decimal("0.02"), PROGRAMME)
    assert (price.funding, price.operations) == (Decimal("3.10"), Decimal("0.60"))
    assert (price.expected_loss, price.capital) == (Decimal("0.80"), Decimal("0.96"))
    assert price.rate == Decimal("5.46")
    assert not price.is_capped
    capped = policies.price_for(Decimal("0.50"), PROGRAMME)
    assert capped.rate == Decimal(12)
    assert capped.is_capped


@pytest.mark.parametrize(
    ("change", "outcome", "code"),
    [
        ({"is_verified": False}, "DECLINE", "NOT_VERIFIED"),
        ({"is_barred": True}, "DECLINE", "BARRED"),
        ({"overdue_now": 1}, "DECLINE", "OVERDUE_NOW"),
        ({"monthly_value": (0,) * 12}, "DECLINE", "NO_CAPACITY"),
    ],
)
def test_knock_outs_decline_and_say_so_first(
    change: dict[str, object], outcome: str, code: str
) -> None:
    decision = policies.decide(replace(GOOD, **change), PROGRAMME)  # type: ignore[arg-type]
    assert (decision.outcome, decision.limit) == (outcome, 0)
    assert decision.reasons[0] == policies.Reason(code, 0)


def test_an_unknown_dealer_is_not_financed() -> None:
    decision = policies.decide(CreditFeatures(is_verified=True), PROGRAMME)
    assert (decision.outcome, decision.grade) == ("DECLINE", "E")


def test_amounts_above_the_automatic_cap_go_to_a_person() -> None:
    # Of an order of 106,666.67 the dealer pays 10,666.67 and the limit of 96,000 carries the rest.
    assert policies.decide(GOOD, PROGRAMME, wanted=106_666_67).outcome == "APPROVE"
    large = policies.decide(GOOD, PROGRAMME, wanted=106_666_68)
    assert large.outcome == "REFER"
    assert large.reasons[0].code == "AMOUNT_LARGE"


def test_a_middling_dealer_goes_to_a_person() -> None:
    middling = replace(
        GOOD, clean_cycles=0, on_time=80, max_days_late=20, tenure_days=200, trend=-20,
        longest_gap_days=100,
    )  # fmt: skip
    decision = policies.decide(middling, PROGRAMME)
    assert (decision.grade, decision.outcome) == ("D", "REFER")


def test_every_reason_has_words_and_help() -> None:
    for code, (found, helps) in reasons.REASONS.items():
        assert reasons.words(code) == found
        assert reasons.help_for(code) == helps
        assert found
        assert helps.endswith(".")


REASON_CODES = frozenset(reasons.REASONS)


def test_rules_are_read_as_they_were_kept() -> None:
    kept = HOUSE_RULES.as_json()
    assert rules_of(kept, version=HOUSE_RULES.version, reasons=REASON_CODES) == HOUSE_RULES


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("grades", "B", 0), 640),  # as much as A
        (("grades", "A", 1), "0.25"),  # more deposit than B
        (("grades", "C", 2), "0.70"),  # more financed than B
        (("grades", "A", 3), "REFER"),  # less kind than B
        (("grades", "E", 3), "REFER"),
        (("grades", "E", 0), 10),
        (("grades", "A", 2), "much"),
        (("cut",), "1.2"),
        (("cut_trend",), 5),
        (("untold",), ["NO_SUCH_REASON"]),
    ],
)
def test_what_no_rules_can_be_is_refused(path: tuple[Any, ...], value: object) -> None:
    content: Any = HOUSE_RULES.as_json()
    *way, last = path
    place = content
    for step in way:
        place = place[step]
    place[last] = value
    with pytest.raises(Invalid):
        rules_of(content, version="", reasons=REASON_CODES)


@given(st.integers(0, 200), st.integers(-60, 60), st.one_of(st.none(), st.integers(0, 10**9)))
def test_a_record_leads_to_its_decision_under_any_rules(
    days: int, trend: int, quota: int | None
) -> None:
    rules = replace(HOUSE_RULES, cut_days_late=days, cut=Decimal("0.4"))
    some = replace(GOOD, max_days_late=days + 1, trend=trend)
    decision = policies.decide(some, PROGRAMME, wanted=5_000_00, quota=quota, rules=rules)
    figures = policies.figures_of(PROGRAMME)
    record = some.as_json() | {"wanted": 5_000_00, "quota": quota, "programme": figures}
    assert policies.again(json.loads(json.dumps(record)), rules) == decision
    del record["quota"]  # as it was kept when each programme had a quota of its own
    before = record | {"programme": figures | {"seller_quota": quota}}
    assert quota is None or policies.again(json.loads(json.dumps(before)), rules) == decision
