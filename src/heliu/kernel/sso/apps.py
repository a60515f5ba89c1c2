from django.apps import AppConfig


class SsoConfig(AppConfig):
    name = "heliu.kernel.sso"
    label = "sso"
