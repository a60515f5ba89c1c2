from django.apps import AppConfig


class PostingConfig(AppConfig):
    name = "heliu.kernel.posting"
    label = "posting"
