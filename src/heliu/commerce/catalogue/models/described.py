"""Attributes by family, and the values goods have."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from heliu.commerce.catalogue.models.named import Named
from heliu.kernel.goods.models import Family, Sku
from heliu.kernel.ids import new_id
from heliu.kernel.language import in_language


class Kind(models.TextChoices):
    """What a value is made of."""

    TEXT = "TEXT", _l("text")
    NUMBER = "NUMBER", _l("number")
    CHOICE = "CHOICE", _l("choice")
    BOOL = "BOOL", _l("yes or no")


class Attribute(Named):
    """What a seller tells of each article of a family: a text, a number in a unit, one of some
    choices, or yes and no. A filter of the catalogue where `is_filter`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    unit = models.CharField(max_length=12, blank=True)
    unit_zh = models.CharField(max_length=12, blank=True)
    is_filter = models.BooleanField(default=True)
    position = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "family", "code"], name="an_attribute_once_in_its_family"
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z][a-z0-9_]*$"), name="attribute_code_is_a_word"
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.NUMBER) | Q(unit="", unit_zh=""),
                name="only_numbers_have_a_unit",
            ),
        ]

    @property
    def unit_display(self) -> str:
        """The unit in the reader's language."""
        return in_language(self.unit, self.unit_zh)


class Choice(Named):
    """One of the values an attribute of choices may have."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="choices")
    position = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attribute", "code"], name="a_choice_once"),
        ]


class Value(models.Model):
    """What an attribute of an article is; exactly one column is filled, by the attribute's kind."""

    seller = models.UUIDField()
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+")
    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=200, blank=True)
    text_zh = models.CharField(max_length=200, blank=True)
    number = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    choice = models.ForeignKey(Choice, on_delete=models.PROTECT, null=True, related_name="+")
    flag = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sku", "attribute"], name="one_value_of_an_attribute"),
            models.CheckConstraint(
                condition=(
                    Q(number=None, choice=None, flag=None) & ~Q(text="", text_zh="")
                    | Q(number__isnull=False, choice=None, flag=None, text="", text_zh="")
                    | Q(number=None, choice__isnull=False, flag=None, text="", text_zh="")
                    | Q(number=None, choice=None, flag__isnull=False, text="", text_zh="")
                ),
                name="a_value_is_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["attribute", "number"], name="value_number")]

    @property
    def display(self) -> str:
        """The value in the reader's language, a number with its unit."""
        if self.choice is not None:
            return self.choice.display
        if self.number is not None:
            return f"{plain(self.number)} {self.attribute.unit_display}".strip()
        if self.flag is not None:
            return _("yes") if self.flag else _("no")
        return in_language(self.text, self.text_zh)

    @property
    def token(self) -> str:
        """The value as filters name it."""
        if self.choice is not None:
            return self.choice.code
        if self.number is not None:
            return plain(self.number)
        return "yes" if self.flag else "no"


def plain(number: Decimal) -> str:
    """A number without the zeros at its end: 12.50 is 12.5, 100 stays."""
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"
