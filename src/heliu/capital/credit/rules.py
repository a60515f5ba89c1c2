"""A lender's own rules of a credit decision as data: the grid of grades, cut-offs and thresholds.

What a programme says (rates, deposits, caps) is not among them; `policies.decide` takes both. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any, NamedTuple

from heliu.kernel.errors import Invalid

HOUSE_VERSION = "heliu-rules-1"
LETTERS = ("A", "B", "C", "D", "E")
OUTCOMES = ("APPROVE", "REFER", "DECLINE")  # the kindest first
HIGHEST_SCORE = 1_000


class GradeRule(NamedTuple):
    """What a grade means: from which score on it is given, the least deposit, which part of a
    cycle's purchases may be financed, and what the rules say to it. Shares are 0..1."""

    least_score: int
    deposit_floor: Decimal
    coverage: Decimal
    outcome: str


@dataclass(frozen=True)
class Rules:
    """The rules of one version.

    After `clean_cycles` loans repaid in time a running limit may grow by the factor `step_up`.
    Orders that fell by `cut_trend` per cent, a payment more than `cut_days_late` days late, or
    `cut_returns` per cent of returns leave the share `cut` of the limit. A limit below
    `least_limit` (minor units) is none. Reasons among `untold` a borrower is not told.
    """

    version: str
    grades: Mapping[str, GradeRule]
    step_up: Decimal
    clean_cycles: int
    cut: Decimal
    cut_trend: int
    cut_days_late: int
    cut_returns: int
    least_limit: int
    untold: frozenset[str] = frozenset()

    def grade_of(self, score: int) -> str:
        """The grade of a score."""
        return next(one for one in LETTERS if score >= self.grades[one].least_score)

    def tells(self, code: str) -> bool:
        """Whether a borrower is told this reason."""
        return code not in self.untold

    def as_json(self) -> dict[str, Any]:
        """Plain values, as a version is kept; `rules_of` reads them."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        said["grades"] = {
            letter: [rule.least_score, str(rule.deposit_floor), str(rule.coverage), rule.outcome]
            for letter, rule in self.grades.items()
        }
        said |= {"step_up": str(self.step_up), "cut": str(self.cut), "untold": sorted(self.untold)}
        del said["version"]
        return said


HOUSE_RULES = Rules(
    version=HOUSE_VERSION,
    grades={
        "A": GradeRule(640, Decimal("0.10"), Decimal("0.80"), "APPROVE"),
        "B": GradeRule(610, Decimal("0.20"), Decimal("0.65"), "APPROVE"),
        "C": GradeRule(580, Decimal("0.30"), Decimal("0.50"), "APPROVE"),
        "D": GradeRule(550, Decimal("0.40"), Decimal("0.30"), "REFER"),
        "E": GradeRule(0, Decimal("1"), Decimal("0"), "DECLINE"),
    },
    step_up=Decimal("1.20"),
    clean_cycles=3,
    cut=Decimal("0.70"),
    cut_trend=-30,
    cut_days_late=7,
    cut_returns=10,
    least_limit=100_000,  # CNY 1,000: a smaller limit is of no use to anybody
)


def rules_of(content: Mapping[str, Any], *, version: str, reasons: frozenset[str]) -> Rules:
    """The rules that plain values say, as a person sends them or a version keeps them.

    `reasons` are the codes there are. Raises `Invalid` for what no rules can be: a better grade
    that asks more or gives less than a worse one, a share beyond the whole.
    """
    try:
        grades = {
            letter: GradeRule(int(least), Decimal(floor), Decimal(coverage), str(outcome))
            for letter, (least, floor, coverage, outcome) in content["grades"].items()
        }
        rules = Rules(
            version=version,
            grades=grades,
            step_up=Decimal(content["step_up"]),
            cut=Decimal(content["cut"]),
            untold=frozenset(content.get("untold", ())),
            **{
                name: int(content[name])
                for name in (
                    "clean_cycles", "cut_trend", "cut_days_late", "cut_returns", "least_limit",
                )
            },
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, InvalidOperation):
        raise Invalid(
            "rules-unreadable", "A figure of the rules is missing or no number."
        ) from None
    _refuse_bad_grades(grades)
    _refuse_bad_figures(rules, reasons)
    return rules


def _refuse_bad_grades(grades: Mapping[str, GradeRule]) -> None:
    if tuple(grades) != LETTERS:
        raise Invalid("grades-differ", "There are five grades, A to E.", field="grades")
    for rule in grades.values():
        is_share = 0 <= rule.deposit_floor <= 1 and 0 <= rule.coverage <= 1
        is_score = 0 <= rule.least_score <= HIGHEST_SCORE
        if not (is_share and is_score and rule.outcome in OUTCOMES):
            raise Invalid("grade-invalid", "Shares are 0 to 100%, scores 0 to 1,000.")
    steps = list(grades.values())
    for better, worse in pairwise(steps):
        if not (
            better.least_score > worse.least_score
            and better.deposit_floor <= worse.deposit_floor
            and better.coverage >= worse.coverage
            and OUTCOMES.index(better.outcome) <= OUTCOMES.index(worse.outcome)
        ):
            raise Invalid(
                "grades-disordered",
                "A better grade needs a higher score, and never asks more or gives less.",
                field="grades",
            )
    if steps[-1].least_score != 0 or steps[-1].outcome != "DECLINE":
        raise Invalid(
            "last-grade-finances", "Grade E begins at 0 and is not financed.", field="grades"
        )


def _refuse_bad_figures(rules: Rules, reasons: frozenset[str]) -> None:
    bounds = (
        ("step_up", 1 <= rules.step_up <= 3),
        ("cut", 0 < rules.cut <= 1),
        ("clean_cycles", 1 <= rules.clean_cycles <= 50),
        ("cut_trend", -100 <= rules.cut_trend <= 0),
        ("cut_days_late", 0 <= rules.cut_days_late <= 365),
        ("cut_returns", 0 < rules.cut_returns <= 100),
        ("least_limit", 0 < rules.least_limit <= 10**15),
        ("untold", rules.untold <= reasons),
    )
    for field, is_sane in bounds:
        if not is_sane:
            raise Invalid("rule-out-of-bounds", "This figure is out of its bounds.", field=field)
