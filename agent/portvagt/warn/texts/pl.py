"""Polish, without Pan or Pani, and without forms that say whether the reader is a man or a woman."""

TEXT = {
    "language": "Język",
    "more": "Więcej o bezpieczeństwie",
    "your_provider": "dostawcy internetu",  # genitive: so is {isp} in every sentence, and names stay as they are
    # the device is stopped, and nobody has read it yet
    "stopped": "Zatrzymaliśmy pocztę z tego urządzenia",
    "stopped_lead": "Wygląda na to, że wysyła ono spam bez Twojej wiedzy. To raczej nie Twoja wina.",
    "device": "Urządzenie",
    "this_device": "To, z którego teraz korzystasz.",
    "named": "{name} – z niego teraz korzystasz.",
    "mac": "Adres MAC kończy się na {tail}.",
    "random_mac": "Adres MAC jest losowy i kończy się na {tail}.",
    "seen": "Zauważono",
    "sighting": "{ago} próbowało wysłać pocztę {times} {within}. Po raz pierwszy łączyło się z {servers}.",
    "ordered": "Router zatrzymał pocztę {ago}.",
    "ago_moment": "przed chwilą",
    "within_moment": "w niecałą sekundę",
    "wait_moment": "za chwilę",
    "works": "Działa",
    "works_text": "Internet, telewizja i odbieranie poczty. Zatrzymane jest tylko wysyłanie.",
    "works_usual": "Internet, telewizja i poczta przez serwer używany na co dzień.",
    "works_gate": "Internet włączy się po naciśnięciu przycisku. Zatrzymane jest tylko wysyłanie poczty.",
    "works_garden": "Tylko strony, które pomagają je oczyścić.",
    "steps": "Zrób trzy rzeczy",
    "choose_kind": "Jakie to urządzenie?",
    "another_kind": "Czy to inny rodzaj urządzenia?",
    "acknowledge": "Przeczytane",
    "cleaned": "Urządzenie jest już czyste",
    "again": "Kiedy znów będzie można wysyłać?",
    "again_read": "Poczta włączy się sama, gdy urządzenie {hold} nie wyśle spamu. "
    "Przycisk nie włącza poczty. Mówi nam tylko, że ta strona jest przeczytana.",
    "again_gate": "Przycisk włącza internet. Poczta włączy się sama, gdy urządzenie {hold} nie wyśle spamu.",
    "again_wait": "Poczta włączy się sama {wait}, jeśli do tego czasu będzie spokój. "
    "Przycisk daje nam znać. Nie włącza poczty.",
    "again_garden": "Przycisk znów włącza internet. Poczta włączy się sama, gdy urządzenie {hold} nie wyśle spamu.",
    "choices": "Coś się nie zgadza?",
    "to_mail_server": "To mój własny serwer pocztowy",
    "to_not_mine": "To nie moje urządzenie",
    "to_mail": "Przenieś pocztę na port 587",
    "to_prevention": "Jak chronić się przed wirusami",
    "real": "Czy ta strona jest prawdziwa?",
    "real_text": "Zapytaj nas. Zadzwoń do {isp} pod numer z rachunku.",
    "real_phone": "Jest to {phone}.",
    "real_promise": "Nigdy nie prosimy o pieniądze ani o hasła. Na tej stronie nie ma nic do pobrania.",
    "help": "Potrzebujesz pomocy?",
    "help_text": "Zadzwoń do {isp}. Numer jest na rachunku.",
    # after a button
    "waiting": "Dziękujemy. Teraz już wiesz",
    "waiting_lead": "Urządzenie nadal nie może wysyłać poczty. Wszystko inne działa. Oczyść je w trzech krokach.",
    "reported": "Dziękujemy za oczyszczenie urządzenia",
    "reported_lead": "Poczta włączy się sama {wait}, jeśli do tego czasu będzie spokój. Nic więcej nie trzeba robić.",
    # the garden
    "garden": "Oczyść urządzenie, a internet wróci",
    "garden_lead": "Wciąż próbuje ono wysyłać spam. To raczej nie Twoja wina.",
    "garden_closed": "Zadzwoń, a pomożemy",
    "garden_closed_lead": "Urządzenie miało być czyste, ale wciąż próbuje wysyłać spam. "
    "Teraz internet może włączyć tylko obsługa {isp}.",
    # mail is open
    "released": "Poczta znów działa",
    "released_lead": "Urządzenie jest już spokojne od dłuższego czasu. Dzięki trzem nawykom pozostanie czyste:",
    "clear": "Nie zauważyliśmy nic złego",
    "clear_lead": "To urządzenie może wysyłać pocztę jak zwykle. Trzy dobre nawyki chronią przed wirusami:",
    # requests to the provider
    "mail_server": "Masz własny serwer pocztowy?",
    "mail_server_lead": "Serwer, który pisze do wielu osób, może wyglądać na źródło spamu. "
    "Obsługa {isp} może go odblokować.",
    "mail_server_text": "Po naciśnięciu przycisku pojawi się numer. Podaj go obsłudze {isp}. "
    "Poczta jest zatrzymana, dopóki nie dostaniesz odpowiedzi.",
    "mail_server_button": "Tak, to mój serwer pocztowy",
    "mail_server_sent": "Teraz zadzwoń do {isp}",
    "mail_server_sent_lead": "Podaj ten numer, a będzie wiadomo, o co chodzi:",
    "mail_server_sent_text": "Do czasu odpowiedzi od {isp} poczta jest zatrzymana.",
    "not_mine": "To nie Twoje urządzenie?",
    "not_mine_lead": "Ta strona dotyczy urządzenia, z którego teraz korzystasz.",
    "not_mine_text": "Jeśli należy do gościa, pokaż mu tę stronę. Jeśli nikt go nie zna, zmień hasło do Wi-Fi.",
    "not_mine_button": "To nie moje urządzenie",
    "not_mine_sent": "Dziękujemy, zapisaliśmy to",
    "not_mine_sent_lead": "Poczta z urządzenia jest nadal zatrzymana. "
    "W razie wątpliwości zadzwoń do {isp} i podaj ten numer:",
    "not_mine_sent_text": "Jeśli nikt nie zna urządzenia, zmień hasło do Wi-Fi.",
    # always there
    "prevention": "Jak chronić się przed wirusami",
    "prevention_lead": "W większości domów wystarczy pięć nawyków. Żaden nic nie kosztuje.",
    "tips": (
        ("Włącz automatyczne aktualizacje.", "Usuwają większość luk, zanim ktoś je znajdzie."),
        ("Wszędzie używaj innego hasła.", "Pomaga menedżer haseł. Gdzie się da, włącz logowanie dwuetapowe."),
        ("Poczekaj, zanim klikniesz.", "Otwieraj tylko oczekiwane pliki i linki. Pobieraj z oficjalnych sklepów."),
        ("Zmień hasła ustawione fabrycznie.", "W routerze, kamerach, serwerze NAS i wszystkim innym w Twojej sieci."),
        ("Miej kopię tego, co ważne.", "Trzymaj ją na dysku, który potem odłączasz."),
    ),
    "clean": "Czy urządzenie ma wirusa?",
    "clean_text": "Wybierz urządzenie, a zobaczysz trzy kroki. Narzędzia są darmowe i pochodzą od producenta.",
    "mail": "Przenieś pocztę na port 587",
    "mail_lead": "Port 25 jest dla serwerów, a spam często go używa. Programy pocztowe powinny używać portu 587.",
    "settings": "Co należy wpisać",
    "settings_list": (
        ("Serwer poczty wychodzącej (SMTP)", "ta sama nazwa co teraz"),
        ("Port", "587"),
        ("Szyfrowanie", "STARTTLS"),
        ("Uwierzytelnianie", "„Mój serwer wychodzący (SMTP) wymaga uwierzytelnienia”, zwykłe hasło"),
        ("Nazwa użytkownika i hasło", "jak dla poczty przychodzącej"),
    ),
    "programs": "Gdzie to znaleźć",
    "programs_list": (
        ("Outlook", "Plik › Ustawienia kont › Ustawienia serwera › Poczta wychodząca"),
        ("Apple Mail", "Mail › Ustawienia › Konta › Ustawienia serwera › Serwer poczty wychodzącej (SMTP)"),
        ("Thunderbird", "Ustawienia konta › Serwer poczty wychodzącej › Edytuj"),
    ),
    # something else
    "unavailable": "Strona będzie gotowa za chwilę",
    "unavailable_lead": "Router właśnie się uruchamia. Odczekaj pół minuty i spróbuj ponownie.",
    "missing": "Tu nie ma żadnej strony",
    "missing_lead": "Na tym routerze nie ma takiego adresu.",
    "expired": "Naciśnij przycisk jeszcze raz",
    "expired_lead": "Strona była zbyt stara, więc nic się nie stało.",
    "back": "Wstecz",
    "home": "Otwórz stronę ponownie",
}

