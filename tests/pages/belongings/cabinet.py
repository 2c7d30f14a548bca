"""The citizens' cabinet; its own tests (`tests/appeals/cabinet`) ask each route for another account's appeal."""

from tests.pages.belongings.asking import Asked

NAMES_AN_OBJECT: dict[str, Asked] = {}

NAMES_NO_OBJECT: dict[str, str] = {
    "GET /write/{code}": "the organisation's code is public",
    "POST /write/{code}": "the organisation's code is public; the draft is the browser's own",
    "POST /write/{code}/upload": "the organisation's code is public; the draft is the account's own",
    "GET /write/{code}/addresses": "the organisation's directory of streets is public",
    "GET /cabinet/{code}/sign-in": "where to go on",
    "POST /cabinet/{code}/sign-in": "an e-mail; whether it has an account nobody is told",
    "GET /cabinet/{code}/code": "where to go on",
    "POST /cabinet/{code}/code": "the code is the proof",
    "POST /cabinet/{code}/sign-out": "the citizen's own session",
    "POST /cabinet/{code}/draft/forget": "the account's own draft",
    "POST /cabinet/{code}/draft/restore": "the account's own draft",
    "GET /cabinet/{code}/contacts": "the account's own contacts",
    "POST /cabinet/{code}/contacts": "a contact of the account's own; whether it has another account nobody is told",
    "POST /cabinet/{code}/contacts/code": "the code is the proof",
    "GET /cabinet/{code}": "the account's own appeals",
    "GET /cabinet/{code}/{number}": "of a citizen's account, which no employee has",
    "POST /cabinet/{code}/{number}/upload": "of a citizen's account, which no employee has",
    "GET /cabinet/{code}/{number}/files/{file_id}": "of a citizen's account, which no employee has",
    "GET /cabinet/{code}/{number}/files/{file_id}/small": "of a citizen's account, which no employee has",
    "POST /cabinet/{code}/{number}/mark": "of a citizen's account, which no employee has",
    "GET /mark/{token}": "the token of a letter, which nobody else has",
    "POST /mark/{token}": "the token of a letter, which nobody else has",
    "POST /citizens-form": "the asker's own organisation's form",
    "POST /citizens-form/rules": "the asker's own organisation; channels are looked for among one's own",
}
