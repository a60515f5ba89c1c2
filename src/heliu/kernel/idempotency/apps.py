from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    name = "heliu.kernel.idempotency"
    label = "idempotency"
