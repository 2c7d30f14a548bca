"""What tests and benchmarks need besides Python: Asterisk, and the front end built into this very clone."""

import shutil

from run import asterisk_root, release
from run.keys import of
from run.settings import DATA
from run.steps import changed, main, step


def _main() -> int:
    settings = of(DATA)
    with step("Asterisk") as outcome:
        found = asterisk_root.version(settings)
        if found is None:
            asterisk_root.build(settings)
        outcome.text = f"{asterisk_root.version(settings)} {'was there' if found else 'installed'}"
    with step("Front end") as outcome:
        was_built = release.build_front_end(settings)
        place = release.SOURCE / release.BUILT
        mark = release.front_end(settings).name
        if not (place / mark).exists():
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(release.front_end(settings) / release.BUILT, place)
            (place / mark).touch()
        changed(outcome, was_built)
    return 0


if __name__ == "__main__":
    main(_main)
