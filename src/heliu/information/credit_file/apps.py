from django.apps import AppConfig


class CreditFileConfig(AppConfig):
    name = "heliu.information.credit_file"
    label = "credit_file"
