"""The outbox of the product: append-only facts, and the inbox of each organisation."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Cast

from heliu.kernel.ids import new_id


class TransactionNumber(models.Func):
    """The number of the transaction that writes."""

    function = "pg_current_xact_id"
    output_field = models.TextField()


THIS_TRANSACTION = Cast(Cast(TransactionNumber(), models.TextField()), models.BigIntegerField())


class Fact(models.Model):
    """Something that happened, told in the past tense, with ids and numbers only.

    `transaction` is the one that wrote it. Whoever reads on from where it was reads by it: numbers
    are given in one order and seen in another, but what is older than the oldest transaction at
    work is all there.
    """

    number = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True, default=new_id, editable=False)
    name = models.CharField(max_length=60)
    flows = ArrayField(models.CharField(max_length=12))
    subject = models.UUIDField()
    deal = models.UUIDField(null=True, blank=True)
    payload = models.JSONField()
    audience = ArrayField(models.UUIDField())
    actor = models.UUIDField(null=True, blank=True)
    actor_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    transaction = models.BigIntegerField(db_default=THIS_TRANSACTION, editable=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["deal", "number"],
                condition=models.Q(deal__isnull=False),
                name="fact_deal",
            ),
            models.Index(fields=["subject", "number"], name="fact_subject"),
            models.Index(fields=["transaction"], name="fact_transaction"),
        ]


class Concern(models.Model):
    """A fact concerns a house: what its `audience` says, the other way round, so that a house whom
    few facts concern reads these alone. Noted by the worker after the fact, for what was written
    before the transaction of the `ConcernMark`."""

    pk = models.CompositePrimaryKey("org", "fact")
    org = models.UUIDField()
    fact = models.ForeignKey(
        Fact,
        on_delete=models.PROTECT,
        related_name="concerns",
        db_index=False,
        db_constraint=False,
    )


class ConcernMark(models.Model):
    """Up to which transaction facts are noted for those they concern; one row."""

    upto = models.BigIntegerField()


class Notice(models.Model):
    """A message in an organisation's inbox: its kind, the words' parameters, where it leads; for
    one `person` of it, or for all.

    The table also has the `transaction` that wrote it, which is not told here: whoever puts a
    notice into another's inbox may not read it back, not even that.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    person = models.UUIDField(null=True, blank=True)
    kind = models.CharField(max_length=40)
    params = models.JSONField()
    link = models.CharField(max_length=200)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["org", "-at"], name="notice_inbox")]
