"""What the pictures show: a person just added, and the desk in a real call from a telephone.

The caller is SIPp, as in `make demo-calls`; the operator answers in a Chromium whose microphone speaks a file.
"""

import random
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import osmium
from playwright.sync_api import Locator, Page, expect

from appeals.cabinet import visiting
from appeals.xml.schema import NAMESPACE
from run.demo import cabinet
from run.demo import calls as demo
from run.demo.calls import Errand
from run.settings import Settings

NEWCOMER = "Марія Гончар"
LOGIN = "maria"
OF_OTHERS = f"""<?xml version="1.0" encoding="UTF-8"?>
<appeals xmlns="{NAMESPACE}" version="1" organisation="ода" made-at="2026-11-23T08:00:00Z"><appeal>
<number>К-17/4</number><kind>complaint</kind><source>letter</source><topic>water</topic>
<substance>Другий тиждень слабкий тиск води на верхніх поверхах</substance>
<applicant><kind>person</kind><surname>Гнатюк</surname><given-name>Степан</given-name></applicant>
<address>вул. Прибузька, 14</address></appeal></appeals>
"""
RECEIVER = "https://vodokanal.example/holos"
SYSTEM = "Водоканал: система заявок"
CHANNEL = "Пошта чергових"
REQUEST = "Заява громадянина № 118 про видалення запису"
HEATING = next(errand for errand in demo.ERRANDS if errand.name == "heating")
AGAIN = replace(HEATING, name="again", keys="2")  # the menu remembers the caller's language and does not ask for it
OTHERS = replace(HEATING, name="others")
NUMBER = "+380675512417"
GREETING = "Доброго дня, контакт-центр, Олена. Розкажіть, що сталося, я запишу ваше звернення."
APPLICANT = {
    "surname": "Коваленко",
    "given_name": "Марія",
    "patronymic": "Іванівна",
    "address": "вул. Прибузька, 12, кв. 4",
}
EARLIER = "У квартирі 15 градусів, батареї ледь теплі третій день."
SUBSTANCE = "Майстри були вчора, після їх відходу батареї знову холодні. У під’їзді так само, сусіди теж мерзнуть."
WATER_WORKS = "ВК"  # a code of the demonstration's executors
NOTE = "Удома після 18:00, домофон не працює."
HOUSES = "вулиця;будинок;індекс\nвул. Прибузька;61;29000\nвул. Прибузька;63;29000\nвул. Нова;1;29000\n"
QUESTION = "Мешканець питає, чи роблять перерахунок за дні без опалення. Куди подавати заяву?"
OUTAGE = {
    "topic": "Немає води в Заріччі",
    "uk": "У Заріччі немає води до вісімнадцятої години: триває ремонт.",
    "ru": "В Заречье нет воды до восемнадцати часов: идёт ремонт.",
    "en": "There is no water in Zarichchia until six in the evening: it is being repaired.",
}
CITIZEN, WAITING = "the citizen", "who waits for a code"  # nobody's login: they come with a cookie
RING, TALK = 60_000, 15_000  # ms to wait for


def _of_citizen() -> tuple[str, str]:
    """A browser in which the demonstration's citizen is signed in: name and value of its cookie."""
    return f"{visiting.SESSION}_khm", cabinet.session_of("khm")


def _of_waiting() -> tuple[str, str]:
    """A browser that waits for a code."""
    return f"{visiting.BROWSER}_khm", cabinet.code_of("khm", visiting.new_token())


COOKIES: Final[Mapping[str, Callable[[], tuple[str, str]]]] = {CITIZEN: _of_citizen, WAITING: _of_waiting}


@contextmanager
def microphone() -> Iterator[Path]:
    """What the operator's microphone hears, as a sound file."""
    demo.install_tools()
    with tempfile.TemporaryDirectory(prefix="holos-voice-") as place:
        spoken, voice = Path(place, "spoken.wav"), Path(place, "voice.wav")
        subprocess.run(["espeak-ng", "-v", "uk+f3", "-w", str(spoken), GREETING], check=True)
        subprocess.run(["sox", str(spoken), "-r", "48000", str(voice)], check=True, capture_output=True)
        yield voice


def fake_microphone(voice: Path) -> Sequence[str]:
    """The arguments with which Chromium hears the file instead of a microphone, and asks nobody."""
    return (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={voice}",
        "--autoplay-policy=no-user-gesture-required",
    )


