from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "heliu.kernel.files"
    label = "files"
