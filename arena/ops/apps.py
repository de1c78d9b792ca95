from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "arena.ops"
    label = "ops"

    def ready(self) -> None:
        # Without this, shared_task would bind to a default app that talks to no broker of ours.
        import arena.celery  # noqa: F401, PLC0415
