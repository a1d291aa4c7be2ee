"""Real purchases of a CD shop → the made-up shop's last eighteen months: dates moved, everything else invented."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from actions import demo_words as words

FILE = Path(__file__).parent / "demo_data" / "cdnow_sample.txt"
DAYS = 548
CALLS = 800
WITHOUT_ADDRESS = 0.03
LANGUAGES = {"Berlin": "de", "Hamburg": "de", "Lyon": "fr"}
AT_HOME_ONLINE = ("en", "en", "en", "de", "de", "de", "fr", "es")


@dataclass(frozen=True)
class Buyer:
    """Made up from her number alone."""

    reference: str
    name: str
    email: str
    language: str
    store: str


@dataclass(frozen=True)
class Visit:
    """A purchase or a call: who, how many days ago, what about."""

    reference: str
    buyer: Buyer
    age: int
    at: datetime
    attributes: dict[str, str]


def all_of_them(chance: random.Random, *, now: datetime) -> tuple[list[Visit], list[Visit]]:
    """The purchases of all customers, and calls of some of them; the oldest first."""
    histories = list(_histories())
    buyers = {number: _buyer(number, chance) for number, _bought in histories}
    purchases = [visit for number, bought in histories for visit in _moved(buyers[number], bought, chance, now=now)]
    calls = [_call(number, chance.choice(purchases), chance, now=now) for number in range(CALLS)]
    return sorted(purchases, key=lambda visit: visit.at), sorted(calls, key=lambda visit: visit.at)


def _histories() -> Iterator[tuple[int, list[tuple[date, int, str]]]]:
    """Each customer's purchases: day, how many CDs, what she paid."""
    found: dict[int, list[tuple[date, int, str]]] = {}
    for line in FILE.read_text(encoding="ascii").splitlines():
        _whole, number, day, count, paid = line.split()
        bought = (date(int(day[:4]), int(day[4:6]), int(day[6:])), int(count), paid)
        found.setdefault(int(number), []).append(bought)
    yield from sorted(found.items())


def _buyer(number: int, chance: random.Random) -> Buyer:
    first = words.FIRST[number % len(words.FIRST)]
    last = words.LAST[number // len(words.FIRST) % len(words.LAST)]
    store = chance.choice(words.STORES) if chance.random() < 0.3 else words.ONLINE
    email = "" if chance.random() < WITHOUT_ADDRESS else f"{first}.{last}.{number}@customers.invalid".lower()
    language = LANGUAGES.get(store) or chance.choice(AT_HOME_ONLINE)
    return Buyer(f"K-{number:04d}", f"{first} {last}", email, language, store)


def _moved(
    buyer: Buyer, bought: list[tuple[date, int, str]], chance: random.Random, *, now: datetime
) -> Iterator[Visit]:
    """Her days keep their distances on a ring of eighteen months, turned by an offset of her own.

    In the file everybody buys for the first time in the same three months; turned like this, each day has about as
    many purchases as any other.
    """
    offset, begin = chance.randrange(DAYS), bought[0][0]
    for ordinal, (day, count, paid) in enumerate(bought, start=1):
        age = DAYS - 1 - ((day - begin).days + offset) % DAYS
        is_box_set = count >= 4 and chance.random() < 0.55
        attributes = {
            "product": words.BOX_SET if is_box_set else chance.choice(words.GENRES),
            "store": buyer.store,
            words.PAYING: words.CARD if chance.random() < 0.6 else chance.choice(words.PAYMENTS),
            "quantity": str(count),
            "amount": paid,
            "currency": "EUR",
        }
        yield Visit(f"{buyer.reference}-{ordinal}", buyer, age, _moment(age, chance, now=now), attributes)


def _call(number: int, purchase: Visit, chance: random.Random, *, now: datetime) -> Visit:
    age = chance.randrange(max(purchase.age - 20, 0), purchase.age + 1)
    attributes = {"topic": chance.choice(words.TOPICS), "store": purchase.attributes["store"]}
    return Visit(f"T-{number:04d}", purchase.buyer, age, _moment(age, chance, now=now), attributes)


def _moment(age: int, chance: random.Random, *, now: datetime) -> datetime:
    """In the shop's hours, and not in the future."""
    day = now - timedelta(days=age)
    at = day.replace(hour=chance.randrange(7, 20), minute=chance.randrange(60), second=0, microsecond=0)
    return at if at < now else now - timedelta(minutes=chance.randrange(5, 300))
