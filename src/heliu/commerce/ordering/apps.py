from django.apps import AppConfig


class OrderingConfig(AppConfig):
    name = "heliu.commerce.ordering"
    label = "ordering"
