"""What tests and benchmarks need besides Python: Asterisk, and the front end built into this very clone."""

import shutil
import tempfile
from pathlib import Path

from run.host import asterisk_root, release
from run.host.keys import of
from run.host.steps import changed, main, step
from run.settings import DATA


def _main() -> int:
    settings = of(DATA)
    with step("Asterisk") as outcome:
        outcome.text = asterisk_root.install(settings)
    with step("Packages of the front end") as outcome:
        changed(outcome, release.install_node_modules(settings))
        release.link_node_modules(settings)
    with step("Front end"), tempfile.TemporaryDirectory() as place:
        release.copy(Path(place))
        release.build_front_end(Path(place), settings)
        shutil.copytree(Path(place) / release.BUILT, release.SOURCE / release.BUILT, dirs_exist_ok=True)
    return 0


if __name__ == "__main__":
    main(_main)
