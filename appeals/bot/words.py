"""What a bot says to citizens, in the language they have chosen."""

from typing import Final

from appeals.bot.model import LETTERS_A_DAY, LONGEST
from notify.model import Template
from web.languages import later

GREETING: Final = later(
    "%(organisation)s. Here you can write to us: what has happened, and what you ask for. Choose your language."
)
MATTER: Final = later(
    "Write what has happened, where, and what you ask for. Several messages are one appeal; a place on the map may be "
    "shared as well. When all is written, press “%(key)s”."
)
MORE: Final = later("It is added. Write on, or press “%(key)s”.")
NAME: Final = later("What is your name? Write surname, given name and patronymic, in this order.")
PLACE: Final = later("Where do you live? Write town, street, house and flat: the law wants it of a written appeal.")
PHONE: Final = later("Share your telephone by the key below, so that we can call you; or go on without it.")
CHECK: Final = later("This is what we got:\n\n%(matter)s\n\n%(name)s\n%(place)s\n%(phone)s\n\nSend it?")
THANKS: Final = later("Thank you, it is sent. The receipt comes here.")
STANDS: Final = later("Appeal %(number)s, %(day)s: %(state)s.")
NEXT: Final = later("That is all")
SHARE: Final = later("Share my telephone")
WITHOUT: Final = later("Go on without a telephone")
SEND: Final = later("Send it")
CHANGE: Final = later("Write it anew")

NOT_WORDS: Final = later(
    "Here we can read words and places on the map only: no photos, files or voices. Files may be given to the operator "
    "later, or sent by our site or e-mail."
)
TOO_SHORT: Final = later("This is too short to be understood: a sentence at least, please.")
TOO_LONG: Final = later("This is longer than we can take: %(most)d characters in all. It was not added.")
NO_NAME: Final = later("A surname and a given name, please, in letters and not longer than a line.")
NO_PLACE: Final = later("An address, please: town, street, house, in one line.")
NOT_YOURS: Final = later("This telephone is not the one of your own account. Press the key below.")
PRESS: Final = later("Press one of the keys below, please.")
MANY_TODAY: Final = later("You have sent %(most)d appeals in a day. This one is kept: press “%(key)s” again tomorrow.")
LIMITS: Final = {TOO_LONG: LONGEST, MANY_TODAY: LETTERS_A_DAY}

RECEIVED: Final = Template(
    "chat_received",
    later("In a chat: a citizen's words are received"),
    subject=later("Your words are received"),
    text=later(
        "%(organisation)s has received your words on %(at)s, entry %(entry)s. An operator completes the card; then the "
        "number of your appeal comes here. For another matter write /start."
    ),
)
ANSWERED: Final = Template(
    "chat_answered",
    later("In a chat: the answer"),
    subject=later("The answer to appeal %(number)s"),
    text=later("%(organisation)s has closed your appeal %(number)s: %(result)s.\n\n%(answer)s"),
)
