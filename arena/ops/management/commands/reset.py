"""`make reset`: forget all data of this checkout."""

import os
import shutil

from django.core.management.base import BaseCommand, CommandError

from arena.ops import lock, state


class Command(BaseCommand):
    help = "Remove the state folder: database, queue, pictures, logs and the secret key."
    requires_system_checks = []

    def handle(self, *args: str, **options: object) -> None:
        try:
            root = state.prepare()
            with lock.hold(root):
                for folder in state.folders_of_state():
                    shutil.rmtree(folder)
        except (lock.StateInUse, state.StateError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Forgotten: {root}")
        if os.environ.get("DATABASE_URL"):
            self.stdout.write("The database that DATABASE_URL names was left alone.")
