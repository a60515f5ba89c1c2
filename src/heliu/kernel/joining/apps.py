from django.apps import AppConfig


class JoiningConfig(AppConfig):
    name = "heliu.kernel.joining"
    label = "joining"
