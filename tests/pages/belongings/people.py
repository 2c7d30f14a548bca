"""People, the organisation and what belongs to nobody else; how their pages are asked."""

from tests.pages.belongings.asking import Asked

NAMES_AN_OBJECT: dict[str, Asked] = {
    "GET /people/{person_id}": Asked("/people/{person}"),
    "POST /people/{person_id}": Asked("/people/{person}", {"name": "Оля", "roles": "operator", "language": "uk"}),
    "POST /people/{person_id}/disable": Asked("/people/{person}/disable"),
    "POST /people/{person_id}/enable": Asked("/people/{person}/enable"),
    "GET /people/{person_id}/password": Asked("/people/{person}/password"),
    "POST /people/{person_id}/password": Asked("/people/{person}/password"),
}

NAMES_NO_OBJECT: dict[str, str] = {
    "GET /search": "whatever is found is one's own, perhaps nothing",
    "POST /organisation": "the asker's own organisation",
    "GET /reports/appeals": "a period",
    "GET /reports/appeals.xlsx": "a period",
    "GET /reports/acute": "a period",
    "GET /reports/acute.xlsx": "a period",
    "GET /reports/late": "a period; a cause is looked for among those of one's own",
    "GET /reports/late.xlsx": "a period; a cause is looked for among those of one's own",
    "GET /reports/topics": "a period",
    "GET /reports/topics.xlsx": "a period",
    "GET /reports/sources": "a period",
    "GET /reports/sources.xlsx": "a period",
    "GET /reports/results": "a period",
    "GET /reports/results.xlsx": "a period",
    "GET /reports/availability": "a month",
    "GET /reports/availability.xlsx": "a month",
    "GET /reports/calls": "a month",
    "GET /reports/calls.xlsx": "a month",
    "GET /reports/call-cards.xlsx": "filters",
    "GET /reports/staffing": "a day; queues are looked for among one's own",
    "GET /people": "filters",
    "GET /audit": "filters",
    "POST /people": "somebody new",
    "POST /outgoing": "the asker's own organisation",
    "POST /outgoing/try": "a telephone number, tried against one's own rules",
    "GET /sign-in": "where to go on",
    "POST /sign-in": "the password is the proof",
    "POST /language": "the asker's own",
    "POST /theme": "the asker's own",
    "POST /me/password": "the asker's own",
    "GET /words/{language}.js": "the scripts' messages",
}
