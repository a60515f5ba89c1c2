from django.apps import AppConfig


class CreditConfig(AppConfig):
    name = "heliu.capital.credit"
    label = "credit"
