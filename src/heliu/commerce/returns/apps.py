from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    name = "heliu.commerce.returns"
    label = "returns"
