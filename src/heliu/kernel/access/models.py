"""People and what they may do, for which organisation."""

from __future__ import annotations

import hashlib
import secrets
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.kernel.ids import new_id


class User(AbstractUser):
    """A person with a log-in; the username is the e-mail address in lower case."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    theme = models.CharField(max_length=5, default="auto")
    density = models.CharField(max_length=8, default="normal")
    is_demo = models.BooleanField(default=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.username


class Role(models.Model):
    """A named set of permissions; the templates every organisation starts from have no owner."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField(null=True, blank=True)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80, blank=True)
    permissions = ArrayField(models.CharField(max_length=40), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["org", "code"], name="one_role_per_code", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.code


class Grantable(models.Model):
    """The operator lets houses of a kind put this permission into roles of their own; with a `tier`
    only those of that tier."""

    party_role = models.CharField(max_length=12)
    permission = models.CharField(max_length=40)
    tier = models.CharField(max_length=20, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party_role", "permission", "tier"], name="grantable_once"
            )
        ]


class Apart(models.Model):
    """Two permissions that must not be in one hand, by the operator's word; in order of letters."""

    first = models.CharField(max_length=40)
    second = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="apart_once"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="apart_in_order"
            ),
        ]


class Membership(models.Model):
    """A person in an organisation, with roles."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    org = models.UUIDField()
    roles = models.ManyToManyField(Role, through="MembershipRole")
    title = models.CharField(max_length=80, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "org"], name="one_membership_per_organization")
        ]
        indexes = [models.Index(fields=["org"], name="membership_org")]


class MembershipRole(models.Model):
    """A role held through a membership; carries the organisation for the row policy."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE)
    role = models.ForeignKey(Role, on_delete=models.PROTECT)
    org = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["membership", "role"], name="one_role_once")]


class ApiToken(models.Model):
    """A secret with which a program acts as a person at a desk. Only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    org = models.UUIDField()
    label = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    @staticmethod
    def fresh_secret() -> str:
        """A new secret; shown once."""
        return "hl_" + secrets.token_urlsafe(32)

    @staticmethod
    def digest_of(secret: str) -> bytes:
        """What is kept of a secret."""
        return hashlib.sha256(secret.encode()).digest()


class FailedSignIn(models.Model):
    """A try at signing in that has not led in. Account and address stand only as keyed digests.

    Without a row policy: it is written before it is known who asks, and belongs to nobody.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.BinaryField(max_length=32)
    address = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "at"], name="failed_sign_in_account"),
            models.Index(fields=["address", "at"], name="failed_sign_in_address"),
        ]


class FactorKind(models.TextChoices):
    """How somebody proves a second time who they are."""

    TOTP = "TOTP", _("Code of an app")
    PASSKEY = "PASSKEY", _("Passkey")


class Factor(models.Model):
    """A second factor of a person.

    Without a row policy: it is asked before it is known for whom the person acts. `secret` is that
    of a TOTP, sealed with the install's key, or the public key of a passkey; `credential` is the id
    by which a passkey is found. `last_step` (of a TOTP) and `signs` (of a passkey) only grow, so
    that nothing is used twice.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="factors")
    kind = models.CharField(max_length=7, choices=FactorKind)
    name = models.CharField(max_length=60, blank=True)
    secret = models.BinaryField()
    credential = models.BinaryField(null=True, blank=True)
    last_step = models.BigIntegerField(default=0)
    signs = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=FactorKind.values), name="factor_known"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(kind="TOTP"), name="one_totp_each"
            ),
            models.UniqueConstraint(fields=["credential"], name="one_passkey_per_credential"),
            models.CheckConstraint(
                condition=models.Q(kind="PASSKEY", credential__isnull=False)
                | models.Q(kind="TOTP", credential=None),
                name="passkey_has_a_credential",
            ),
        ]


class RecoveryCode(models.Model):
    """A code for whoever has lost the second factor; good once, kept as a keyed digest."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.BinaryField(max_length=32)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")
        ]


class FactorDemand(models.Model):
    """A house demands a second factor: of all its people at its desks, or of these permissions."""

    org = models.UUIDField(unique=True)
    everybody = models.BooleanField(default=False)
    permissions = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    set_by_name = models.CharField(max_length=80)
    set_at = models.DateTimeField()


class SignIn(models.Model):
    """That a person signed in, and how; read by the person alone. Old ones go by themselves."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    how = models.CharField(max_length=8)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="sign_in_user")]
