"""Danish. Sentences of at most 15 words, LIX at most 34, so that everybody in the house can read it."""

TEXT = {
    "language": "Sprog",
    "more": "Mere om sikkerhed",
    "your_provider": "din internetudbyder",
    # the device is stopped, and nobody has read it yet
    "stopped": "Vi har stoppet mail fra denne enhed",
    "stopped_lead": "Den ser ud til at sende spam, uden at du ved det. Det er næppe din skyld.",
    "device": "Enhed",
    "this_device": "Den, du bruger nu.",
    "named": "{name} – den, du bruger nu.",
    "mac": "Dens MAC-adresse ender på {tail}.",
    "random_mac": "Dens MAC-adresse er tilfældig og ender på {tail}.",
    "seen": "Set",
    "sighting": "{ago} prøvede den at sende mail {times} {within}. Det var til {servers}, den ikke har brugt før.",
    "ordered": "Routeren stoppede mail fra den {ago}.",
    "ago_moment": "for lidt siden",
    "within_moment": "på under et sekund",
    "wait_moment": "om et øjeblik",
    "works": "Virker",
    "works_text": "Nettet, tv og at læse mail. Kun det at sende mail er stoppet.",
    "works_usual": "Nettet, tv og mail gennem din sædvanlige udbyder.",
    "works_gate": "Nettet åbner, når du trykker på knappen. Kun det at sende mail er stoppet.",
    "works_garden": "Kun sider, der hjælper dig med at rense den.",
    "steps": "Gør tre ting",
    "choose_kind": "Hvad er det for en enhed?",
    "another_kind": "Er det en anden slags enhed?",
    "acknowledge": "Jeg har læst det",
    "cleaned": "Jeg har renset den",
    "again": "Hvornår åbner mail igen?",
    "again_read": "Det sker af sig selv, når enheden ikke har sendt spam {hold}. "
    "Knappen åbner ikke for mail. Den siger kun, at du har set siden.",
    "again_gate": "Knappen åbner nettet. Mail åbner af sig selv, når enheden ikke har sendt spam {hold}.",
    "again_wait": "Det sker af sig selv {wait}, hvis enheden er rolig imens. "
    "Knappen giver os besked. Den åbner ikke for mail.",
    "again_garden": "Knappen åbner nettet igen. Mail åbner af sig selv, når enheden ikke har sendt spam {hold}.",
    "choices": "Passer det ikke?",
    "to_mail_server": "Det er min egen mailserver",
    "to_not_mine": "Det er ikke min enhed",
    "to_mail": "Flyt mailen til port 587",
    "to_prevention": "Hold virus ude",
    "real": "Er siden ægte?",
    "real_text": "Spørg os. Ring til {isp} på det nummer, der står på din regning.",
    "real_phone": "Der står {phone}.",
    "real_promise": "Vi beder aldrig om penge eller koder. Du skal ikke hente noget på denne side.",
    "help": "Har du brug for hjælp?",
    "help_text": "Ring til {isp}. Nummeret står på din regning.",
    # after a button
    "waiting": "Tak. Nu ved du besked",
    "waiting_lead": "Enheden kan stadig ikke sende mail. Alt andet virker. Rens den med de tre trin.",
    "reported": "Tak, fordi du rensede den",
    "reported_lead": "Mail åbner af sig selv {wait}, hvis enheden er rolig imens. Du skal ikke gøre mere.",
    # the garden
    "garden": "Rens enheden, så åbner nettet",
    "garden_lead": "Den bliver ved med at prøve at sende spam. Det er næppe din skyld.",
    "garden_closed": "Ring til os, så hjælper vi",
    "garden_closed_lead": "Du har meldt enheden ren flere gange, men den prøver stadig. Nu kan kun {isp} åbne nettet.",
    # mail is open
    "released": "Mail er åben igen",
    "released_lead": "Enheden har været rolig længe nok. Tre gode vaner holder den ren:",
    "clear": "Vi har ikke set noget galt",
    "clear_lead": "Denne enhed kan sende mail, som den plejer. Tre gode vaner holder virus ude:",
    # requests to the provider
    "mail_server": "Har du din egen mailserver?",
    "mail_server_lead": "En server, der sender mail til mange, kan ligne spam. Så kan {isp} åbne for den.",
    "mail_server_text": "Knappen giver dig et nummer, som du siger til {isp}. Mail er stoppet, til de har svaret.",
    "mail_server_button": "Ja, det er min mailserver",
    "mail_server_sent": "Ring nu til {isp}",
    "mail_server_sent_lead": "Sig dette nummer, så kan de se, hvad det drejer sig om:",
    "mail_server_sent_text": "Mail er stoppet, til {isp} har svaret.",
    "not_mine": "Er det ikke din enhed?",
    "not_mine_lead": "Siden handler om den enhed, du bruger lige nu.",
    "not_mine_text": "Er det en gæsts, så vis gæsten siden. Kender du den ikke, så skift koden til dit wifi.",
    "not_mine_button": "Den er ikke min",
    "not_mine_sent": "Tak, det er noteret",
    "not_mine_sent_lead": "Enheden er stadig stoppet. Ring til {isp}, hvis du er i tvivl, og sig dette nummer:",
    "not_mine_sent_text": "Kender du ikke enheden, så skift koden til dit wifi.",
    # always there
    "prevention": "Sådan holder du virus ude",
    "prevention_lead": "Fem vaner er nok i de fleste hjem. Ingen af dem koster noget.",
    "tips": (
        ("Slå automatiske opdateringer til.", "Så lukkes de fleste huller, før nogen finder dem."),
        ("Brug en ny kode til hvert sted.", "En kodehusker hjælper. Slå login i to trin til, hvor du kan."),
        ("Vent med at klikke.", "Åbn kun filer og links, du venter på. Hent kun apps i de officielle butikker."),
        ("Skift de koder, der fulgte med.", "Det gælder router, kamera, NAS og alt andet på dit net."),
        ("Tag en kopi af det, du vil bevare.", "Gem den på et drev, du tager ud bagefter."),
    ),
    "clean": "Har en enhed virus?",
    "clean_text": "Vælg enheden, så ser du tre trin. Værktøjerne er gratis og kommer fra producenten.",
    "mail": "Flyt mailen til port 587",
    "mail_lead": "Port 25 er til mailservere og bliver tit misbrugt til spam. Dit mailprogram skal bruge port 587.",
    "settings": "Det skal der stå",
    "settings_list": (
        ("Udgående server (SMTP)", "samme navn som nu"),
        ("Port", "587"),
        ("Kryptering", "STARTTLS"),
        ("Godkendelse", "»Min server kræver godkendelse«, normal adgangskode"),
        ("Brugernavn og kode", "som til indgående mail"),
    ),
    "programs": "Her finder du det",
    "programs_list": (
        ("Outlook", "Filer › Kontoindstillinger › Serverindstillinger › Udgående mail"),
        ("Apple Mail", "Mail › Indstillinger › Konti › Serverindstillinger › Server til udgående post (SMTP)"),
        ("Thunderbird", "Kontoindstillinger › Udgående server (SMTP) › Rediger"),
    ),
    # something else
    "unavailable": "Siden er klar om lidt",
    "unavailable_lead": "Din router er ved at starte. Vent et halvt minut, og prøv så igen.",
    "missing": "Her er ingen side",
    "missing_lead": "Adressen findes ikke på din router.",
    "expired": "Prøv knappen igen",
    "expired_lead": "Siden var blevet for gammel, så der skete ikke noget.",
    "back": "Tilbage",
    "home": "Åbn siden igen",
}

