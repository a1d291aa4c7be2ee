"""`make screenshots`: every page of the demo in a real browser, light and dark, on a desk and on a phone.

A Hearback of its own runs for it under .data/screenshots. The pictures go into docs/screenshots/, with a page that
shows them.
"""

from __future__ import annotations

import fcntl
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from playwright.sync_api import Page as Tab

from tests import chromium

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("DATA") or ROOT / ".data").absolute() / "screenshots"
ALL, KEPT = HOME / "pictures", ROOT / "docs" / "screenshots"
VIEWS = [
    ("desk", {"width": 1440, "height": 900}, "light"),
    ("phone", {"width": 390, "height": 844}, "dark"),
    ("desk", {"width": 1440, "height": 900}, "dark"),
    ("phone", {"width": 390, "height": 844}, "light"),
]
# A long page is cut, and a picture is as small as it can be read.
TALLEST, QUALITY = {"desk": 2400, "phone": 2600}, {"desk": 45, "phone": 50}
WIDTH = {"desk": 1080, "phone": 390}
NOBODY = ""


@dataclass(frozen=True)
class Shot:
    """Where a page is found: by its address, then by the first link of each pattern on the page before."""

    name: str
    title: str
    role: str
    path: str
    links: tuple[str, ...] = ()


SHOP = "/o/nordlicht-records"
OWNER, MANAGER, WORKER, VIEWER = "owner", "quality_manager", "case_worker", "viewer"
SHOTS = [
    Shot("landing", "The front door", NOBODY, "/"),
    Shot("sign-in", "Signing in", NOBODY, "/accounts/login/"),
    Shot("sign-up", "Signing up", NOBODY, "/accounts/signup/"),
    Shot("home", "Home of an owner", OWNER, f"{SHOP}/"),
    Shot("dashboard", "The dashboard, as management sees it", VIEWER, f"{SHOP}/dashboard/"),
    Shot("dashboard-all", "Eighteen months", MANAGER, f"{SHOP}/dashboard/?period=all"),
    Shot("figure", "How a figure is made", MANAGER, f"{SHOP}/dashboard/", (rf"{SHOP}/dashboard/figures/\d+/",)),
    Shot("methods", "All formulas", VIEWER, f"{SHOP}/dashboard/methods/"),
    Shot("surveys", "Surveys", MANAGER, f"{SHOP}/surveys/"),
    Shot("survey-start", "A new survey", MANAGER, f"{SHOP}/surveys/new/"),
    Shot("survey", "A survey", MANAGER, f"{SHOP}/surveys/?q=purchase", (rf"{SHOP}/surveys/\d+/",)),
    Shot("survey-edit", "The editor", MANAGER, f"{SHOP}/surveys/?q=Twice",
         (rf"{SHOP}/surveys/\d+/", rf"{SHOP}/surveys/\d+/edit/")),
    Shot("survey-publish", "Before a survey goes out", MANAGER, f"{SHOP}/surveys/?q=Twice",
         (rf"{SHOP}/surveys/\d+/", rf"{SHOP}/surveys/\d+/publish/")),
    Shot("survey-preview", "Preview", MANAGER, f"{SHOP}/surveys/?q=purchase",
         (rf"{SHOP}/surveys/\d+/", rf"{SHOP}/surveys/\d+/preview/")),
    Shot("touchpoints", "Touchpoints", MANAGER, f"{SHOP}/touchpoints/"),
    Shot("touchpoint", "A touchpoint and what came of it", MANAGER, f"{SHOP}/touchpoints/?q=purchase",
         (rf"{SHOP}/touchpoints/\d+/",)),
    Shot("touchpoint-settings", "Whom it asks, and when", MANAGER, f"{SHOP}/touchpoints/?q=purchase",
         (rf"{SHOP}/touchpoints/\d+/", rf"{SHOP}/touchpoints/\d+/settings/")),
    Shot("dry-run", "A dry run", MANAGER, f"{SHOP}/touchpoints/?q=purchase",
         (rf"{SHOP}/touchpoints/\d+/", rf"{SHOP}/touchpoints/\d+/dry-run/")),
    Shot("ledger", "The ledger: every purchase and what became of it", MANAGER, f"{SHOP}/touchpoints/?q=purchase",
         (rf"{SHOP}/touchpoints/\d+/", rf"{SHOP}/touchpoints/\d+/ledger/")),
    Shot("touchpoint-mail", "The mail", MANAGER, f"{SHOP}/touchpoints/?q=purchase",
         (rf"{SHOP}/touchpoints/\d+/", rf"{SHOP}/touchpoints/\d+/mail/")),
    Shot("customers", "Customers", WORKER, f"{SHOP}/customers/"),
    Shot("customer", "A customer's history", WORKER, f"{SHOP}/customers/", (rf"{SHOP}/customers/\d+/",)),
    Shot("customer-erase", "Before a customer is erased", MANAGER, f"{SHOP}/customers/",
         (rf"{SHOP}/customers/\d+/", rf"{SHOP}/customers/\d+/erase/")),
    Shot("bring", "Bringing purchases", MANAGER, f"{SHOP}/customers/bring/"),
    Shot("reporting", "What is reported by", MANAGER, f"{SHOP}/customers/reporting/"),
    Shot("outbox", "Mail that leaves", MANAGER, f"{SHOP}/mail/"),
    Shot("responses", "Responses", WORKER, f"{SHOP}/responses/"),
    Shot("responses-found", "Responses in which a word stands", WORKER, f"{SHOP}/responses/?q=checkout"),
    Shot("response", "One response", WORKER, f"{SHOP}/responses/", (rf"{SHOP}/responses/\d+/",)),
    Shot("cases", "Cases", WORKER, f"{SHOP}/cases/"),
    Shot("cases-board", "Cases as a board", WORKER, f"{SHOP}/cases/board/"),
    Shot("case", "A case", WORKER, f"{SHOP}/cases/", (rf"{SHOP}/cases/\d+/",)),
    Shot("cases-figures", "What became of cases", VIEWER, f"{SHOP}/cases/figures/"),
    Shot("cases-rules", "When cases open", MANAGER, f"{SHOP}/cases/rules/"),
    Shot("settings", "Settings", OWNER, f"{SHOP}/settings/"),
    Shot("appearance", "Logo and colour", OWNER, f"{SHOP}/settings/appearance/"),
    Shot("members", "Members", OWNER, f"{SHOP}/settings/members/"),
    Shot("record", "What members did", OWNER, f"{SHOP}/settings/record/"),
    Shot("profile", "Profile", VIEWER, "/profile/"),
    Shot("mailbox", "The development mailbox", MANAGER, "/mailbox/"),
    Shot("mail", "An invitation as it arrives", MANAGER, "/mailbox/?to=customers.invalid", (r"/mailbox/[-0-9a-f]+/",)),
    Shot("asked", "What a customer opens", NOBODY, "/mailbox/?to=customers.invalid",
         (r"/mailbox/[-0-9a-f]+/", r"http://[^\"]*/r/[^\"?]+(?:\?s=\d+)?")),
]  # fmt: skip


