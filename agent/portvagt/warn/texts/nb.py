"""Norwegian Bokmål. Sentences of at most 15 words, LIX at most 34, as in Danish.

The hyphen of e‑post is U+2011: no line ends after it.
"""

TEXT = {
    "language": "Språk",
    "more": "Mer om sikkerhet",
    "your_provider": "internettleverandøren din",
    # the device is stopped, and nobody has read it yet
    "stopped": "Vi har stoppet e‑post fra denne enheten",
    "stopped_lead": "Den ser ut til å sende spam uten at du vet det. Det er neppe din skyld.",
    "device": "Enhet",
    "this_device": "Den du bruker nå.",
    "named": "{name} – den du bruker nå.",
    "mac": "MAC-adressen slutter på {tail}.",
    "random_mac": "MAC-adressen er tilfeldig og slutter på {tail}.",
    "seen": "Sett",
    "sighting": "{ago} prøvde den å sende e‑post {times} {within}. Det var til {servers} den ikke har brukt før.",
    "ordered": "Ruteren stoppet e‑post fra den {ago}.",
    "ago_moment": "for litt siden",
    "within_moment": "på under ett sekund",
    "wait_moment": "om et øyeblikk",
    "works": "Virker",
    "works_text": "Nettet, TV og å lese e‑post. Bare det å sende e‑post er stoppet.",
    "works_usual": "Nettet, TV og e‑post gjennom leverandøren du pleier å bruke.",
    "works_gate": "Knappen åpner nettet. Bare det å sende e‑post er stoppet.",
    "works_garden": "Bare sider som hjelper deg å rense den.",
    "steps": "Gjør tre ting",
    "choose_kind": "Hva slags enhet er det?",
    "another_kind": "Er det en annen type enhet?",
    "acknowledge": "Jeg har lest dette",
    "cleaned": "Jeg har renset den",
    "again": "Når kan jeg sende igjen?",
    "again_read": "Det skjer av seg selv når enheten ikke har sendt spam på {hold}. "
    "Knappen åpner ikke for e‑post. Den sier bare at du har sett siden.",
    "again_gate": "Knappen åpner nettet. E‑post virker igjen av seg selv når enheten ikke har sendt spam på {hold}.",
    "again_wait": "Det skjer av seg selv {wait}, hvis enheten er rolig imens. "
    "Knappen gir oss beskjed. Den åpner ikke for e‑post.",
    "again_garden": "Knappen gir nettet tilbake. "
    "E‑post virker igjen av seg selv når enheten ikke har sendt spam på {hold}.",
    "choices": "Stemmer det ikke?",
    "to_mail_server": "Det er min egen e‑postserver",
    "to_not_mine": "Det er ikke min enhet",
    "to_mail": "Flytt e‑posten til port 587",
    "to_prevention": "Hold virus ute",
    "real": "Er siden ekte?",
    "real_text": "Spør oss. Ring {isp} på nummeret som står på regningen din.",
    "real_phone": "Der står {phone}.",
    "real_promise": "Vi ber aldri om penger eller passord. Du skal ikke laste ned noe på denne siden.",
    "help": "Trenger du hjelp?",
    "help_text": "Ring {isp}. Nummeret står på regningen din.",
    # after a button
    "waiting": "Takk. Nå vet du om det",
    "waiting_lead": "Enheten kan fortsatt ikke sende e‑post. Alt annet virker. Rens den i tre trinn.",
    "reported": "Takk for at du renset den",
    "reported_lead": "E‑post virker igjen av seg selv {wait}, hvis enheten er rolig imens. Du skal ikke gjøre mer.",
    # the garden
    "garden": "Rens enheten, så kommer nettet tilbake",
    "garden_lead": "Den fortsetter å prøve å sende spam. Det er neppe din skyld.",
    "garden_closed": "Ring oss, så hjelper vi",
    "garden_closed_lead": "Du har sagt at den er ren, men den prøver fortsatt. Nå kan bare {isp} åpne nettet.",
    # mail is open
    "released": "E‑post virker igjen",
    "released_lead": "Enheten har vært rolig lenge nok. Tre gode vaner holder den ren:",
    "clear": "Vi har ikke sett noe galt",
    "clear_lead": "Denne enheten kan sende e‑post som vanlig. Tre gode vaner holder virus ute:",
    # requests to the provider
    "mail_server": "Har du en egen e‑postserver?",
    "mail_server_lead": "En server som sender e‑post til mange, kan ligne spam. Da kan {isp} åpne for den.",
    "mail_server_text": "Knappen gir deg et nummer du sier til {isp}. E‑post er stoppet til de har svart.",
    "mail_server_button": "Ja, det er min e‑postserver",
    "mail_server_sent": "Ring {isp} nå",
    "mail_server_sent_lead": "Si dette nummeret, så ser de hva det gjelder:",
    "mail_server_sent_text": "E‑post er stoppet til {isp} har svart.",
    "not_mine": "Er det ikke din enhet?",
    "not_mine_lead": "Siden handler om den enheten du bruker akkurat nå.",
    "not_mine_text": "Er det en gjest som har den? Vis gjesten siden. Er den ukjent, så bytt passord på wifi.",
    "not_mine_button": "Den er ikke min",
    "not_mine_sent": "Takk, det er notert",
    "not_mine_sent_lead": "Enheten er fortsatt stoppet. Ring {isp} hvis du er i tvil, og si dette nummeret:",
    "not_mine_sent_text": "Hvis ingen kjenner enheten, så bytt passord på wifi.",
    # always there
    "prevention": "Slik holder du virus ute",
    "prevention_lead": "Fem vaner er nok i de fleste hjem. Ingen av dem koster noe.",
    "tips": (
        ("Slå på automatiske oppdateringer.", "De tetter de fleste hull før noen finner dem."),
        ("Ha ulike passord overalt.", "Et program for passord hjelper. Slå på pålogging i to trinn der du kan."),
        ("Vent før du klikker.", "Åpne bare filer og lenker du venter på. Hent apper bare i de offisielle butikkene."),
        ("Bytt passord som fulgte med.", "Det gjelder ruter, kamera, NAS og alt annet på nettet ditt."),
        ("Ta en kopi av det du vil bevare.", "Lagre den på en disk som du kobler fra etterpå."),
    ),
    "clean": "Har en enhet virus?",
    "clean_text": "Velg enheten, så ser du tre trinn. Verktøyene er gratis og kommer fra dem som laget den.",
    "mail": "Flytt e‑posten til port 587",
    "mail_lead": "Port 25 er for servere, og spam bruker den ofte. E‑postprogrammet ditt skal bruke port 587.",
    "settings": "Dette skal stå der",
    "settings_list": (
        ("Utgående server (SMTP)", "samme navn som nå"),
        ("Port", "587"),
        ("Kryptering", "STARTTLS"),
        ("Godkjenning", "«Utgående server (SMTP) krever godkjenning», vanlig passord"),
        ("Brukernavn og passord", "som for innkommende e‑post"),
    ),
    "programs": "Her finner du det",
    "programs_list": (
        ("Outlook", "Fil › Kontoinnstillinger › Serverinnstillinger › Utgående e‑post"),
        ("Apple Mail", "Mail › Innstillinger › Kontoer › Tjenerinnstillinger › Utgående e‑posttjener (SMTP)"),
        ("Thunderbird", "Kontoinnstillinger › Utgående servere › Rediger"),
    ),
    # something else
    "unavailable": "Siden er snart klar",
    "unavailable_lead": "Ruteren din holder på å starte. Vent et halvt minutt, og prøv så igjen.",
    "missing": "Her er det ingen side",
    "missing_lead": "Ruteren din har ingen slik side.",
    "expired": "Prøv knappen igjen",
    "expired_lead": "Siden var for gammel, så det skjedde ikke noe.",
    "back": "Tilbake",
    "home": "Åpne siden igjen",
}

