from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "heliu.capital.reports"
    label = "reports"
