"""python -m run.asterisk.rendering: renders Asterisk's files from the database before its first start.

Later the listener does.
"""

import db
from db import EVERY_ORGANISATION, transaction
from run.asterisk import config as asterisk_config
from run.host.steps import main
from run.settings import Settings


def _main() -> int:
    settings = Settings()
    db.connect(settings.database_url.get_secret_value())
    with transaction(EVERY_ORGANISATION) as session:
        configuration = asterisk_config.configuration(session)
    db.disconnect()
    changed = asterisk_config.render(settings, configuration).files
    print(f"{len(changed)} files written" if changed else "was there")
    return 0


if __name__ == "__main__":
    main(_main)
