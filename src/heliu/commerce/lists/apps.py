from django.apps import AppConfig


class ListsConfig(AppConfig):
    name = "heliu.commerce.lists"
    label = "lists"