KINDS = {
    "windows": "PC z Windows",
    "mac": "Mac",
    "android": "Android",
    "ios": "iPhone lub iPad",
    "linux": "Linux",
    "nas": "NAS",
    "thing": "Kamera, telewizor i inne",
}

_MAIL_PASSWORD = ("Zmień hasło do poczty.", "Zrób to na innym urządzeniu.")

STEPS = {
    "windows": (
        ("Przeskanuj komputer.", "Otwórz Zabezpieczenia Windows. W Opcjach skanowania uruchom skanowanie offline."),
        ("Zainstaluj aktualizacje.", "Są w Ustawieniach, w części Windows Update. Usuń nieznane programy."),
        _MAIL_PASSWORD,
    ),
    "mac": (
        ("Zaktualizuj macOS.", "W Ustawieniach systemowych wybierz Ogólne. Mac sam usunie wtedy znane wirusy."),
        ("Usuń nieznane aplikacje.", "Zajrzyj do folderu Aplikacje. Opróżnij Kosz i uruchom Maca ponownie."),
        _MAIL_PASSWORD,
    ),
    "android": (
        ("Przeskanuj z Play Protect.", "Otwórz Sklep Play i dotknij swojego zdjęcia. Wybierz Play Protect."),
        ("Usuń nieznane aplikacje.", "Potem zainstaluj wszystkie aktualizacje w Ustawieniach."),
        _MAIL_PASSWORD,
    ),
    "ios": (
        ("Zainstaluj najnowszą aktualizację.", "Jest w Ustawieniach, w części Ogólne. Potem uruchom ponownie."),
        ("Usuń nieznane aplikacje i profile.", "Profile są w części Ogólne, pod VPN."),
        _MAIL_PASSWORD,
    ),
    "linux": (
        ("Przeskanuj programem ClamAV.", "Jest darmowy i jest w pakietach systemu."),
        ("Zainstaluj aktualizacje.", "Usuń nieznane konta, zadania cron i klucze SSH."),
        ("Zmień hasła do poczty i SSH.", "Zrób to na innym urządzeniu."),
    ),
    "nas": (
        ("Przeskanuj serwer NAS.", "Synology: Security Advisor. QNAP: Malware Remover. Są darmowe."),
        ("Zaktualizuj go i zamknij.", "Wyłącz dostęp z zewnątrz. Usuń nieznane konta."),
        ("Zmień jego hasło.", "Zrób to na innym urządzeniu."),
    ),
    "thing": (
        ("Przywróć ustawienia fabryczne.", "Instrukcja pokazuje, jak to zrobić."),
        ("Zaktualizuj urządzenie.", "Jeśli nie ma aktualizacji, wyłącz je."),
        ("Ustaw nowe hasło.", "Zrób to z innego urządzenia."),
    ),
    "other": (
        ("Usuń wirusy.", "Użyj skanera dostarczonego z urządzeniem. Jest darmowy."),
        ("Zainstaluj aktualizacje.", "Usuń nieznane programy."),
        _MAIL_PASSWORD,
    ),
}

