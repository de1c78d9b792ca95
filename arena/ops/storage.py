"""Static files as they are served: our own scripts without comments and spaces, all hashed and compressed.

Styles stay as written: rcssmin (1.3.0) takes the space out of `.a :is(.b)` inside a layer, which then means
another thing.
"""

from pathlib import Path
from typing import Any

import rjsmin
from whitenoise.storage import CompressedManifestStaticFilesStorage

# What others ship is served as it came.
OURS = "js/"


class LightStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage with one step before: the collected copies of our scripts are minified."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Any:
        """Minify, then hash and compress what was collected."""
        if not dry_run:
            for name in [name for name in paths if name.startswith(OURS)]:
                copy = Path(self.path(name))
                if copy.suffix == ".js":
                    copy.write_text(rjsmin.jsmin(copy.read_text()))
                    paths[name] = (self, name)  # hashed from the copy, not from its source
        return super().post_process(paths, dry_run=dry_run, **options)
