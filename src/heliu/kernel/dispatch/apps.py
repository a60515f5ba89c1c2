from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "heliu.kernel.dispatch"
    label = "dispatch"
