from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "heliu.commerce.cases"
    label = "cases"