FORMS = {
    "times": ("raz", "{} razy", "{} razy"),
    "servers": ("jednym serwerem", "{} serwerami", "{} serwerami"),
    "ago_minute": ("minutę temu", "{} minuty temu", "{} minut temu"),
    "ago_hour": ("godzinę temu", "{} godziny temu", "{} godzin temu"),
    "ago_day": ("dzień temu", "{} dni temu", "{} dni temu"),
    "within_second": ("w jedną sekundę", "w {} sekundy", "w {} sekund"),
    "within_minute": ("w jedną minutę", "w {} minuty", "w {} minut"),
    "within_hour": ("w jedną godzinę", "w {} godziny", "w {} godzin"),
    "within_day": ("w jeden dzień", "w {} dni", "w {} dni"),
    "wait_minute": ("za minutę", "za {} minuty", "za {} minut"),
    "wait_hour": ("za godzinę", "za {} godziny", "za {} godzin"),
    "wait_day": ("za dzień", "za {} dni", "za {} dni"),
    "hold_hour": ("przez godzinę", "przez {} godziny", "przez {} godzin"),
}


def plural(number: int) -> int:
    """One; 2 to 4, 22 to 24 and so on, but not 12 to 14; all others."""
    if number == 1:
        return 0
    return 1 if 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14 else 2
