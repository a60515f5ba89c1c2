from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "heliu.commerce.catalogue"
    label = "catalogue"
