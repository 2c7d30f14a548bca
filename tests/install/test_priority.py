"""Who goes first: priorities that a started process really has, and a start without the right to them."""

import os
import subprocess
from pathlib import Path

from run.host.priority import NICENESS, in_turn
from run.host.services import SERVICES


def test_only_processes_of_an_installation_have_priorities():
    assert NICENESS.keys() <= {service.name for service in SERVICES}


def test_a_started_process_has_its_priority_and_so_has_its_session():
    shows = ["sh", "-c", "nice; cat /proc/self/autogroup 2>/dev/null || true"]
    said = subprocess.run(in_turn("web", shows), capture_output=True, text=True, check=True, start_new_session=True)
    niceness, _, session = said.stdout.strip().partition("\n")
    assert niceness == str(NICENESS["web"])
    assert session.endswith(f"nice {NICENESS['web']}") == Path("/proc/self/autogroup").exists()


def test_the_others_start_as_they_are():
    assert in_turn("worker", ["true"]) == ["true"]


def test_without_the_right_it_runs_all_the_same():
    given = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *in_turn("web", ["nice"])]
    said = subprocess.run(given, capture_output=True, text=True, check=True, start_new_session=True)
    assert said.stdout.strip() == str(os.getpriority(os.PRIO_PROCESS, 0))
