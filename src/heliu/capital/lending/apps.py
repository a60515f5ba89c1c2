from django.apps import AppConfig


class LendingConfig(AppConfig):
    name = "heliu.capital.lending"
    label = "lending"
