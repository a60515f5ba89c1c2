from django.apps import AppConfig


class BankConfig(AppConfig):
    name = "heliu.capital.bank"
    label = "bank"
