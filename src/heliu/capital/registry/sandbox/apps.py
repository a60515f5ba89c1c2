from django.apps import AppConfig


class RegistrySandboxConfig(AppConfig):
    name = "heliu.capital.registry.sandbox"
    label = "registry_sandbox"
