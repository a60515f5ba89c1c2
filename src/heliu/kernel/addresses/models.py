"""The places to which goods may be sent to a house, and the sheets by which they came in."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from heliu.kernel.addresses.policies import MOST, Place
from heliu.kernel.ids import new_id
from heliu.kernel.sheets import BadRow
from heliu.kernel.spool import Import, ImportState
from heliu.kernel.states import known_status


class Address(models.Model):
    """Where goods may be sent to `org`, under a `name` of its own; `receiver` takes them there.

    `region` holds province, city and district, `street` the rest of the place. What has ended
    stays, with its moment; an order keeps its address as it was when it was placed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    name = models.CharField(max_length=60)
    receiver = models.CharField(max_length=80)
    phone = models.CharField(max_length=40)
    country = models.CharField(max_length=2, default="CN")
    region = models.CharField(max_length=120, blank=True)
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=20, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    is_default = models.BooleanField(default=False)
    changed_by_name = models.CharField(max_length=80)
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["org", "name"], condition=Q(ended_at=None), name="one_address_per_name"
            ),
            models.UniqueConstraint(
                fields=["org"], condition=Q(is_default=True), name="one_default_address"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(ended_at=None), name="address_ended_is_no_default"
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(receiver="") & ~Q(phone="") & ~Q(street=""),
                name="address_can_be_found",
            ),
        ]

    @property
    def place(self) -> Place:
        """What it says."""
        return Place(**{name: getattr(self, name) for name in MOST})

    def __str__(self) -> str:
        return self.name


class AddressImport(Import):
    """A sheet of addresses that a house brought."""

    org = models.UUIDField()
    line = models.IntegerField(default=1)

    class Meta:
        constraints = [
            known_status("address_import_state_known", ImportState, field="state"),
            models.CheckConstraint(
                condition=Q(offset__gte=0, offset__lte=F("size")), name="address_import_in_its_file"
            ),
        ]
        indexes = [
            models.Index(fields=["org", "-brought_at"], name="address_import_org"),
            models.Index(
                fields=["brought_at"], condition=Q(state="READING"), name="address_import_open"
            ),
        ]


class BadAddressRow(BadRow):
    """A row of a sheet of addresses that was left out."""

    address_import = models.ForeignKey(
        AddressImport, on_delete=models.CASCADE, related_name="bad_rows", db_index=False
    )
    org = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["address_import", "line"], name="bad_address_row")]
