"""The sandbox register's own table. It belongs to no organisation of the platform."""

from __future__ import annotations

from django.db import models


class RegisteredCompany(models.Model):
    """A company in the register; `silences` are how many look-ups more stay unanswered."""

    number = models.CharField(max_length=30, primary_key=True)
    country = models.CharField(max_length=2)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField()
    status = models.CharField(max_length=40, blank=True)
    founded_on = models.DateField(null=True, blank=True)
    representative = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=200, blank=True)
    silences = models.PositiveSmallIntegerField(default=0)