KINDS = {
    "windows": "Windows-PC",
    "mac": "Mac",
    "android": "Android",
    "ios": "iPhone eller iPad",
    "linux": "Linux",
    "nas": "NAS",
    "thing": "Kamera, TV og annet",
}

_MAIL_PASSWORD = ("Bytt passord til e‑posten.", "Gjør det på en annen enhet.")

STEPS = {
    "windows": (
        ("Skann PC-en.", "Åpne Windows Sikkerhet. Kjør en frakoblet skanning under Skannealternativer."),
        ("Hent alle oppdateringer.", "De står i Innstillinger under Windows Update. Slett programmer du ikke kjenner."),
        _MAIL_PASSWORD,
    ),
    "mac": (
        ("Oppdater macOS.", "Se i Systeminnstillinger under Generelt. Da fjerner Mac-en selv kjente virus."),
        ("Slett apper du ikke kjenner.", "Se i mappen Programmer. Tøm papirkurven, og start på nytt."),
        _MAIL_PASSWORD,
    ),
    "android": (
        ("Skann med Play Protect.", "Åpne Play Butikk, og trykk på bildet ditt. Velg Play Protect."),
        ("Slett apper du ikke kjenner.", "Hent så alle oppdateringer."),
        _MAIL_PASSWORD,
    ),
    "ios": (
        ("Hent siste oppdatering.", "Se i Innstillinger under Generelt. Start på nytt etterpå."),
        ("Slett apper og profiler du ikke kjenner.", "Profiler står under Generelt og VPN."),
        _MAIL_PASSWORD,
    ),
    "linux": (
        ("Skann med ClamAV.", "Det er gratis og finnes blant pakkene i systemet."),
        ("Hent alle oppdateringer.", "Slett brukere, cron-jobber og SSH-nøkler du ikke kjenner."),
        ("Bytt passord til e‑post og SSH.", "Gjør det på en annen enhet."),
    ),
    "nas": (
        ("Skann NAS-en.", "Synology: Security Advisor. QNAP: Malware Remover. De er gratis."),
        ("Oppdater den, og steng den av.", "Slå av tilgang utenfra. Slett brukere du ikke kjenner."),
        ("Bytt passord til den.", "Gjør det på en annen enhet."),
    ),
    "thing": (
        ("Nullstill den.", "Bruksanvisningen viser hvordan."),
        ("Oppdater den.", "Finnes det ingen oppdatering, så slå den av."),
        ("Gi den et nytt passord.", "Gjør det fra en annen enhet."),
    ),
    "other": (
        ("Fjern virus.", "Bruk den skanneren som fulgte med enheten. Den er gratis."),
        ("Hent alle oppdateringer.", "Slett programmer du ikke kjenner."),
        _MAIL_PASSWORD,
    ),
}

FORMS = {
    "times": ("én gang", "{} ganger"),
    "servers": ("en server", "{} servere"),
    "ago_minute": ("for ett minutt siden", "for {} minutter siden"),
    "ago_hour": ("for en time siden", "for {} timer siden"),
    "ago_day": ("for en dag siden", "for {} dager siden"),
    "within_second": ("på ett sekund", "på {} sekunder"),
    "within_minute": ("på ett minutt", "på {} minutter"),
    "within_hour": ("på en time", "på {} timer"),
    "within_day": ("på en dag", "på {} dager"),
    "wait_minute": ("om ett minutt", "om {} minutter"),
    "wait_hour": ("om en time", "om {} timer"),
    "wait_day": ("om en dag", "om {} dager"),
    "hold_hour": ("en time", "{} timer"),
}


def plural(number: int) -> int:
    """One, and all others."""
    return 0 if number == 1 else 1
