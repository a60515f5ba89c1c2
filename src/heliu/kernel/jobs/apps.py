from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "heliu.kernel.jobs"
    label = "jobs"
