from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "arena.clients"
    label = "clients"
