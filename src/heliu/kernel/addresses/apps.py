from django.apps import AppConfig


class AddressesConfig(AppConfig):
    name = "heliu.kernel.addresses"
    label = "addresses"
