"""A house's own provider of sign-ins, who is who there, and what it has said once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from heliu.kernel.access.models import User
from heliu.kernel.ids import new_id


class Protocol(models.TextChoices):
    """How a provider is spoken to."""

    OIDC = "OIDC", "OpenID Connect"
    SAML = "SAML", "SAML 2.0"


class Provider(models.Model):
    """Where the people of a house sign in.

    It answers for addresses at the house's own domain of mail (`joining.MailDomain`) and for desks
    of this house alone. An issuer of OpenID Connect knows us as `client_id`, with a `secret` that
    is sealed with the install's key. One of SAML (`issuer` is its entity id) takes people at
    `address` and signs by one of `certificates`, each a line of base64.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField(unique=True)
    protocol = models.CharField(
        max_length=4, choices=Protocol, default=Protocol.OIDC, db_default=Protocol.OIDC
    )
    issuer = models.CharField(max_length=300)
    client_id = models.CharField(max_length=200, blank=True)
    secret = models.BinaryField()
    address = models.CharField(max_length=300, blank=True, db_default="")
    certificates = models.TextField(blank=True, db_default="")
    is_on = models.BooleanField(default=True)
    set_by_name = models.CharField(max_length=80)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(protocol="OIDC")
                | Q(protocol="SAML") & ~Q(address="") & ~Q(certificates=""),
                name="provider_is_complete",
            )
        ]


class Known(models.Model):
    """Whom the provider calls `subject` is this person here; found by address the first time."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="known")
    org = models.UUIDField()
    subject = models.CharField(max_length=255)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="one_person_per_subject"),
            models.UniqueConstraint(fields=["provider", "user"], name="one_subject_per_person"),
        ]


class Heard(models.Model):
    """What a SAML provider said once (`assertion`, its id), as the browser of whoever signed in
    brought it: whom it names, in answer to which question of ours (`request`).

    It is taken up once, by the browser that asked, which holds the ticket; of that a digest is
    kept. The row stays until the assertion itself has run out, so that it is heard no second time.
    """

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="+")
    org = models.UUIDField()
    assertion = models.CharField(max_length=255)
    request = models.CharField(max_length=80)
    ticket = models.CharField(max_length=64, unique=True)
    subject = models.CharField(max_length=255)
    address = models.CharField(max_length=254, blank=True)
    name = models.CharField(max_length=80, blank=True)
    is_strong = models.BooleanField(default=False)
    came_at = models.DateTimeField()
    keep_until = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "assertion"], name="assertion_heard_once")
        ]
        indexes = [models.Index(fields=["keep_until"], name="heard_runs_out")]