def draft_an_act(page: Page) -> None:
    """An act of deletion of a call's recordings, unless there is one."""
    acts = "/recordings/keeping/acts"
    page.goto(acts)
    if page.locator("tbody a").count():
        return
    page.goto("/calls?recorded=yes")
    page.locator("tbody a").first.click()
    page.wait_for_load_state()
    page.goto(f"{acts}?call={page.url.rpartition('/')[2]}")
    page.fill("#field-why", REQUEST)
    page.locator(f"form[action='{acts}'] button").click()


def send_addresses(page: Page) -> None:
    """A table of houses that waits to be looked at, unless one does."""
    page.goto("/appeals/addresses/import")
    if page.locator("main .log a").count():
        return
    page.set_input_files(
        "#field-file", files={"name": "будинки.csv", "mimeType": "text/csv", "buffer": HOUSES.encode()}
    )
    page.locator("form[action='/appeals/addresses/import'] button").click()
    page.wait_for_url("**/import/*")


def send_an_extract(page: Page) -> None:
    """A small extract that waits to be saved, unless one does."""
    page.goto("/appeals/addresses/map")
    if page.locator("main .log a").count():
        return
    with tempfile.TemporaryDirectory(prefix="holos-extract-") as place:
        path = Path(place, "заріччя.osm.pbf")
        writer = osmium.SimpleWriter(str(path))
        for number in range(1, 41):
            tags = {"addr:street": "вулиця Тиха", "addr:housenumber": str(number), "addr:city": "Хмельницький"}
            at = (27.01, 49.41 + number * 0.0004)
            writer.add_node(osmium.osm.mutable.Node(id=number, version=1, location=at, tags=tags))
        writer.close()
        page.set_input_files("#field-file", path)
        page.locator("form[action$='/map/upload'] button").click()
        page.wait_for_url("**/map/*")
    expect(page.locator("[hx-trigger='every 1s']")).to_have_count(0, timeout=RING)


def ask_a_specialist(page: Page) -> None:
    """A question of the supervisor to the first of the executors that work here, once."""
    page.goto("/questions")
    if page.get_by_text(QUESTION).count():
        return
    page.goto("/appeals")
    page.locator("tbody a").first.click()
    page.locator(".ask-specialist summary").click()
    page.locator("#field-executor").select_option(index=1)
    page.fill("#questions textarea", QUESTION)
    page.locator("#questions .form-end button").click()
    expect(page.locator("#questions .log")).to_contain_text(QUESTION)


def prepare_an_incident(page: Page) -> None:
    """Words for an outage, spoken in advance, unless something is prepared."""
    page.goto("/surge/plans")
    if page.locator(".form-end a").count():
        return
    page.fill("#field-topic", OUTAGE["topic"])
    for language in ("uk", "ru", "en"):
        page.fill(f"#field-{language}", OUTAGE[language])
    page.select_option("#field-measure", "waiting")
    page.fill("#field-at_least", "15")
    page.press("#field-at_least", "Enter")
    page.wait_for_selector(".form-end a")


def give_out(page: Page) -> None:
    """The newest appeal without an executor goes to the water works, unless they have one."""
    page.goto("/appeals")
    page.locator("tbody a").first.click()
    page.wait_for_load_state()
    page.goto(f"{page.url}/work")
    form = page.locator("details:has(input[value=assign])")
    if page.locator(".work-piece").count() or not form.count():
        return
    form.locator("summary").click()
    form.locator("input[name=executor]").fill(WATER_WORKS)
    form.locator("button").click()
    page.wait_for_selector(".work-piece")


def add_a_channel(page: Page) -> None:
    """A way for alarms to leave the house, unless there is one."""
    page.goto("/channels")
    if page.locator("tbody a").count():
        return
    page.fill("#field-name", CHANNEL)
    page.check("input[value=email]")
    page.press("#field-name", "Enter")
    page.wait_for_url("**/channels/*")


def send_a_file(page: Page) -> None:
    """A file of appeals of another body, unless one waits."""
    page.goto("/appeals/xml")
    if page.locator("tbody a").count():
        return
    page.set_input_files("input[type=file]", {"name": "ода.xml", "mimeType": "text/xml", "buffer": OF_OTHERS.encode()})
    page.click("form[enctype] button[type=submit]")
    page.wait_for_url("**/appeals/xml/*")


def make_a_key(page: Page) -> None:
    """A key and a webhook of an information system, unless there are any."""
    page.goto("/exchange")
    if page.locator("tbody a").count():
        return
    page.fill("#field-name", SYSTEM)
    page.check("input[name=roles][value=executor]")
    page.press("#field-name", "Enter")
    page.wait_for_url("**/exchange/keys/*")
    page.goto("/exchange/webhooks")
    page.fill("#field-name", SYSTEM)
    page.fill("#field-url", RECEIVER)
    page.press("#field-name", "Enter")
    page.wait_for_url("**/exchange/webhooks/*")


