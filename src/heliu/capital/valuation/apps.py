from django.apps import AppConfig


class ValuationConfig(AppConfig):
    name = "heliu.capital.valuation"
    label = "valuation"
