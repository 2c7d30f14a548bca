"""What the ledger says, as people read it; messages for the catalogue."""

from recordings.ledger.model import EntryKind, Wrong
from web.languages import later

KINDS: dict[str, str] = {
    EntryKind.STORED: later("stored"),
    EntryKind.LISTENED: later("listened"),
    EntryKind.DOWNLOADED: later("downloaded"),
    EntryKind.HELD: later("held"),
    EntryKind.RELEASED: later("hold released"),
    EntryKind.DELETED: later("deleted"),
}
WRONGS: dict[str, str] = {
    Wrong.GAP: later("An entry before number %(of)s is gone."),
    Wrong.CHAIN: later("Entry %(of)s does not follow from the one before it."),
    Wrong.ENTRY_CHANGED: later("Entry %(of)s was changed after it was written."),
    Wrong.CUT: later("The ledger was cut: entry %(of)s, which the store bears witness of, is gone."),
    Wrong.REWRITTEN: later(
        "The ledger was written anew: entry %(of)s is not the one which the store bears witness of."
    ),
    Wrong.NOT_ENTERED: later("Recording %(of)s is stored, and the ledger does not know it."),
    Wrong.ROW_DIFFERS: later("Recording %(of)s: checksum, size or state is not that of the ledger."),
    Wrong.ROW_GONE: later("The recording of entry %(of)s is no longer in the database."),
    Wrong.LISTENING_NOT_ENTERED: later("Line %(of)s of the listening log is not what the ledger says."),
    Wrong.DELETED_NOT_ENTERED: later("Recording %(of)s is marked as deleted, and the ledger does not know it."),
    Wrong.NOT_DELETED: later("Recording %(of)s was deleted by the ledger, and its row says otherwise."),
    Wrong.OBJECT_MISSING: later("%(of)s is not in the store."),
    Wrong.OBJECT_CHANGED: later("%(of)s in the store is not what was stored."),
    Wrong.OBJECT_UNKNOWN: later("%(of)s is in the store, and nobody knows it."),
    Wrong.OBJECT_LEFT: later("%(of)s was deleted by an act and is still in the store."),
    Wrong.NOT_ENCRYPTED: later("%(of)s is not encrypted in the store, though it should be."),
}
