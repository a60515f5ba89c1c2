"""The role templates an organisation starts from: what each kind of work may do."""

from __future__ import annotations

# Permissions are verbs of the trade; one per operation that somebody might withhold.
TEMPLATES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    # code: (English name, Chinese name, permissions)
    "owner": ("Owner", "负责人", ("order", "sign", "pay", "consent", "manage")),
    "purchaser": ("Purchaser", "采购员", ("order",)),
    "finance": ("Finance clerk", "财务", ("pay",)),
    "seller": ("Sales clerk", "销售内勤", ("sell", "ship", "price")),
    "sales-manager": (
        "Sales manager",
        "销售经理",
        ("sell", "ship", "price", "terms", "manage", "behalf", "concede"),
    ),
    "account-manager": ("Account manager", "客户经理", ("sell", "behalf")),
    "receivables": ("Receivables clerk", "应收会计", ("sell", "terms")),
    "credit-officer": ("Credit officer", "信贷员", ("decide", "release", "enforce")),
    "risk-officer": (
        "Risk officer",
        "风控",
        ("decide", "override", "release", "enforce", "manage"),
    ),
    "keeper": ("Warehouse keeper", "仓管员", ("receive", "pick", "count")),
    "carrier": ("Dispatcher", "承运调度", ("carry",)),
    "administrator": ("Administrator", "管理员", ("manage",)),
    "operator": ("Operator", "运营", ("operate", "manage")),
}
