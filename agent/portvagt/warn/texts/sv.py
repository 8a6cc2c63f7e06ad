"""Swedish. Sentences of at most 15 words, LIX at most 34, as in Danish."""

TEXT = {
    "language": "Språk",
    "more": "Mer om säkerhet",
    "your_provider": "din internetleverantör",
    # the device is stopped, and nobody has read it yet
    "stopped": "Vi har stoppat mejl från den här enheten",
    "stopped_lead": "Den verkar skicka spam utan att du vet om det. Det är nog inte ditt fel.",
    "device": "Enhet",
    "this_device": "Den du använder nu.",
    "named": "{name} – den du använder nu.",
    "mac": "Dess MAC-adress slutar på {tail}.",
    "random_mac": "Dess MAC-adress är slumpad och slutar på {tail}.",
    "seen": "Upptäckt",
    "sighting": "{ago} försökte den skicka mejl {times} {within}. Det gällde {servers} den inte har använt förut.",
    "ordered": "Routern stoppade mejl från den {ago}.",
    "ago_moment": "för en liten stund sedan",
    "within_moment": "på under en sekund",
    "wait_moment": "om en liten stund",
    "works": "Fungerar",
    "works_text": "Nätet, tv och att läsa mejl. Bara att skicka mejl är stoppat.",
    "works_usual": "Nätet, tv och mejl genom din vanliga leverantör.",
    "works_gate": "Knappen öppnar nätet. Bara att skicka mejl är stoppat.",
    "works_garden": "Bara sidor som hjälper dig att rensa den.",
    "steps": "Gör tre saker",
    "choose_kind": "Vad är det för en enhet?",
    "another_kind": "Är det en annan sorts enhet?",
    "acknowledge": "Jag har läst det här",
    "cleaned": "Jag har rensat den",
    "again": "När kan jag skicka igen?",
    "again_read": "Det sker av sig självt när enheten inte har skickat spam på {hold}. "
    "Knappen öppnar inte för mejl. Den säger bara att du har sett sidan.",
    "again_gate": "Knappen öppnar nätet. Mejl öppnas av sig självt när enheten inte har skickat spam på {hold}.",
    "again_wait": "Det sker av sig självt {wait}, om enheten är lugn så länge. "
    "Knappen säger till oss. Den öppnar inte för mejl.",
    "again_garden": "Knappen öppnar nätet igen. Mejl öppnas av sig självt när enheten inte har skickat spam på {hold}.",
    "choices": "Stämmer det inte?",
    "to_mail_server": "Det är min egen mejlserver",
    "to_not_mine": "Det är inte min enhet",
    "to_mail": "Flytta mejlen till port 587",
    "to_prevention": "Håll virus ute",
    "real": "Är sidan äkta?",
    "real_text": "Fråga oss. Ring {isp} på numret som står på din räkning.",
    "real_phone": "Där står {phone}.",
    "real_promise": "Vi ber aldrig om pengar eller lösenord. Du ska inte ladda ner något på den här sidan.",
    "help": "Behöver du hjälp?",
    "help_text": "Ring {isp}. Numret står på din räkning.",
    # after a button
    "waiting": "Tack. Nu vet du",
    "waiting_lead": "Enheten kan fortfarande inte skicka mejl. Allt annat fungerar. Rensa den i tre steg.",
    "reported": "Tack för att du rensade den",
    "reported_lead": "Mejl öppnas av sig självt {wait}, om enheten är lugn så länge. Du ska inte göra mer.",
    # the garden
    "garden": "Rensa enheten, så öppnas nätet",
    "garden_lead": "Den fortsätter att försöka skicka spam. Det är nog inte ditt fel.",
    "garden_closed": "Ring oss, så hjälper vi till",
    "garden_closed_lead": "Du har sagt att den är ren, men den försöker fortfarande. Nu kan bara {isp} öppna nätet.",
    # mail is open
    "released": "Mejl är öppet igen",
    "released_lead": "Enheten har varit lugn länge nog. Tre goda vanor håller den ren:",
    "clear": "Vi har inte sett något fel",
    "clear_lead": "Den här enheten kan skicka mejl som vanligt. Tre goda vanor håller virus ute:",
    # requests to the provider
    "mail_server": "Har du en egen mejlserver?",
    "mail_server_lead": "En server som mejlar till många kan se ut som spam. Då kan {isp} öppna för den.",
    "mail_server_text": "Knappen ger dig ett nummer att säga till {isp}. Mejl är stoppat tills de har svarat.",
    "mail_server_button": "Ja, det är min mejlserver",
    "mail_server_sent": "Ring {isp} nu",
    "mail_server_sent_lead": "Säg det här numret, så ser de vad det gäller:",
    "mail_server_sent_text": "Mejl är stoppat tills {isp} har svarat.",
    "not_mine": "Är det inte din enhet?",
    "not_mine_lead": "Sidan handlar om den enhet du använder just nu.",
    "not_mine_text": "Är det en gästs? Visa då gästen sidan. Om ingen känner till den, byt lösenord på ditt wifi.",
    "not_mine_button": "Den är inte min",
    "not_mine_sent": "Tack, vi har skrivit upp det",
    "not_mine_sent_lead": "Enheten är fortfarande stoppad. Ring {isp} om du är osäker och säg det här numret:",
    "not_mine_sent_text": "Om ingen känner till enheten, byt lösenord på ditt wifi.",
    # always there
    "prevention": "Så håller du virus ute",
    "prevention_lead": "Fem vanor räcker i de flesta hem. Ingen av dem kostar något.",
    "tips": (
        ("Slå på automatiska uppdateringar.", "De täpper till de flesta hål innan någon hittar dem."),
        ("Ha olika lösenord överallt.", "En lösenordshanterare hjälper. Slå på inloggning i två steg där det går."),
        ("Vänta innan du klickar.", "Öppna bara filer och länkar du väntar på. Hämta appar bara i butiken för dem."),
        ("Byt lösenord som följde med.", "Det gäller router, kamera, NAS och allt annat på ditt nät."),
        ("Ta en kopia av det som är viktigt.", "Spara den på en disk som du drar ur efteråt."),
    ),
    "clean": "Har en enhet virus?",
    "clean_text": "Välj enheten, så ser du tre steg. Verktygen är gratis och kommer från den som gjorde den.",
    "mail": "Flytta mejlen till port 587",
    "mail_lead": "Port 25 är för mejlservrar, och spam går ofta där. Ditt mejlprogram ska ha port 587.",
    "settings": "Så ska det stå",
    "settings_list": (
        ("Utgående server (SMTP)", "samma namn som nu"),
        ("Port", "587"),
        ("Kryptering", "STARTTLS"),
        ("Autentisering", "”Utgående server (SMTP) kräver autentisering”, vanligt lösenord"),
        ("Användarnamn och lösenord", "som för inkommande mejl"),
    ),
    "programs": "Här hittar du det",
    "programs_list": (
        ("Outlook", "Arkiv › Kontoinställningar › Serverinställningar › Utgående e‑post"),
        ("Apple Mail", "Mail › Inställningar › Konton › Serverinställningar › Server för utgående e‑post (SMTP)"),
        ("Thunderbird", "Kontoinställningar › Utgående servrar › Redigera"),
    ),
    # something else
    "unavailable": "Sidan är snart klar",
    "unavailable_lead": "Din router håller på att starta. Vänta en halv minut och försök sedan igen.",
    "missing": "Här finns ingen sida",
    "missing_lead": "Adressen finns inte på din router.",
    "expired": "Tryck på knappen igen",
    "expired_lead": "Sidan var för gammal, så inget hände.",
    "back": "Tillbaka",
    "home": "Öppna sidan igen",
}

