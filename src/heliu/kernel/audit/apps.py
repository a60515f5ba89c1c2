from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "heliu.kernel.audit"
    label = "audit"
