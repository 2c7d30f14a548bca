"""`python -m web.compiling`: compiles every template and catalogue and keeps them beside the code."""

import shutil

from web import compiled, languages, pages


def make() -> None:
    """What is there already stays; what was made of other sources goes."""
    places = {languages.place_of(code) for code in languages.LANGUAGES} | {pages.place_of_templates()}
    if compiled.PLACE.is_dir():
        for entry in compiled.PLACE.iterdir():
            if entry not in places:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    for code in languages.LANGUAGES:
        if not languages.place_of(code).exists():
            compiled.keep(languages.place_of(code), languages.compiled_catalogue(code))
    pages.compile_templates()


if __name__ == "__main__":
    make()
