"""The words of maps."""

from typing import Final

from appeals.maps.model import Mark, Stage
from web.languages import later

MARKS: Final[dict[str, str]] = {
    Mark.NEW: later("new"),
    Mark.WORK: later("in work"),
    Mark.BACK: later("back with us"),
    Mark.VERIFY: later("to be verified"),
    Mark.DONE: later("closed"),
    Mark.ENDED: later("ended otherwise"),
}
TONES: Final[dict[str, str]] = {
    Mark.NEW: "accent",
    Mark.WORK: "accent",
    Mark.BACK: "warn",
    Mark.VERIFY: "warn",
    Mark.DONE: "good",
    Mark.ENDED: "neutral",
}
STAGES: Final[dict[str, str]] = {
    Stage.LOOKING: later("is being read"),
    Stage.LOOKED: later("waits for your decision"),
    Stage.SAVING: later("is being saved"),
    Stage.SAVED: later("is saved"),
    Stage.FAILED: later("was not taken"),
}
STAGE_TONES: Final[dict[str, str]] = {
    Stage.LOOKING: "accent",
    Stage.LOOKED: "warn",
    Stage.SAVING: "accent",
    Stage.SAVED: "good",
    Stage.FAILED: "bad",
}
NO_EXTRACT: Final = later("This is no extract of OpenStreetMap (.osm.pbf). Nothing was changed.")
TOO_LARGE: Final = later("The file is larger than 60 MB: cut the town out of it. Nothing was changed.")
UNREADABLE: Final = later("The file is damaged and cannot be read to its end. Nothing was changed.")
NOTHING_IN_IT: Final = later("There is neither a house nor a street in it. Nothing was changed.")
NO_SETTLEMENT: Final = later("It names no settlement, and none was told for it")
CHANGED_MEANWHILE: Final = later("The directory has changed meanwhile. Nothing was saved: look at the file again.")
