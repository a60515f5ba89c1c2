from django.apps import AppConfig


class WarehousingConfig(AppConfig):
    name = "heliu.logistics.warehousing"
    label = "warehousing"
