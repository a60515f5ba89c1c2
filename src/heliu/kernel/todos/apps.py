from django.apps import AppConfig


class TodosConfig(AppConfig):
    name = "heliu.kernel.todos"
    label = "todos"
