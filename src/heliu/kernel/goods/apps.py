from django.apps import AppConfig


class GoodsConfig(AppConfig):
    name = "heliu.kernel.goods"
    label = "goods"
