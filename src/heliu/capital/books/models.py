"""What the accounts of the posting engine mean in the books of the organisations."""

from __future__ import annotations

from django.db import models

from heliu.capital.books.chart import Code, label


class Account(models.Model):
    """An account in an organisation's book; its balance stands in the posting engine.

    `org` keeps the book, `code` is its place in the chart, `other` the counterparty and `ref` what
    it is kept for (a deal, a facility). `id` is the account's number in the posting engine.
    """

    id = models.BigIntegerField(primary_key=True)
    org = models.UUIDField()
    code = models.CharField(max_length=24, choices=Code)
    other = models.UUIDField(null=True, blank=True)
    ref = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["org", "code", "other", "ref"],
                name="one_account_per_meaning",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(code__in=Code.values), name="account_code_known"
            ),
        ]

    @property
    def label(self) -> str:
        """The account's name in the reader's language."""
        return label(self.code)

    def __str__(self) -> str:
        return f"{self.code} {self.ref}".strip()
