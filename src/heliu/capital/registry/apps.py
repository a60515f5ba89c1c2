from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "heliu.capital.registry"
    label = "registry"
