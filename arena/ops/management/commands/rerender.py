"""Makes all public pictures of an older recipe anew; the site does the same by itself, more slowly."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from arena.generation.rerendering import rerender_prompt


class Command(BaseCommand):
    help = "Make public pictures of an older recipe anew from their originals, under new names."

    def handle(self, *args: Any, **options: Any) -> None:
        total, done = 0, rerender_prompt()
        while done.waiting:
            total += done.pictures
            self.stdout.write(f"{total} pictures made anew, {done.waiting} prompts to go.")
            done = rerender_prompt()
        self.stdout.write(f"{total + done.pictures} pictures made anew.")
        for prompt, reason in done.left_alone.items():
            self.stderr.write(f"{prompt} stays as it is. {reason}")
        if done.left_alone:
            raise CommandError(f"{len(done.left_alone)} prompts keep pictures of an older recipe.")