KINDS = {
    "windows": "Windows-pc",
    "mac": "Mac",
    "android": "Android",
    "ios": "iPhone eller iPad",
    "linux": "Linux",
    "nas": "NAS",
    "thing": "Kamera, tv og andet",
}

_MAIL_PASSWORD = ("Skift kode til din mail.", "Gør det på en anden enhed.")

STEPS = {
    "windows": (
        ("Scan pc’en.", "Åbn Windows Sikkerhed. Kør en offlinescanning under Scanningsindstillinger."),
        ("Hent alle opdateringer.", "De står i Indstillinger under Windows Update. Slet programmer, du ikke kender."),
        _MAIL_PASSWORD,
    ),
    "mac": (
        ("Opdater macOS.", "Se i Systemindstillinger under Generelt. Så fjerner din Mac selv kendt virus."),
        ("Slet apps, du ikke kender.", "Se i mappen Programmer. Tøm papirkurven, og genstart."),
        _MAIL_PASSWORD,
    ),
    "android": (
        ("Scan med Play Protect.", "Åbn Play Butik, og tryk på dit billede. Vælg Play Protect."),
        ("Slet apps, du ikke kender.", "Hent så alle opdateringer."),
        _MAIL_PASSWORD,
    ),
    "ios": (
        ("Hent nyeste opdatering.", "Se i Indstillinger under Generelt. Genstart bagefter."),
        ("Slet apps og profiler, du ikke kender.", "Profiler står under Generelt og VPN."),
        _MAIL_PASSWORD,
    ),
    "linux": (
        ("Scan med ClamAV.", "Det er gratis og følger med systemets pakker."),
        ("Hent alle opdateringer.", "Slet brugere, cron-job og SSH-nøgler, du ikke kender."),
        ("Skift kode til mail og SSH.", "Gør det på en anden enhed."),
    ),
    "nas": (
        ("Scan NAS’en.", "Synology: Security Advisor. QNAP: Malware Remover. De er gratis."),
        ("Opdater den, og luk den af.", "Slå adgang udefra fra. Slet brugere, du ikke kender."),
        ("Skift kode til den.", "Gør det på en anden enhed."),
    ),
    "thing": (
        ("Nulstil den.", "Vejledningen viser hvordan."),
        ("Opdater den.", "Findes der ingen opdatering, så sluk den."),
        ("Giv den en ny kode.", "Gør det fra en anden enhed."),
    ),
    "other": (
        ("Fjern virus.", "Brug den scanner, der følger med enheden. Den er gratis."),
        ("Hent alle opdateringer.", "Slet programmer, du ikke kender."),
        _MAIL_PASSWORD,
    ),
}

FORMS = {
    "times": ("én gang", "{} gange"),
    "servers": ("en server", "{} servere"),
    "ago_minute": ("for et minut siden", "for {} minutter siden"),
    "ago_hour": ("for en time siden", "for {} timer siden"),
    "ago_day": ("for en dag siden", "for {} dage siden"),
    "within_second": ("på et sekund", "på {} sekunder"),
    "within_minute": ("på et minut", "på {} minutter"),
    "within_hour": ("på en time", "på {} timer"),
    "within_day": ("på en dag", "på {} dage"),
    "wait_minute": ("om et minut", "om {} minutter"),
    "wait_hour": ("om en time", "om {} timer"),
    "wait_day": ("om en dag", "om {} dage"),
    "hold_hour": ("i en time", "i {} timer"),
}


def plural(number: int) -> int:
    """One, and all others."""
    return 0 if number == 1 else 1
