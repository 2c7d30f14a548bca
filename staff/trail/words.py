"""What a verification found wrong, in words of the console."""

from staff.trail.model import Wrong

WRONGS: dict[str, str] = {
    Wrong.GAP: "entries are missing from the trail: %(of)s",
    Wrong.CHAIN: "entry %(of)s is not chained to the one before it",
    Wrong.ENTRY_CHANGED: "entry %(of)s is not as it was sealed",
    Wrong.OUTSIDE: "%(of)s: changed past the program",
    Wrong.ROW_DIFFERS: "%(of)s: changed past the program, without an entry",
    Wrong.ROW_GONE: "%(of)s: deleted past the program",
    Wrong.ROW_BACK: "%(of)s: is there although the program deleted it",
    Wrong.NOT_ENTERED: "%(of)s: added past the program",
}
