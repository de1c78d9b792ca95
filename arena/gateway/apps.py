from django.apps import AppConfig


class GatewayConfig(AppConfig):
    name = "arena.gateway"
    label = "gateway"
