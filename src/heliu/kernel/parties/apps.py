from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "heliu.kernel.parties"
    label = "parties"
