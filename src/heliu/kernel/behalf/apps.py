from django.apps import AppConfig


class BehalfConfig(AppConfig):
    name = "heliu.kernel.behalf"
    label = "behalf"
