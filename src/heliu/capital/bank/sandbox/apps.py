from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "heliu.capital.bank.sandbox"
    label = "sandbox"
