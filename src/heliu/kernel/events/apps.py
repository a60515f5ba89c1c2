from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "heliu.kernel.events"
    label = "events"
