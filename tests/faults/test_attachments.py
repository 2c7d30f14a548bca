"""Web, PostgreSQL and the store are killed while files are attached: each one acknowledged can be opened (U-26)."""

from uuid import uuid4

from playwright.sync_api import Page

from tests.town import arranged
from tests.town.town import Town
from tests.town.waiting import wait_for

KILLED = ("postgres", "s3", "web", "postgres", "web", "s3")
BETWEEN = 4  # acknowledged files from one kill to the next
AT_ONCE = 3
ATTACH_ON_AND_ON = """([address, prefix, atOnce]) => {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const headers = { "X-CSRF-Token": token, Accept: "application/json" };
  const kind = [...document.querySelector('[name="attachment_kind"]').options].find((each) => each.value).value;
  const drawn = (words) => new Promise((resolve) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 120;
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, 120, 120);
    pen.fillStyle = "#000";
    pen.fillText(words, 4, 60);
    canvas.toBlob(resolve, "image/png");
  });
  window.acknowledged = [];
  window.unanswered = 0;
  window.goOn = true;
  const clerk = async (name) => {
    for (let file = 0; window.goOn; file++) {
      const words = `${prefix} ${name}-${file}`;
      const picture = await drawn(words);
      const submission = crypto.randomUUID();
      for (let taken = false; !taken; ) {
        const body = new FormData();
        body.append("attachment_kind", kind);
        body.append("submission", submission);
        body.append("files", picture, `${words}.png`);
        const answer = await fetch(address, { method: "POST", headers, body }).catch(() => null);
        taken = Boolean(answer?.ok);
        if (taken) window.acknowledged.push(words);
        else window.unanswered++;
        if (answer?.status === 422) throw new Error(await answer.text());
        if (!taken) await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };
  window.clerks = Promise.all(Array.from({ length: atOnce }, (_, name) => clerk(name)));
}"""


def test_whatever_is_killed_each_file_that_was_taken_is_there_once(town: Town) -> None:
    """Every row has its file, unharmed; a file sent again, as its answer was lost, is not two."""
    product, prefix = town.product, str(uuid4())
    keyed = arranged.registered_appeal(town, "khm", by="olena")
    number = f"{keyed[:2]}-{keyed[2:]}"
    page = town.agent("olena").signs_in(to=f"/appeals/{number}/attachments").page
    page.evaluate(ATTACH_ON_AND_ON, [f"/appeals/{number}/attachments/upload", prefix, AT_ONCE])
    for kill, name in enumerate(KILLED, 1):
        wait_for("files", lambda kill=kill: _count(page, "acknowledged.length") >= kill * BETWEEN, seconds=60)
        before = _count(page, "unanswered")
        product.kill(name)
        wait_for("a file without an answer", lambda before=before: _count(page, "unanswered") > before, seconds=30)
        product.begin(name)
    page.evaluate("() => { window.goOn = false; return window.clerks.then(() => 0); }")
    acknowledged = page.evaluate("window.acknowledged")

    rows = product.rows("SELECT id, file_name, size FROM attachment WHERE file_name LIKE %s", f"{prefix}%")
    assert sorted(row["file_name"].rpartition(".")[0] for row in rows) == sorted(acknowledged)
    for row in rows:
        answer = page.request.get(f"{product.settings.public_url}/appeals/{number}/attachments/{row['id']}/file")
        assert (answer.status, len(answer.body())) == (200, row["size"]), row["file_name"]


def _count(page: Page, what: str) -> int:
    return int(page.evaluate(f"window.{what}"))
