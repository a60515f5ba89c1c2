from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "heliu.kernel.conversations"
    label = "conversations"
