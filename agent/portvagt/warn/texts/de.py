"""German. Every text has {isp} in the accusative, so that it fits `your_provider` and a name alike.

The hyphen of E‑Mail is U+2011: no line ends after it.
"""

TEXT = {
    "language": "Sprache",
    "more": "Mehr zur Sicherheit",
    "your_provider": "Ihren Internetanbieter",
    # the device is stopped, and nobody has read it yet
    "stopped": "Wir haben E‑Mails von diesem Gerät gestoppt",
    "stopped_lead": "Es sendet wohl Spam, ohne dass Sie es wissen. Vermutlich können Sie nichts dafür.",
    "device": "Gerät",
    "this_device": "Das Gerät, das Sie gerade nutzen.",
    "named": "{name} – das Gerät, das Sie gerade nutzen.",
    "mac": "Seine MAC-Adresse endet auf {tail}.",
    "random_mac": "Seine MAC-Adresse ist zufällig und endet auf {tail}.",
    "seen": "Bemerkt",
    "sighting": "{ago} wollte es {within} {times} E‑Mails senden. Dabei nutzte es {servers} zum ersten Mal.",
    "ordered": "Der Router hat seine E‑Mails {ago} gestoppt.",
    "ago_moment": "gerade eben",
    "within_moment": "in weniger als einer Sekunde",
    "wait_moment": "gleich",
    "works": "Geht weiter",
    "works_text": "Internet, Fernsehen und E‑Mails lesen. Nur das Senden ist gestoppt.",
    "works_usual": "Internet, Fernsehen und E‑Mails über Ihren gewohnten Anbieter.",
    "works_gate": "Der Knopf öffnet das Internet. Nur das Senden von E‑Mails bleibt gestoppt.",
    "works_garden": "Nur Seiten, die Ihnen beim Reinigen helfen.",
    "steps": "Drei Dinge sind zu tun",
    "choose_kind": "Was für ein Gerät ist es?",
    "another_kind": "Ist es ein anderes Gerät?",
    "acknowledge": "Ich habe es gelesen",
    "cleaned": "Ich habe es gereinigt",
    "again": "Wann kann ich wieder senden?",
    "again_read": "Das geht von selbst wieder, wenn es {hold} keinen Spam gesendet hat. "
    "Der Knopf gibt E‑Mails nicht frei. Er sagt nur, dass Sie die Seite kennen.",
    "again_gate": "Der Knopf öffnet das Internet. E‑Mails gehen von selbst wieder, wenn {hold} kein Spam kam.",
    "again_wait": "Das geht {wait} von selbst wieder, wenn es bis dahin ruhig bleibt. "
    "Der Knopf gibt uns Bescheid. E‑Mails gibt er nicht frei.",
    "again_garden": "Der Knopf öffnet das Internet wieder. E‑Mails gehen von selbst wieder, wenn {hold} kein Spam kam.",
    "choices": "Passt das nicht?",
    "to_mail_server": "Es ist mein eigener Mailserver",
    "to_not_mine": "Es ist nicht mein Gerät",
    "to_mail": "E‑Mail auf Port 587 umstellen",
    "to_prevention": "Viren fernhalten",
    "real": "Ist diese Seite echt?",
    "real_text": "Fragen Sie uns. Rufen Sie {isp} an. Die Nummer steht auf Ihrer Rechnung.",
    "real_phone": "Dort steht {phone}.",
    "real_promise": "Wir fragen nie nach Geld oder Passwörtern. Auf dieser Seite gibt es nichts herunterzuladen.",
    "help": "Brauchen Sie Hilfe?",
    "help_text": "Rufen Sie {isp} an. Die Nummer steht auf Ihrer Rechnung.",
    # after a button
    "waiting": "Danke. Nun wissen Sie Bescheid",
    "waiting_lead": "Das Gerät kann noch keine E‑Mails senden. Alles andere geht. Drei Schritte machen es sauber.",
    "reported": "Danke fürs Reinigen",
    "reported_lead": "E‑Mails gehen {wait} von selbst wieder, wenn es ruhig bleibt. Mehr ist nicht zu tun.",
    # the garden
    "garden": "Erst reinigen, dann geht das Internet wieder",
    "garden_lead": "Das Gerät will immer noch Spam senden. Vermutlich können Sie nichts dafür.",
    "garden_closed": "Rufen Sie uns an, wir helfen",
    "garden_closed_lead": "Sie haben es als sauber gemeldet, doch es macht weiter. "
    "Nun kommt das Internet nur durch {isp} zurück.",
    # mail is open
    "released": "E‑Mails gehen wieder",
    "released_lead": "Das Gerät war lange genug ruhig. Drei gute Gewohnheiten halten es sauber:",
    "clear": "Uns ist nichts aufgefallen",
    "clear_lead": "Dieses Gerät kann wie immer E‑Mails senden. Drei gute Gewohnheiten halten Viren fern:",
    # requests to the provider
    "mail_server": "Haben Sie einen Mailserver?",
    "mail_server_lead": "Ein Server, der vielen schreibt, kann wie Spam aussehen. Er lässt sich durch {isp} freigeben.",
    "mail_server_text": "Der Knopf zeigt eine Nummer für {isp}. E‑Mails bleiben gestoppt, bis die Antwort da ist.",
    "mail_server_button": "Ja, es ist mein Mailserver",
    "mail_server_sent": "Rufen Sie jetzt {isp} an",
    "mail_server_sent_lead": "Nennen Sie diese Nummer, dann ist klar, worum es geht:",
    "mail_server_sent_text": "E‑Mails gehen erst nach der Freigabe durch {isp} wieder.",
    "not_mine": "Ist es nicht Ihr Gerät?",
    "not_mine_lead": "Es geht um das Gerät, das Sie gerade nutzen.",
    "not_mine_text": "Hat es ein Gast? Dann zeigen Sie ihm diese Seite. Kennt es keiner, ändern Sie Ihr WLAN-Passwort.",
    "not_mine_button": "Es ist nicht mein Gerät",
    "not_mine_sent": "Danke, das ist notiert",
    "not_mine_sent_lead": "Das Gerät bleibt gestoppt. Rufen Sie im Zweifel {isp} an und nennen Sie diese Nummer:",
    "not_mine_sent_text": "Kennt keiner das Gerät, ändern Sie Ihr WLAN-Passwort.",
    # always there
    "prevention": "So halten Sie Viren fern",
    "prevention_lead": "Fünf Gewohnheiten reichen in den meisten Haushalten. Keine davon kostet etwas.",
    "tips": (
        ("Schalten Sie automatische Updates ein.", "Sie schließen die meisten Lücken, bevor jemand sie findet."),
        ("Nehmen Sie überall ein anderes Passwort.", "Ein Manager hilft. Gut ist auch Login in zwei Schritten."),
        ("Warten Sie, bevor Sie klicken.", "Öffnen Sie nur, was Sie erwarten. Laden Sie Apps nur aus dem Store."),
        ("Ändern Sie vorgegebene Passwörter.", "Bei Router, Kamera, NAS und allem anderen in Ihrem Netz."),
        ("Sichern Sie, was Ihnen wichtig ist.", "Nehmen Sie ein Laufwerk, das Sie danach abziehen."),
    ),
    "clean": "Hat ein Gerät Viren?",
    "clean_text": "Wählen Sie das Gerät, dann sehen Sie drei Schritte. Die Programme sind gratis und vom Hersteller.",
    "mail": "E‑Mail auf Port 587 umstellen",
    "mail_lead": "Port 25 ist für Mailserver da, und Spam nutzt ihn oft. Ihr Mailprogramm braucht Port 587.",
    "settings": "Das soll dort stehen",
    "settings_list": (
        ("Postausgangsserver (SMTP)", "gleicher Name wie jetzt"),
        ("Port", "587"),
        ("Verschlüsselung", "STARTTLS"),
        ("Anmeldung", "„Postausgangsserver erfordert Authentifizierung“, normales Passwort"),
        ("Benutzername und Passwort", "wie beim Posteingang"),
    ),
    "programs": "Hier finden Sie es",
    "programs_list": (
        ("Outlook", "Datei › Kontoeinstellungen › Servereinstellungen › Ausgehende E‑Mail"),
        ("Apple Mail", "Mail › Einstellungen › Accounts › Servereinstellungen › Server für ausgehende E‑Mails (SMTP)"),
        ("Thunderbird", "Konten-Einstellungen › Postausgangs-Server › Bearbeiten"),
    ),
    # something else
    "unavailable": "Diese Seite ist gleich da",
    "unavailable_lead": "Ihr Router startet gerade. Warten Sie eine halbe Minute, dann versuchen Sie es noch einmal.",
    "missing": "Hier ist keine Seite",
    "missing_lead": "Ihr Router kennt diese Adresse nicht.",
    "expired": "Drücken Sie den Knopf noch einmal",
    "expired_lead": "Die Seite war zu alt, es ist nichts passiert.",
    "back": "Zurück",
    "home": "Die Seite neu öffnen",
}

