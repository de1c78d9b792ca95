from django.apps import AppConfig


class CurateConfig(AppConfig):
    name = "arena.curate"
    label = "curate"
