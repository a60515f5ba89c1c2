from django.apps import AppConfig


class ClockConfig(AppConfig):
    name = "heliu.kernel.clock"
    label = "clock"
