from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "heliu.commerce.pricing"
    label = "pricing"
