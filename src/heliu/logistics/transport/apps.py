from django.apps import AppConfig


class TransportConfig(AppConfig):
    name = "heliu.logistics.transport"
    label = "transport"
