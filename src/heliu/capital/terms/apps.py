from django.apps import AppConfig


class TermsConfig(AppConfig):
    name = "heliu.capital.terms"
    label = "terms"
