from django.apps import AppConfig


class TradeConfig(AppConfig):
    name = "heliu.trade"
    label = "trade"
