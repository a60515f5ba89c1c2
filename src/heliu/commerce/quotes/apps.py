from django.apps import AppConfig


class QuotesConfig(AppConfig):
    name = "heliu.commerce.quotes"
    label = "quotes"
