from django.apps import AppConfig


class VatSandboxConfig(AppConfig):
    name = "heliu.capital.vat.sandbox"
    label = "vat_sandbox"