KINDS = {
    "windows": "Windows-PC",
    "mac": "Mac",
    "android": "Android",
    "ios": "iPhone oder iPad",
    "linux": "Linux",
    "nas": "NAS",
    "thing": "Kamera, TV und anderes",
}

_MAIL_PASSWORD = ("Ändern Sie Ihr E‑Mail-Passwort.", "Nehmen Sie dazu ein anderes Gerät.")

STEPS = {
    "windows": (
        ("Scannen Sie den PC.", "Öffnen Sie Windows-Sicherheit. Starten Sie bei Scanoptionen einen Offline-Scan."),
        ("Laden Sie alle Updates.", "Einstellungen, Windows Update. Löschen Sie unbekannte Programme."),
        _MAIL_PASSWORD,
    ),
    "mac": (
        ("Laden Sie das macOS-Update.", "Systemeinstellungen, Allgemein. Bekannte Viren entfernt der Mac dann selbst."),
        ("Löschen Sie unbekannte Apps.", "Sie liegen im Ordner Programme. Leeren Sie den Papierkorb, starten Sie neu."),
        _MAIL_PASSWORD,
    ),
    "android": (
        ("Scannen Sie mit Play Protect.", "Öffnen Sie den Play Store. Tippen Sie auf Ihr Bild, dann Play Protect."),
        ("Löschen Sie unbekannte Apps.", "Laden Sie dann alle Updates."),
        _MAIL_PASSWORD,
    ),
    "ios": (
        ("Laden Sie das neueste Update.", "Es steht in Einstellungen unter Allgemein. Starten Sie danach neu."),
        ("Löschen Sie unbekannte Apps und Profile.", "Profile stehen bei Allgemein und VPN."),
        _MAIL_PASSWORD,
    ),
    "linux": (
        ("Scannen Sie mit ClamAV.", "Es ist gratis und als Paket dabei."),
        ("Laden Sie alle Updates.", "Löschen Sie unbekannte Nutzer, Cron-Jobs und SSH-Schlüssel."),
        ("Ändern Sie die Passwörter für E‑Mail und SSH.", "Nehmen Sie dazu ein anderes Gerät."),
    ),
    "nas": (
        ("Scannen Sie das NAS.", "Synology: Security Advisor. QNAP: Malware Remover. Beide sind gratis."),
        ("Laden Sie Updates, schließen Sie es ab.", "Sperren Sie den Zugang von außen. Löschen Sie unbekannte Nutzer."),
        ("Ändern Sie sein Passwort.", "Nehmen Sie dazu ein anderes Gerät."),
    ),
    "thing": (
        ("Setzen Sie es zurück.", "Wie das geht, steht im Handbuch."),
        ("Laden Sie das Update.", "Gibt es keines, schalten Sie es aus."),
        ("Geben Sie ihm ein neues Passwort.", "Nehmen Sie dazu ein anderes Gerät."),
    ),
    "other": (
        ("Löschen Sie Viren.", "Nehmen Sie den Scanner, der dabei war. Er ist gratis."),
        ("Laden Sie alle Updates.", "Löschen Sie unbekannte Programme."),
        _MAIL_PASSWORD,
    ),
}

FORMS = {
    "times": ("einmal", "{}-mal"),
    "servers": ("einen Server", "{} Server"),
    "ago_minute": ("vor einer Minute", "vor {} Minuten"),
    "ago_hour": ("vor einer Stunde", "vor {} Stunden"),
    "ago_day": ("vor einem Tag", "vor {} Tagen"),
    "within_second": ("in einer Sekunde", "in {} Sekunden"),
    "within_minute": ("in einer Minute", "in {} Minuten"),
    "within_hour": ("in einer Stunde", "in {} Stunden"),
    "within_day": ("an einem Tag", "in {} Tagen"),
    "wait_minute": ("in einer Minute", "in {} Minuten"),
    "wait_hour": ("in einer Stunde", "in {} Stunden"),
    "wait_day": ("in einem Tag", "in {} Tagen"),
    "hold_hour": ("eine Stunde lang", "{} Stunden lang"),
}


def plural(number: int) -> int:
    """One, and all others."""
    return 0 if number == 1 else 1
