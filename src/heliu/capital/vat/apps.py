from django.apps import AppConfig


class VatConfig(AppConfig):
    name = "heliu.capital.vat"
    label = "vat"
