from django.apps import AppConfig


class ValuationSandboxConfig(AppConfig):
    name = "heliu.capital.valuation.sandbox"
    label = "valuation_sandbox"
