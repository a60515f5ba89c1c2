from django.apps import AppConfig


class StockConfig(AppConfig):
    name = "heliu.logistics.stock"
    label = "stock"