KINDS = {
    "windows": "Windows-dator",
    "mac": "Mac",
    "android": "Android",
    "ios": "iPhone eller iPad",
    "linux": "Linux",
    "nas": "NAS",
    "thing": "Kamera, tv och annat",
}

_MAIL_PASSWORD = ("Byt lösenord till din mejl.", "Gör det på en annan enhet.")

STEPS = {
    "windows": (
        ("Sök igenom datorn.", "Öppna Windows-säkerhet. Gör en offlinegenomsökning under Genomsökningsalternativ."),
        ("Hämta alla uppdateringar.", "De finns i Inställningar under Windows Update. Ta bort okända program."),
        _MAIL_PASSWORD,
    ),
    "mac": (
        ("Uppdatera macOS.", "Se i Systeminställningar under Allmänt. Då tar din Mac själv bort kända virus."),
        ("Ta bort okända appar.", "Se i mappen Program. Töm papperskorgen och starta om."),
        _MAIL_PASSWORD,
    ),
    "android": (
        ("Skanna med Play Protect.", "Öppna Play Butik och tryck på din bild. Välj Play Protect."),
        ("Ta bort okända appar.", "Hämta sedan alla uppdateringar."),
        _MAIL_PASSWORD,
    ),
    "ios": (
        ("Hämta den senaste uppdateringen.", "Se i Inställningar under Allmänt. Starta om efteråt."),
        ("Ta bort okända appar och profiler.", "Profiler finns under Allmänt och VPN."),
        _MAIL_PASSWORD,
    ),
    "linux": (
        ("Skanna med ClamAV.", "Det är gratis och finns bland systemets paket."),
        ("Hämta alla uppdateringar.", "Ta bort okända användare, cron-jobb och SSH-nycklar."),
        ("Byt lösenord till mejl och SSH.", "Gör det på en annan enhet."),
    ),
    "nas": (
        ("Skanna din NAS.", "Synology: Security Advisor. QNAP: Malware Remover. De är gratis."),
        ("Uppdatera den och stäng den utåt.", "Slå av åtkomst utifrån. Ta bort okända användare."),
        ("Byt lösenord till den.", "Gör det på en annan enhet."),
    ),
    "thing": (
        ("Återställ den.", "Handboken visar hur."),
        ("Uppdatera den.", "Finns det ingen uppdatering, så stäng av den."),
        ("Ge den ett nytt lösenord.", "Gör det från en annan enhet."),
    ),
    "other": (
        ("Ta bort virus.", "Använd det virusskydd som följde med enheten. Det är gratis."),
        ("Hämta alla uppdateringar.", "Ta bort okända program."),
        _MAIL_PASSWORD,
    ),
}

FORMS = {
    "times": ("en gång", "{} gånger"),
    "servers": ("en server", "{} servrar"),
    "ago_minute": ("för en minut sedan", "för {} minuter sedan"),
    "ago_hour": ("för en timme sedan", "för {} timmar sedan"),
    "ago_day": ("för en dag sedan", "för {} dagar sedan"),
    "within_second": ("på en sekund", "på {} sekunder"),
    "within_minute": ("på en minut", "på {} minuter"),
    "within_hour": ("på en timme", "på {} timmar"),
    "within_day": ("på en dag", "på {} dagar"),
    "wait_minute": ("om en minut", "om {} minuter"),
    "wait_hour": ("om en timme", "om {} timmar"),
    "wait_day": ("om en dag", "om {} dagar"),
    "hold_hour": ("en timme", "{} timmar"),
}


def plural(number: int) -> int:
    """One, and all others."""
    return 0 if number == 1 else 1
