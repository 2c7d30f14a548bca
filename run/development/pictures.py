"""python -m run.development.pictures: screenshots of the pages of a running installation.

Each page in both themes, 1440 and 390 pixels wide, into docs/pictures; the desk also while it rings, in the talk and in
the wrap-up of a real call, and the board with the panel of that talk. They stand in the README and the manuals; look at
them after each change of the interface.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Dialog, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

import db
from run.demo import cabinet
from run.development import scenes
from run.host.keys import of_installed
from run.host.release import SOURCE
from run.host.steps import main
from run.settings import DATA, Settings

PICTURES = SOURCE / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = {1440: 900, 390: 844}  # pixels: height by width


# A player draws its waves anew a moment after its width has changed.
WAVES_FILL = """
() => [...document.querySelectorAll("[data-wave] > div")].every((host) => {
  const ends = [...host.shadowRoot.querySelectorAll(".canvases canvas")].map((it) => it.getBoundingClientRect().right);
  return Math.abs(Math.max(...ends) - host.getBoundingClientRect().right) < 4;
})
"""


@dataclass(frozen=True, slots=True)
class Screen:
    """A page worth a picture, and who sees it; nobody signed in where `login` is empty."""

    name: str
    login: str
    url: str
    template: str  # the page's own, so that tests know which pages nobody looks at
    through: tuple[str, ...] = ()  # links and buttons pressed one after the other: the picture is of where they lead
    instead: tuple[str, str] | None = None  # a part of the address reached, and what is put in its place


SCREENS = (
    Screen("home", "", "/", "home.html"),
    Screen("call-whom", "", "/call", "acd/call_choose.html"),
    Screen("call", "", "/call/khm", "acd/call.html"),
    Screen("write-whom", "", "/write", "appeals/cabinet/choose.html"),
    Screen("write", "", "/write/khm", "appeals/cabinet/write.html"),
    Screen("cabinet-sign-in", "", "/cabinet/khm/sign-in", "appeals/cabinet/sign_in.html"),
    Screen("cabinet-code", scenes.WAITING, "/cabinet/khm/code", "appeals/cabinet/code.html"),
    Screen("write-signed-in", scenes.CITIZEN, "/write/khm", "appeals/cabinet/write.html"),
    Screen("my-appeals", scenes.CITIZEN, "/cabinet/khm", "appeals/cabinet/list.html"),
    Screen("my-appeal", scenes.CITIZEN, "/cabinet/khm", "appeals/cabinet/appeal.html", (".cabinet-list a",)),
    Screen("my-contacts", scenes.CITIZEN, "/cabinet/khm/contacts", "appeals/cabinet/contacts.html"),
    Screen("help", "", "/help", "help/page.html"),
    Screen("mark-asked", "", f"/mark/{cabinet.MARK}", "appeals/feedback/asked.html"),
    Screen(
        "mark-noted", "olena", "/appeals?source=site&state=closed", "appeals/feedback/note.html",
        ("tbody a", "a[href$='/mark']"),
    ),
    Screen("marks-of-citizens", "admin.khm", "/channels/feedback", "appeals/feedback/rules.html"),
    Screen("citizens-form", "admin.khm", "/citizens-form", "appeals/cabinet/editor.html"),
    Screen("sign-in", "", "/sign-in", "staff/sign_in.html"),
    Screen("not-known", "", "/nothing-here", "problems/problem.html"),
    Screen("desk", "olena", "/desk", "acd/desk.html"),
    Screen("me", "olena", "/me", "staff/me.html"),
    Screen("board", "iryna", "/board", "supervisor/board.html"),
    Screen("wall", "iryna", "/board/wall", "supervisor/wall.html"),
    Screen("supervision", "admin.khm", "/board/log", "supervisor/log.html"),
    Screen("search", "iryna", f"/search?q={scenes.NUMBER[-4:]}", "search/page.html"),
    Screen("calls", "iryna", "/calls", "calls/journal.html"),
    Screen("call-page", "iryna", "/calls?fate=answered", "calls/page.html", ("tbody a",)),
    Screen(
        "recordings", "iryna", "/calls?recorded=yes", "recordings/of_call.html", ("tbody a",),
        ("/calls/", "/recordings/of?call="),
    ),
    Screen("owed-calls", "iryna", "/callbacks", "acd/callbacks/journal.html"),
    Screen("owed-call", "iryna", "/callbacks", "acd/callbacks/page.html", ("tbody a",)),
    Screen("callback-rules", "iryna", "/callbacks/rules", "acd/callbacks/rules.html"),
    Screen("queues", "iryna", "/queues", "acd/queues/list.html"),
    Screen("queue", "iryna", "/queues", "acd/queues/queue.html", ("tbody a",)),
    Screen("queue-administrator", "admin.khm", "/queues", "acd/queues/queue.html", ("tbody a",)),
    Screen("skills", "iryna", "/queues/skills", "acd/queues/skills.html"),
    Screen("teams", "iryna", "/queues/teams", "acd/queues/teams.html"),
    Screen("calls-out", "admin.khm", "/outgoing", "acd/outgoing/page.html"),
    Screen("priority", "iryna", "/queues/priority", "acd/queues/priority.html"),
    Screen("appeals", "iryna", "/appeals", "appeals/journal/page.html"),
    Screen("appeals-map", "iryna", "/appeals/map", "appeals/maps/page.html"),
    Screen("appeals-board", "iryna", "/appeals/board", "appeals/journal/board.html"),
    Screen("appeals-executors", "iryna", "/appeals/board/executors", "appeals/journal/executors.html"),
    Screen("files-of-others", "iryna", "/appeals/xml", "appeals/xml/import.html"),
    Screen("file-of-others", "iryna", "/appeals/xml", "appeals/xml/file.html", ("tbody a",)),
    Screen("many-deeds", "iryna", "/appeals/bulk", "appeals/journal/deeds.html"),
    Screen("appeals-files", "iryna", "/appeals/exports", "appeals/journal/files.html"),
    Screen("appeal", "iryna", "/appeals", "appeals/page.html", ("tbody a",)),
    Screen(
        "attachments", "iryna", "/appeals", "appeals/attachments/page.html", ("tbody a", "a[href$='/attachments']")
    ),
    Screen("card-paper", "iryna", "/appeals", "appeals/printing/card.html", ("tbody a", "a[href$='/card']")),
    Screen("compulsory-attachments", "admin.khm", "/attachments", "appeals/attachments/directory.html"),
    Screen("new-appeal", "iryna", "/appeals/new", "appeals/new.html"),
    Screen("term", "iryna", "/appeals", "appeals/terms/page.html", ("tbody a", "a[href$='/term']")),
    Screen("late-appeals", "iryna", "/appeals/late", "appeals/terms/late.html"),
    Screen("terms", "admin.khm", "/terms", "appeals/terms/rules.html"),
    Screen("escalation", "admin.khm", "/terms/escalation", "appeals/escalation/steps.html"),
    Screen(
        "measures", "iryna", "/appeals", "appeals/escalation/measures.html",
        ("tbody a", "a[href$='/term']", "a[href$='/measures']"),
    ),
    Screen("working-calendar", "admin.khm", "/terms/calendar", "appeals/terms/calendar.html"),
    Screen("applicants", "olena", f"/appeals/applicants?q={scenes.NUMBER[-5:]}", "appeals/applicants/list.html"),
    Screen(
        "applicant", "iryna", f"/appeals/applicants?q={scenes.NUMBER[-5:]}",
        "appeals/applicants/page.html", ("tbody a",),
    ),
    Screen("duplicates", "iryna", "/appeals/applicants/duplicates", "appeals/applicants/duplicates.html"),
    Screen(
        "compare", "iryna", "/appeals/applicants/duplicates", "appeals/applicants/compare.html", ("tbody a",)
    ),
    Screen("classifier", "admin.khm", "/classifier", "appeals/classifier/page.html"),
    Screen("classifier-entry", "admin.khm", "/classifier", "appeals/classifier/entry.html", ("tbody a",)),
    Screen("classifier-import", "admin.khm", "/classifier/import", "appeals/classifier/import.html"),
    Screen("streets", "iryna", "/appeals/addresses", "appeals/addresses/streets.html"),
    Screen("street", "admin.khm", "/appeals/addresses", "appeals/addresses/street.html", ("tbody a",)),
    Screen("house", "iryna", "/appeals/addresses", "appeals/addresses/house.html", ("tbody a", ".houses a")),
    Screen("enterprises", "admin.khm", "/appeals/addresses/enterprises", "appeals/addresses/enterprises.html"),
    Screen(
        "enterprise", "admin.khm", "/appeals/addresses/enterprises", "appeals/addresses/enterprise.html", ("tbody a",)
    ),
    Screen("objects", "admin.khm", "/appeals/addresses/facilities", "appeals/addresses/facilities.html"),
    Screen("object", "admin.khm", "/appeals/addresses/facilities", "appeals/addresses/facility.html", ("tbody a",)),
    Screen("import-of-addresses", "admin.khm", "/appeals/addresses/import", "appeals/addresses/import.html"),
    Screen(
        "import-preview", "admin.khm", "/appeals/addresses/import", "appeals/addresses/preview.html", ("main .log a",)
    ),
    Screen("import-of-a-map", "admin.khm", "/appeals/addresses/map", "appeals/maps/import.html"),
    Screen("extract", "admin.khm", "/appeals/addresses/map", "appeals/maps/extract.html", ("main .log a",)),
    Screen("work-queue", "iryna", "/appeals/work?of=back", "appeals/workflow/queue.html"),
    Screen("editor", "timur", "/appeals/editing", "appeals/workflow/office.html"),
    Screen("chancellery", "malika", "/appeals/chancellery", "appeals/workflow/office.html"),
    Screen("registration-index", "admin.khm", "/organisation/numbering", "appeals/numbering/page.html"),
    Screen("chancellery-rules", "admin.dtm", "/organisation/chancellery", "appeals/workflow/chancellery.html"),
    Screen("reopening", "admin.khm", "/terms/reopening", "appeals/workflow/reopening.html"),
    Screen("appeal-work", "iryna", "/appeals", "appeals/workflow/page.html", ("tbody a", "main a[href$='/work']")),
    Screen("assignments", "vasyl", "/assignments", "appeals/workflow/inbox.html"),
    Screen("assignment", "vasyl", "/assignments", "appeals/workflow/assignment.html", (".work-card a",)),
    Screen("executors", "iryna", "/executors", "appeals/executors/list.html"),
    Screen("executor", "admin.khm", "/executors?q=Водоканал", "appeals/executors/page.html", ("tbody a",)),
    Screen("absences", "iryna", "/executors/absences", "appeals/executors/absences.html"),
    Screen("import-of-executors", "admin.khm", "/executors/import", "appeals/executors/import.html"),
    Screen("routing", "iryna", "/routing", "appeals/routing/rules.html"),
    Screen("routing-import", "iryna", "/routing/import", "appeals/routing/import.html"),
    Screen("routing-gaps", "iryna", "/routing/gaps", "appeals/routing/gaps.html"),
    Screen(
        "routing-tried", "iryna", "/routing/try?address=вул. Прибузька, 12&problem=p1.10", "appeals/routing/try.html"
    ),
    Screen("questions", "iryna", "/questions", "appeals/questions/list.html"),
    Screen("question", "iryna", "/questions", "appeals/questions/page.html", (".log a[href^='/questions/']",)),
    Screen("works", "iryna", "/works", "appeals/works/register.html"),
    Screen("work", "iryna", "/works", "appeals/works/page.html", ("tbody a",)),
    Screen("new-work", "iryna", "/works/new", "appeals/works/form.html"),
    Screen("services-of-works", "admin.khm", "/works/services", "appeals/works/services.html"),
    Screen("storing", "iryna", "/recordings/backlog", "recordings/backlog.html"),
    Screen("keeping", "mykola", "/recordings/keeping", "recordings/keeping.html"),
    Screen("retention", "mykola", "/recordings/keeping/rules", "recordings/rules.html"),
    Screen("holds", "mykola", "/recordings/keeping/holds", "recordings/holds.html"),
    Screen("acts", "mykola", "/recordings/keeping/acts", "recordings/acts.html"),
    Screen("act", "mykola", "/recordings/keeping/acts", "recordings/act.html", ("tbody a",)),
    Screen(
        "act-paper", "mykola", "/recordings/keeping/acts", "recordings/act_paper.html",
        ("tbody a", "a[href$='/paper']"),
    ),
    Screen("menus", "admin.khm", "/menus", "ivr/menus.html"),
    Screen("menus-draft", "admin.khm", "/menus/draft?open=key:water:1", "ivr/draft.html"),
    Screen("menus-hours", "admin.khm", "/menus/draft?open=hours", "ivr/draft.html"),
    Screen("menus-versions", "admin.khm", "/menus/versions", "ivr/versions.html"),
    Screen("menus-version", "admin.khm", "/menus/versions", "ivr/version.html", ("tbody a",)),
    Screen("menus-numbers", "admin.khm", "/menus/numbers", "ivr/numbers.html"),
    Screen("emergency", "admin.khm", "/menus/emergency", "ivr/emergency.html"),
    Screen("prompts", "admin.khm", "/menus/prompts", "ivr/prompts.html"),
    Screen("new-prompt", "admin.khm", "/menus/prompts/new", "ivr/new_prompt.html"),
    Screen("prompt", "admin.khm", "/menus/prompts", "ivr/prompt.html", ("tbody a",)),
    Screen("about", "olena", "/about", "status/about.html"),
    Screen("licences", "olena", "/about/licences", "status/licences.html"),
    Screen("reports-appeals", "mykola", "/reports/appeals?span=year", "reports/appeals.html"),
    Screen("reports-acute", "mykola", "/reports/acute?span=year", "reports/acute.html"),
    Screen("reports-late", "mykola", "/reports/late?span=year", "reports/late.html"),
    Screen("reports-topics", "mykola", "/reports/topics?span=year", "reports/topics.html"),
    Screen("reports-sources", "mykola", "/reports/sources?span=year", "reports/sources.html"),
    Screen("reports-results", "mykola", "/reports/results?span=year", "reports/results.html"),
    Screen("availability", "mykola", "/reports/availability", "reports/availability.html"),
    Screen("calls-of-a-month", "mykola", "/reports/calls", "reports/calls.html"),
    Screen("staffing", "iryna", "/reports/staffing", "reports/staffing.html"),
    Screen("status", "admin.khm", "/status", "status/page.html"),
    Screen("incident", "iryna", "/surge", "surge/page.html"),
    Screen("prepared-incidents", "iryna", "/surge/plans", "surge/plans.html"),
    Screen("prepared-incident", "iryna", "/surge/plans", "surge/plan.html", (".form-end a",)),
    Screen("channels-in-use", "admin.khm", "/surge/capacity", "surge/capacity.html"),
    Screen("new-temporary-operators", "admin.khm", "/surge/accounts/new", "surge/new_accounts.html"),
    Screen(
        "temporary-sheet", "admin.khm", "/surge/accounts/new", "surge/sheet.html",
        ("input[name=queues]", "form[action='/surge/accounts'] button"),
    ),
    Screen("temporary-operators", "admin.khm", "/surge/accounts", "surge/accounts.html"),
    Screen("temporary-batch", "admin.khm", "/surge/accounts", "surge/batch.html", ("tbody a",)),
    Screen("alarms", "iryna", "/alarms", "alarms/list.html"),
    Screen("alarm", "iryna", "/alarms", "alarms/page.html", ("tbody a",)),
    Screen("telegram", "iryna", "/me/telegram", "alarms/telegram.html"),
    Screen("ladder", "admin.khm", "/alarms/ladder", "alarms/ladder.html"),
    Screen("channels", "admin.khm", "/channels", "notify/channels.html"),
    Screen("channel", "admin.khm", "/channels", "notify/channel.html", ("tbody a",)),
    Screen("letters", "olena", "/appeals/inbound", "appeals/inbound/journal.html"),
    Screen("letter", "olena", "/appeals/inbound", "appeals/inbound/letter.html", ("tbody a",)),
    Screen("mailboxes", "admin.khm", "/channels/mailboxes", "appeals/inbound/mailboxes.html"),
    Screen("sms-to-citizens", "admin.khm", "/channels/citizens", "appeals/notices/page.html"),
    Screen("opt-outs", "olena", "/opt-outs", "notify/opt_outs.html"),
    Screen("outbox", "admin.khm", "/channels/outbox", "notify/outbox.html"),
    Screen("wording", "admin.khm", "/channels/wordings", "notify/wording.html"),
    Screen("exchange", "admin.khm", "/exchange", "exchange/keys.html"),
    Screen("webhooks", "admin.khm", "/exchange/webhooks", "exchange/webhooks.html"),
    Screen("webhook", "admin.khm", "/exchange/webhooks", "exchange/webhook.html", ("tbody a",)),
    Screen("exchange-api", "admin.khm", "/exchange/api", "exchange/api.html"),
    Screen("exchange-key", "admin.khm", "/exchange", "exchange/key.html", ("tbody a",)),
    Screen("audit", "admin.khm", "/audit", "staff/audit.html"),
    Screen("people", "admin.khm", "/people", "staff/people.html"),
    Screen("organisation", "admin.khm", "/organisation", "staff/organisation.html"),
    Screen("directories", "admin.khm", "/organisation/directories/pauses", "acd/directories/page.html"),
    Screen("person", "admin.khm", "/people", "staff/person.html", ("tbody a",)),
    Screen("new-person", "admin.khm", "/people/new", "staff/person.html"),
    Screen(
        "password", "admin.khm", f"/people?q={scenes.NEWCOMER.partition(' ')[0]}", "staff/password.html",
        ("tbody a", "form[action$='/password'] button"),
    ),
)  # fmt: skip


def take(settings: Settings, folder: Path) -> int:
    """All pictures of the installation; how many."""
    password = settings.demo_password.get_secret_value()
    folder.mkdir(parents=True, exist_ok=True)
    taken = 0
    db.connect(settings.database_url.get_secret_value())  # a citizen's session, for no code is read here
    with scenes.microphone() as voice, sync_playwright() as playwright:
        arguments = [*QUIET, *scenes.fake_microphone(voice)]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        with signed_in(browser, settings.public_url, "admin.khm", password) as page:
            scenes.add_the_newcomer(page)
            scenes.add_a_channel(page)
            scenes.make_a_key(page)
            scenes.send_addresses(page)
            scenes.send_an_extract(page)
        with (
            signed_in(browser, settings.public_url, "olena", password) as desk,
            signed_in(browser, settings.public_url, "iryna", password) as board,
        ):
            for state in scenes.calls_at_the_desk(desk, settings):
                taken += _in_both_themes(desk, f"desk-{state}", folder)
                if state == "talking":
                    scenes.open_the_talk(board)
                    taken += _in_both_themes(board, "board-talk", folder)
        with signed_in(browser, settings.public_url, "iryna", password) as page:
            scenes.prepare_an_incident(page)
            scenes.ask_a_specialist(page)
            scenes.give_out(page)
            scenes.send_a_file(page)
        with signed_in(browser, settings.public_url, "mykola", password) as page:
            scenes.draft_an_act(page)
        for login in sorted({screen.login for screen in SCREENS}):
            for theme in THEMES:
                with signed_in(browser, settings.public_url, login, password, theme=theme) as page:
                    for screen in (each for each in SCREENS if each.login == login):
                        show(page, screen)
                        taken += _shots(page, screen.name, folder, theme)
        browser.close()
    db.disconnect()
    return taken


@contextmanager
def signed_in(
    browser: Browser, url: str, login: str, password: str, *, theme: Literal["light", "dark"] = "light"
) -> Iterator[Page]:
    """A page of a fresh browser profile in which that person is signed in."""
    context = browser.new_context(base_url=url, color_scheme=theme, locale="uk-UA", reduced_motion="reduce")
    context.set_default_timeout(15_000)
    page = context.new_page()
    if login in scenes.COOKIES:
        name, value = scenes.COOKIES[login]()
        context.add_cookies([{"url": url, "name": name, "value": value}])
    elif login:
        page.goto("/sign-in")
        page.fill("#field-login", login)
        page.fill("#field-password", password)
        page.press("#field-password", "Enter")
        page.wait_for_selector("body.shell")
    try:
        yield page
    finally:
        context.close()


def show(page: Page, screen: Screen) -> None:
    """Opens the page, with all its parts loaded; a way to it that is not there is an error."""
    page.on("dialog", _agree)
    present = urlsplit(page.url)
    if not screen.through or screen.url != f"{present.path}?{present.query}".rstrip("?"):  # else it is on the way
        page.goto(screen.url, wait_until="load")
    for selector in screen.through:
        try:
            page.locator(selector).first.click(timeout=10_000)  # ten new passwords take seconds
        except PlaywrightError as error:
            error.add_note(f"on the way to {screen.name}, at {page.url}")
            raise
        page.wait_for_load_state()
    if screen.instead:
        page.goto(page.url.replace(*screen.instead), wait_until="load")
    page.remove_listener("dialog", _agree)
    expect(page.locator(".htmx-request")).to_have_count(0)


def _agree(dialog: Dialog) -> None:
    dialog.accept()


def _in_both_themes(page: Page, name: str, folder: Path) -> int:
    taken = 0
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        taken += _shots(page, name, folder, theme)
    return taken


def _shots(page: Page, name: str, folder: Path, theme: str) -> int:
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("document.fonts.ready.then(() => true)")
        page.wait_for_function(WAVES_FILL)
        page.screenshot(path=folder / f"{name}-{theme}-{width}.png")
    return len(WIDTHS)


def _main() -> int:
    print(f"{take(of_installed(DATA), PICTURES)} pictures in {PICTURES}")
    return 0


if __name__ == "__main__":
    main(_main)