class NotFound(Exception):
    """A page of the list could not be reached; the message says where the way ended."""


def main() -> int:
    browser_path = chromium.path()
    if browser_path is None:
        return chromium.main()
    only = set(sys.argv[1:])
    shots = [shot for shot in SHOTS if not only or shot.name in only]
    ALL.mkdir(parents=True, exist_ok=True)
    # An end from outside ends what we started, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))
    missing: list[str] = []
    with _alone(), hearback() as (address, people), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        for device, viewport, scheme in VIEWS:
            look = _Look(browser, address, people, device, dict(viewport), scheme)
            for shot in shots:
                try:
                    look.take(shot)
                except Exception as fault:
                    missing.append(f"{shot.name} ({device}, {scheme}): {str(fault).splitlines()[0]}")
                    _say(f"  {missing[-1]}")
            look.close()
    _keep(shots, whole=not only)
    _say(f"{len(list(ALL.glob('*.webp')))} pictures in {ALL}, {len(list(KEPT.glob('*.webp')))} of them in {KEPT}")
    return 1 if missing else 0


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


class _Look:
    """One device by day or by night, with a browser session for each role."""

    def __init__(
        self,
        browser: Browser,
        address: str,
        people: dict[str, tuple[str, str]],
        device: str,
        viewport: dict[str, int],
        scheme: str,
    ) -> None:
        self.browser, self.address, self.people = browser, address, people
        self.device, self.viewport, self.scheme = device, viewport, scheme
        self.sessions: dict[str, BrowserContext] = {}

    def take(self, shot: Shot) -> None:
        tab = self._session(shot.role).new_page()
        try:
            self._go(tab, self.address + shot.path)
            for link in shot.links:
                self._go(tab, self._link(tab, link))
            # As tall as the page, so that what stands beside it does too.
            height = min(tab.evaluate("document.documentElement.scrollHeight"), TALLEST[self.device])
            tab.set_viewport_size({"width": self.viewport["width"], "height": height})
            picture = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
        finally:
            tab.close()
        if picture.width > WIDTH[self.device]:
            picture.thumbnail((WIDTH[self.device], picture.height))
        picture.save(ALL / _name(shot, self.device, self.scheme), quality=QUALITY[self.device], method=6)

    def close(self) -> None:
        for session in self.sessions.values():
            session.close()

    def _session(self, role: str) -> BrowserContext:
        if role not in self.sessions:
            made = self.browser.new_context(
                viewport={"width": self.viewport["width"], "height": self.viewport["height"]},
                color_scheme="dark" if self.scheme == "dark" else "light",
                locale="en-GB",
                reduced_motion="reduce",
            )
            self.sessions[role] = made
            if role != NOBODY:
                self._sign_in(made, *self.people[role])
        return self.sessions[role]

    def _sign_in(self, session: BrowserContext, email: str, password: str) -> None:
        tab = session.new_page()
        tab.goto(f"{self.address}/accounts/login/")
        tab.fill("[name=login]", email)
        tab.fill("[name=password]", password)
        tab.press("[name=password]", "Enter")
        tab.wait_for_url(lambda url: "/accounts/login/" not in url)
        tab.close()

    def _go(self, tab: Tab, address: str) -> None:
        answer = tab.goto(address, wait_until="networkidle")
        if answer is None or not answer.ok:
            raise NotFound(f"{address} gave {answer.status if answer else 'nothing'}")

    def _link(self, tab: Tab, pattern: str) -> str:
        """Also one inside a frame, such as a mail's own."""
        for frame in tab.frames:
            for link in frame.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
                told = link if pattern.startswith("http") else link.removeprefix(self.address)
                if re.fullmatch(pattern, told.split("?")[0] if "\\?" not in pattern else told):
                    return str(link)
        raise NotFound(f"no link like {pattern} on {tab.url}")


