"""What a verification found wrong, in words of the console and of the audit's page."""

from staff.trail.model import Wrong
from web.languages import later

WRONGS: dict[str, str] = {
    Wrong.GAP: later("entries are missing from the trail: %(of)s"),
    Wrong.CHAIN: later("entry %(of)s is not chained to the one before it"),
    Wrong.ENTRY_CHANGED: later("entry %(of)s is not as it was sealed"),
    Wrong.OUTSIDE: later("%(of)s: changed past the program"),
    Wrong.ROW_DIFFERS: later("%(of)s: changed past the program, without an entry"),
    Wrong.ROW_GONE: later("%(of)s: deleted past the program"),
    Wrong.ROW_BACK: later("%(of)s: is there although the program deleted it"),
    Wrong.NOT_ENTERED: later("%(of)s: added past the program"),
}