def add_the_newcomer(page: Page) -> None:
    """Somebody whose password may be shown; nothing where they were added before."""
    page.goto(f"/people?q={NEWCOMER}")
    if page.locator("tbody a").count():
        return
    page.goto("/people/new")
    page.fill("#field-name", NEWCOMER)
    page.fill("#field-login", LOGIN)
    page.check("input[value=manager]")
    page.press("#field-login", "Enter")
    page.wait_for_selector(".secret")


def calls_at_the_desk(desk: Page, settings: Settings) -> Iterator[str]:
    """Takes a call at the desk; the name of each state while the desk shows it.

    Where nobody called from the number before, a first call is answered and registered, so that the card knows them.
    """
    desk.goto("/desk")
    _part(desk, "start-shift").click()
    expect(_part(desk, "phone-lamp")).to_have_attribute("data-lamp", "on", timeout=TALK)
    if not _called_before(desk):
        for _state in _call(desk, settings, {HEATING: [NUMBER]}, EARLIER, register=True):
            continue
    others = [f"{OTHERS.prefix}{last}" for last in random.sample(range(20000, 99999), 3)]
    yield from _call(desk, settings, {AGAIN: [NUMBER], OTHERS: others}, SUBSTANCE, register=False)
    _part(desk, "end-shift").click()


def open_the_talk(board: Page) -> None:
    """The board with the panel of the operator who talks, from which one listens, whispers and barges in."""
    board.goto("/board")
    board.locator('tr[data-agent][data-state="talking"] button').first.click(timeout=TALK)
    expect(_part(board, "drawer")).to_be_visible(timeout=TALK)


def _is_rung(desk: Page) -> None:
    """A caller's call rings; calls that are owed are offered first, and wait."""
    rung, owed = _part(desk, "call-ringing"), _part(desk, "callback-decline")
    expect(rung.or_(owed).filter(visible=True).first).to_be_visible(timeout=RING)
    while not rung.is_visible():
        owed.click()
        expect(_part(desk, "panel-callback")).to_be_hidden(timeout=TALK)
        expect(rung.or_(owed).filter(visible=True).first).to_be_visible(timeout=RING)


def _called_before(desk: Page) -> bool:
    journal = desk.context.new_page()
    journal.goto(f"/calls?fate=answered&q={NUMBER}")
    known = journal.locator("tbody a").count() > 0
    journal.close()
    return known


def _call(
    desk: Page, settings: Settings, callers: dict[Errand, list[str]], substance: str, *, register: bool
) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="holos-pictures-") as place:
        telephones = demo.call(settings, Path(place), callers)
        try:
            _part(desk, "ready").click()
            _is_rung(desk)
            expect(desk.locator("[name=substance]")).to_be_visible(timeout=TALK)
            expect(desk.locator("[name=phone]")).to_have_value(NUMBER)
            yield "ringing"
            desk.keyboard.press("F2")
            expect(desk.locator("[data-desk]")).to_have_attribute("data-state", "talking", timeout=TALK)
            for name, text in (APPLICANT | {"substance": substance}).items():
                desk.fill(f"[name={name}]", text)
            desk.select_option("select[name=kind]", "complaint")
            if register:
                desk.locator("[data-register]").click()
                desk.wait_for_selector("[data-registered]")
            else:
                desk.locator(".marks button").first.click()
                expect(desk.locator(".marks small").first).to_be_visible(timeout=TALK)
            desk.wait_for_timeout(12_000)  # so that there is a talk to be heard
            yield "talking"
            _part(desk, "pause").click()
            desk.locator("[data-pause]").first.click()
            desk.keyboard.press("Control+Shift+H")
            expect(_part(desk, "panel-wrap-up")).to_be_visible(timeout=TALK)
            desk.keyboard.press("1" if register else "2")
            desk.fill("#wrap-up-note", NOTE)
            yield "wrap-up"
            _part(desk, "finish").click()
            if not register:  # the card that was begun is told of first
                expect(_part(desk, "wrap-up-begun")).to_be_visible(timeout=TALK)
                _part(desk, "finish").click()
            expect(_part(desk, "state")).to_have_attribute("data-state", "paused", timeout=TALK)
        finally:
            for each in telephones:
                each.stop()


def _part(page: Page, name: str) -> Locator:
    return page.locator(f'[data-part="{name}"]')
