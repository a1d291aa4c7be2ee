"""What the demo's made-up customers are called, what they buy and what they say."""

# fmt: off
FIRST = (
    "Anna", "Bela", "Chiara", "David", "Elif", "Finn", "Greta", "Hugo", "Ines", "Jakob", "Klara", "Luca", "Mina",
    "Noah", "Olivia", "Paul", "Quirin", "Rosa", "Samir", "Tilda", "Ulrich", "Vera", "Wim", "Xenia", "Yara", "Zoe",
    "Amelie", "Boris", "Celine", "Dario", "Emil", "Frida", "Georg", "Hanna", "Ivo", "Julia", "Kaya", "Lars",
    "Mara", "Nils",
)
LAST = (
    "Albrecht", "Berg", "Conti", "Dahl", "Ekdal", "Fischer", "Garcia", "Huber", "Ivanov", "Jansen", "Keller",
    "Lindt", "Moreau", "Novak", "Olsen", "Petit", "Quist", "Rossi", "Sanders", "Toth", "Ulmer", "Vogel", "Weiss",
    "Yilmaz", "Zimmer", "Arnold", "Brandt", "Costa", "Duarte", "Engel",
)
# fmt: on
PRODUCTS = ("Headphones", "Record player", "Speaker", "Microphone", "Turntable needle", "Radio")
STORES = ("Online", "Online", "Online", "Berlin", "Hamburg")

COMMENTS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "low": (
            "The checkout kept showing an error and I had to enter my card three times.",
            "Payment failed twice, and nobody could tell me whether I had been charged.",
            "Arrived a week late, without a word.",
            "The box was damaged and the support took four days to answer.",
            "The voucher code did not work at the checkout.",
        ),
        "middle": (
            "Good product, but delivery took longer than promised.",
            "All fine, the packaging could be smaller.",
            "It works. The manual is hard to read.",
        ),
        "high": (
            "Ordered on Monday, here on Wednesday, and it sounds wonderful.",
            "Friendly people on the phone, and a fair price.",
            "The best headphones I have had. Thank you!",
            "Everything was as described. I will come back.",
        ),
    },
    "de": {
        "low": (
            "An der Kasse kam ständig ein Fehler, ich musste die Karte dreimal eingeben.",
            "Die Zahlung ist zweimal fehlgeschlagen.",
            "Eine Woche zu spät und keine Nachricht dazu.",
            "Der Gutschein ließ sich an der Kasse nicht einlösen.",
        ),
        "middle": (
            "Gutes Gerät, die Lieferung hat länger gedauert als versprochen.",
            "Alles in Ordnung, die Anleitung ist schwer zu lesen.",
        ),
        "high": (
            "Montag bestellt, Mittwoch da, klingt wunderbar.",
            "Sehr freundliche Beratung am Telefon.",
            "Genau wie beschrieben. Gerne wieder!",
        ),
    },
}
