from django.apps import AppConfig


class BooksConfig(AppConfig):
    name = "heliu.capital.books"
    label = "books"
