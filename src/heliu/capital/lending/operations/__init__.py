"""Every write of lending. Each moves the loan, posts the journals and records the fact; none talks
to the bank. A second call for the same event does nothing."""

from heliu.capital.lending.operations.capping import lift_cap, set_cap, set_group
from heliu.capital.lending.operations.closing import accrue, locked, mark_overdue
from heliu.capital.lending.operations.correcting import correct_value_day, take_back
from heliu.capital.lending.operations.enforcing import (
    enforce,
    give_notice,
    last_day,
    price_for_seller,
    require_enforceable,
    require_overdue,
    reserve_price,
    write_off,
)
from heliu.capital.lending.operations.goods import (
    goods_pledged,
    goods_released,
    goods_shipped,
    goods_short,
    goods_taken_back,
)
from heliu.capital.lending.operations.paying import (
    bank_rejected,
    bill_accepted,
    bill_paid,
    deposit_booked,
    disbursed,
    disbursing,
    own_share_moved,
    paying_seller,
    seller_paid,
)
from heliu.capital.lending.operations.quoting import (
    decide,
    expire,
    quote,
    refer,
    require_signable,
    sign,
)
from heliu.capital.lending.operations.repaying import (
    Repaid,
    Sale,
    close,
    goods_sold,
    recovered,
    repaid,
    seller_refunded,
    set_off_margin,
    unapplied_returned,
)
from heliu.capital.lending.operations.replaying import Replayed
from heliu.capital.lending.operations.unwinding import (
    Unwinding,
    deposit_returned,
    loan_returned,
    unwind,
)
from heliu.capital.lending.queries import amount_for, entitlement_of, owed, owed_all

__all__ = [
    "Repaid",
    "Replayed",
    "Sale",
    "Unwinding",
    "accrue",
    "amount_for",
    "bank_rejected",
    "bill_accepted",
    "bill_paid",
    "close",
    "correct_value_day",
    "decide",
    "deposit_booked",
    "deposit_returned",
    "disbursed",
    "disbursing",
    "enforce",
    "entitlement_of",
    "expire",
    "give_notice",
    "goods_pledged",
    "goods_released",
    "goods_shipped",
    "goods_short",
    "goods_sold",
    "goods_taken_back",
    "last_day",
    "lift_cap",
    "loan_returned",
    "locked",
    "mark_overdue",
    "owed",
    "owed_all",
    "own_share_moved",
    "paying_seller",
    "price_for_seller",
    "quote",
    "recovered",
    "refer",
    "repaid",
    "require_enforceable",
    "require_overdue",
    "require_signable",
    "reserve_price",
    "seller_paid",
    "seller_refunded",
    "set_cap",
    "set_group",
    "set_off_margin",
    "sign",
    "take_back",
    "unapplied_returned",
    "unwind",
    "write_off",
]
