"""A house's own provider of sign-ins, and who is who there."""

from __future__ import annotations

from django.db import models

from heliu.kernel.access.models import User
from heliu.kernel.ids import new_id


class Provider(models.Model):
    """Where the people of a house sign in: an OpenID Connect issuer that knows us as `client_id`.

    It answers for addresses at the house's own domain of mail (`joining.MailDomain`) and for desks
    of this house alone. `secret` is sealed with the install's key.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField(unique=True)
    issuer = models.CharField(max_length=300)
    client_id = models.CharField(max_length=200)
    secret = models.BinaryField()
    is_on = models.BooleanField(default=True)
    set_by_name = models.CharField(max_length=80)
    set_at = models.DateTimeField()


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
