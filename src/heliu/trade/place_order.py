"""The story of an order being placed: prices, goods and credit in one transaction.

`preview` shows what would happen and changes nothing; `place` does it. Both ask the same rooms the
same questions, so that what was shown is what is done, or is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from heliu.capital.books import queries as books
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import Loan
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.models import Order, PayBy
from heliu.commerce.ordering.operations import PricedLine
from heliu.commerce.ordering.policies import CheckedLine, Wanted, check_lines
from heliu.commerce.pricing import queries as pricing
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.goods import queries as goods
from heliu.kernel.ids import new_id
from heliu.kernel.money import Money
from heliu.kernel.parties import queries as parties
from heliu.logistics.stock import operations as stock
from heliu.logistics.stock import queries as stock_queries
from heliu.trade.finance_offer import FinanceOffer, offer_for
from heliu.trade.models import Deal, Step
from heliu.trade.steps import open_deal, remember
