from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "heliu.kernel.consent"
    label = "consent"
