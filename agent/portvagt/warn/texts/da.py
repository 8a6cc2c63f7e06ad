"""Danish. Sentences of at most 15 words, LIX at most 34, so that everybody in the house can read it."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TEXT = {
    "other_languages": "Andre sprog",
    "your_provider": "din internetudbyder",
    "stopped": "Vi har stoppet mail fra denne enhed",
    "stopped_lead": "Den ser ud til at sende spam, uden at du ved det. Det er næppe din skyld.",
    "device": "Enhed",
    "this_device": "Den, du bruger nu.",
    "named": "{name} – den, du bruger nu.",
    "mac": "Dens adresse ender på {tail}.",
    "random_mac": "Den har selv valgt en tilfældig adresse, som ender på {tail}.",
    "seen": "Set",
    "works": "Virker",
    "works_text": "Nettet, tv og at læse mail. Kun det at sende mail er stoppet.",
    "works_usual": "Nettet, tv, at læse mail og at sende via din sædvanlige mailudbyder.",
    "works_garden": "Kun sider, der hjælper dig med at rense den.",
    "steps": "Gør tre ting",
    "steps_list": (
        ("Fjern virus.", "Brug Windows Sikkerhed eller Play Protect. De er gratis og følger med."),
        ("Hent alle opdateringer.", "Slet programmer, du ikke kender."),
        ("Skift kode til din mail.", "Gør det på en anden enhed."),
    ),
    "read": "Jeg har læst det",
    "cleaned": "Jeg har renset den",
    "again": "Hvornår kan jeg sende igen?",
    "again_text": "Knappen åbner ikke for mail. Den siger kun, at du har set siden.",
    "again_garden": "Knappen åbner nettet igen. Mail er stadig stoppet.",
    "real": "Er siden ægte?",
    "real_text": "Spørg os. Ring til {isp} på det nummer, der står på din regning.",
    "real_phone": "Der står {phone}.",
    "real_promise": "Vi beder aldrig om penge eller koder. Du skal ikke hente noget på denne side.",
    "acknowledged": "Tak. Nu ved du besked",
    "acknowledged_lead": "Enheden kan stadig ikke sende mail. Alt andet virker.",
    "clear": "Vi har ikke set noget galt",
    "clear_lead": "Denne enhed kan sende mail, som den plejer. Tre gode vaner holder virus ude:",
    "tips_list": (
        ("Slå automatiske opdateringer til.", "Så lukkes de fleste huller, før nogen finder dem."),
        ("Brug en ny kode til hvert sted.", "Slå login i to trin til, hvor du kan."),
        ("Vent med at klikke.", "Åbn kun filer og links, du venter på. Hent kun apps i de officielle butikker."),
    ),
    "help": "Har du brug for hjælp?",
    "help_text": "Ring til {isp}. Nummeret står på din regning.",
    "unavailable": "Siden er klar om lidt",
    "unavailable_lead": "Din router er ved at starte. Vent et halvt minut, og prøv så igen.",
    "missing": "Her er ingen side",
    "missing_lead": "Adressen findes ikke på din router.",
    "expired": "Prøv knappen igen",
    "expired_lead": "Siden var blevet for gammel, så der skete ikke noget.",
    "home": "Åbn siden igen",
}


def _count(number: int, one: str, many: str) -> str:
    return one if number == 1 else "{} {}".format(number, many)


def _span(seconds: float) -> str:
    if seconds < 1:
        return "under et sekund"
    if seconds < 100:
        return _count(round(seconds), "et sekund", "sekunder")
    if seconds < 6000:
        return "{} minutter".format(round(seconds / 60))
    if seconds < 2 * 86400:
        return "{} timer".format(round(seconds / 3600))
    return "{} dage".format(round(seconds / 86400))


def sighting(evidence: "dict[str, Any] | None", seconds_ago: float) -> str:
    """What the router saw, and when; without evidence, as after an order of the provider, only when."""
    ago = "lidt" if seconds_ago < 100 else _span(seconds_ago)
    if evidence is None:
        return "Routeren stoppede mail fra den for {} siden.".format(ago)
    return "For {} siden prøvede den at sende mail {} på {}. Det var til {}, den ikke har brugt før.".format(
        ago,
        _count(evidence["connections"], "én gang", "gange"),
        _span(evidence["seconds"]),
        _count(evidence["networks"], "en server", "servere"),
    )


def quiet(hours: int) -> str:
    """When mail opens again."""
    return "Det sker af sig selv, når enheden ikke har sendt spam i {}.".format(_count(hours, "en time", "timer"))
