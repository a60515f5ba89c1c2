from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "heliu.kernel.approvals"
    label = "approvals"
