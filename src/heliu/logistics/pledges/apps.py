from django.apps import AppConfig


class PledgesConfig(AppConfig):
    name = "heliu.logistics.pledges"
    label = "pledges"