def _name(shot: Shot, device: str, scheme: str) -> str:
    return f"{shot.name}-{device}-{scheme}.webp"


def _keep(shots: list[Shot], *, whole: bool) -> None:
    """The pictures and a page that shows them; where all were taken, older ones go."""
    KEPT.mkdir(parents=True, exist_ok=True)
    if whole:
        for old in KEPT.glob("*.webp"):
            old.unlink()
    for shot in shots:
        for device, _viewport, scheme in VIEWS:
            if (picture := ALL / _name(shot, device, scheme)).exists():
                shutil.copyfile(picture, KEPT / picture.name)
    lines = [
        "# How it looks",
        "",
        "Each page of the demo on a desk and on a phone, by day and by night, made by `make screenshots`.",
        "The purchases are real, everything else is made up.",
        "",
    ]
    for shot in SHOTS:
        pictures = [_name(shot, device, scheme) for device, _viewport, scheme in VIEWS]
        there = [f'<img src="{name}" alt="{shot.title}" height="300">' for name in pictures if (KEPT / name).exists()]
        if there:
            lines += [f"## {shot.title}", "", " ".join(there), ""]
    (KEPT / "README.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


@contextmanager
def _alone() -> Iterator[None]:
    """A second one would throw away the data that the first one looks at."""
    with (HOME / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"Screenshots are being taken already in {HOME}. Wait, or take them elsewhere: DATA=.data2")
        yield


@contextmanager
def hearback() -> Iterator[tuple[str, dict[str, tuple[str, str]]]]:
    """The whole product with a fresh demo, its address, and who signs in with what."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    shutil.rmtree(HOME / "data", ignore_errors=True)
    (HOME / "data").mkdir(parents=True)
    log = HOME / "hearback.log"
    with log.open("w") as file:
        running = subprocess.Popen(
            [sys.executable, "-m", "config.supervisor"],
            cwd=ROOT,
            env={**os.environ, "PORT": port, "DATA": str(HOME / "data")},
            stdout=file,
            stderr=file,
        )
    try:
        said = _until_up(running, log)
        signed_in = re.findall(r"^  (\w+) +(\S+@\S+) +(\S+)", said, re.M)
        people = {role: (email, password) for role, email, password in signed_in}
        _wait_for_mail(HOME / "data" / "mailbox")
        yield f"http://127.0.0.1:{port}", people
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(30)


def _until_up(running: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + 300
    while "Ctrl-C ends" not in (said := log.read_text()):
        if running.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"Hearback did not come up:\n{said[-2000:]}")
        time.sleep(0.5)
    return said


def _wait_for_mail(folder: Path) -> None:
    """The newest purchases are asked about live; without any that fell due the mailbox stays empty."""
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        if any(b"customers.invalid" in mail.read_bytes() for mail in folder.glob("*.eml")):
            return
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
