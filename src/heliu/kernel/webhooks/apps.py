from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "heliu.kernel.webhooks"
    label = "webhooks"
