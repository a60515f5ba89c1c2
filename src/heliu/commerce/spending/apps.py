from django.apps import AppConfig


class SpendingConfig(AppConfig):
    name = "heliu.commerce.spending"
    label = "spending"
