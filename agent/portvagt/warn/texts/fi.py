"""Finnish. Every text has {isp} in the nominative, because nobody can inflect a name that is not known yet."""

TEXT = {
    "language": "Kieli",
    "more": "Lisää turvallisuudesta",
    "your_provider": "nettioperaattorisi",
    # the device is stopped, and nobody has read it yet
    "stopped": "Olemme pysäyttäneet postin tästä laitteesta",
    "stopped_lead": "Se näyttää lähettävän roskapostia tietämättäsi. Se tuskin on sinun syysi.",
    "device": "Laite",
    "this_device": "Se, jota käytät nyt.",
    "named": "{name} – se, jota käytät nyt.",
    "mac": "Sen MAC-osoitteen loppu on {tail}.",
    "random_mac": "Sen MAC-osoite on satunnainen, ja sen loppu on {tail}.",
    "seen": "Havainto",
    "sighting": "{ago} se yritti lähettää sähköpostia {times} {within}. Se käytti {servers} ensimmäistä kertaa.",
    "ordered": "Reititin pysäytti sen postin {ago}.",
    "ago_moment": "hetki sitten",
    "within_moment": "alle sekunnissa",
    "wait_moment": "hetken kuluttua",
    "works": "Toimii",
    "works_text": "Netti, tv ja sähköpostin luku. Vain postin lähetys on pysäytetty.",
    "works_usual": "Netti, tv ja sähköposti tavallisen palvelusi kautta.",
    "works_gate": "Netti avautuu, kun painat nappia. Vain postin lähetys on pysäytetty.",
    "works_garden": "Vain sivut, jotka auttavat puhdistamaan sen.",
    "steps": "Tee kolme asiaa",
    "choose_kind": "Millainen laite se on?",
    "another_kind": "Onko se toisenlainen laite?",
    "acknowledge": "Olen lukenut tämän",
    "cleaned": "Olen puhdistanut sen",
    "again": "Milloin voin taas lähettää?",
    "again_read": "Se tapahtuu itsestään, kun laite ei ole lähettänyt roskapostia {hold}. "
    "Nappi ei avaa postia. Se kertoo vain, että olet nähnyt sivun.",
    "again_gate": "Nappi avaa netin. Posti avautuu itsestään, kun laite ei ole lähettänyt roskapostia {hold}.",
    "again_wait": "Se tapahtuu itsestään {wait}, jos laite pysyy hiljaa. Nappi kertoo meille. Se ei avaa postia.",
    "again_garden": "Nappi avaa netin taas. Posti avautuu itsestään, kun laite ei ole lähettänyt roskapostia {hold}.",
    "choices": "Eikö tämä täsmää?",
    "to_mail_server": "Se on oma sähköpostipalvelimeni",
    "to_not_mine": "Se ei ole minun laitteeni",
    "to_mail": "Siirrä posti porttiin 587",
    "to_prevention": "Pidä virukset poissa",
    "real": "Onko tämä sivu aito?",
    "real_text": "Kysy meiltä. Soita numeroon, joka on laskussasi. Siellä vastaa {isp}.",
    "real_phone": "Numero on {phone}.",
    "real_promise": "Emme koskaan pyydä rahaa tai salasanoja. Tältä sivulta ei tarvitse ladata mitään.",
    "help": "Tarvitsetko apua?",
    "help_text": "Soita numeroon, joka on laskussasi. Siellä vastaa {isp}.",
    # after a button
    "waiting": "Kiitos. Nyt tiedät asiasta",
    "waiting_lead": "Laite ei vieläkään voi lähettää postia. Kaikki muu toimii. Puhdista se kolmessa vaiheessa.",
    "reported": "Kiitos, että puhdistit sen",
    "reported_lead": "Posti avautuu itsestään {wait}, jos laite pysyy hiljaa. Muuta ei tarvitse tehdä.",
    # the garden
    "garden": "Puhdista laite, niin netti avautuu",
    "garden_lead": "Se yrittää yhä lähettää roskapostia. Se tuskin on sinun syysi.",
    "garden_closed": "Soita meille, niin autamme",
    "garden_closed_lead": "Ilmoitit laitteen puhtaaksi, mutta se yrittää yhä. Nyt vain {isp} voi avata netin.",
    # mail is open
    "released": "Posti on taas auki",
    "released_lead": "Laite on ollut hiljaa tarpeeksi kauan. Kolme hyvää tapaa pitää sen puhtaana:",
    "clear": "Emme ole nähneet mitään vikaa",
    "clear_lead": "Tämä laite voi lähettää postia kuten ennen. Kolme hyvää tapaa pitää virukset poissa:",
    # requests to the provider
    "mail_server": "Onko sinulla oma sähköpostipalvelin?",
    "mail_server_lead": "Palvelin, joka postittaa monille, voi näyttää roskapostilta. Silloin {isp} voi avata sen.",
    "mail_server_text": "Napista saat numeron, jota {isp} kysyy. Posti on pysäytetty, kunnes saat vastauksen.",
    "mail_server_button": "Kyllä, se on palvelimeni",
    "mail_server_sent": "Soita nyt, niin {isp} auttaa",
    "mail_server_sent_lead": "Kerro tämä numero, niin he näkevät, mistä on kyse:",
    "mail_server_sent_text": "Posti on pysäytetty, kunnes {isp} vastaa.",
    "not_mine": "Eikö se ole sinun laitteesi?",
    "not_mine_lead": "Tämä sivu koskee laitetta, jota käytät juuri nyt.",
    "not_mine_text": "Onko se vieraan? Näytä hänelle tämä sivu. Jos kukaan ei tunne sitä, vaihda wifin salasana.",
    "not_mine_button": "Se ei ole minun",
    "not_mine_sent": "Kiitos, asia on kirjattu",
    "not_mine_sent_lead": "Laite on yhä pysäytetty. Jos et ole varma, soita. Silloin {isp} kysyy tätä numeroa:",
    "not_mine_sent_text": "Jos kukaan ei tunne laitetta, vaihda wifin salasana.",
    # always there
    "prevention": "Näin pidät virukset poissa",
    "prevention_lead": "Viisi tapaa riittää useimmissa kodeissa. Mikään niistä ei maksa mitään.",
    "tips": (
        ("Ota automaattiset päivitykset käyttöön.", "Ne sulkevat useimmat aukot, ennen kuin kukaan löytää ne."),
        ("Käytä joka paikassa eri salasanaa.", "Salasanaohjelma auttaa. Ota kaksivaiheinen kirjautuminen käyttöön."),
        ("Odota, ennen kuin napsautat.", "Avaa vain, mitä odotat. Hae sovelluksia vain virallisista kaupoista."),
        ("Vaihda laitteiden alkuperäiset salasanat.", "Reititin, kamerat, NAS ja kaikki muu verkossasi."),
        ("Ota kopio siitä, mikä on tärkeää.", "Tallenna se levylle, jonka irrotat sen jälkeen."),
    ),
    "clean": "Onko laitteessa virus?",
    "clean_text": "Valitse laite, niin näet kolme vaihetta. Työkalut ovat ilmaisia ja tulevat laitteen valmistajalta.",
    "mail": "Siirrä posti porttiin 587",
    "mail_lead": "Portti 25 on palvelimille, ja roskaposti käyttää sitä usein. Postiohjelmasi porttina tulee olla 587.",
    "settings": "Näin siinä pitää lukea",
    "settings_list": (
        ("Lähtevän postin palvelin (SMTP)", "sama nimi kuin nyt"),
        ("Portti", "587"),
        ("Salaus", "STARTTLS"),
        ("Todennus", "”Lähtevän postin palvelin (SMTP) vaatii todennuksen”, normaali salasana"),
        ("Käyttäjänimi ja salasana", "kuten saapuvassa postissa"),
    ),
    "programs": "Mistä sen löytää",
    "programs_list": (
        ("Outlook", "Tiedosto › Tilin asetukset › Palvelinasetukset › Lähtevä posti"),
        ("Apple Mail", "Mail › Asetukset › Tilit › Palvelinasetukset › Lähtevän postin palvelin (SMTP)"),
        ("Thunderbird", "Tilien asetukset › Lähtevän postin palvelin › Muokkaa"),
    ),
    # something else
    "unavailable": "Tämä sivu on pian valmis",
    "unavailable_lead": "Reitittimesi käynnistyy. Odota puoli minuuttia ja yritä sitten uudelleen.",
    "missing": "Täällä ei ole sivua",
    "missing_lead": "Reitittimessäsi ei ole tällaista osoitetta.",
    "expired": "Paina nappia uudelleen",
    "expired_lead": "Sivu oli liian vanha, joten mitään ei tapahtunut.",
    "back": "Takaisin",
    "home": "Avaa sivu uudelleen",
}

KINDS = {
    "windows": "Windows-tietokone",
    "mac": "Mac",
    "android": "Android",
    "ios": "iPhone tai iPad",
    "linux": "Linux",
    "nas": "NAS",
    "thing": "Kamera, tv ja muut",
}

_MAIL_PASSWORD = ("Vaihda sähköpostisi salasana.", "Tee se toisella laitteella.")

STEPS = {
    "windows": (
        ("Tarkista tietokone.", "Avaa Windowsin suojaus. Aja Tarkistusasetuksissa offline-tarkistus."),
        ("Asenna kaikki päivitykset.", "Ne ovat Asetuksissa kohdassa Windows Update. Poista oudot ohjelmat."),
        _MAIL_PASSWORD,
    ),
    "mac": (
        ("Päivitä macOS.", "Katso Järjestelmäasetukset ja Yleiset. Sen jälkeen Mac poistaa itse tunnetut virukset."),
        ("Poista oudot sovellukset.", "Katso Ohjelmat-kansioon. Tyhjennä roskakori ja käynnistä uudelleen."),
        _MAIL_PASSWORD,
    ),
    "android": (
        ("Tarkista Play Protectilla.", "Avaa Play Kauppa ja napauta kuvaasi. Valitse Play Protect."),
        ("Poista oudot sovellukset.", "Asenna sitten kaikki päivitykset."),
        _MAIL_PASSWORD,
    ),
    "ios": (
        ("Asenna uusin päivitys.", "Katso Asetukset ja Yleiset. Käynnistä sitten uudelleen."),
        ("Poista oudot sovellukset ja profiilit.", "Profiilit ovat kohdassa Yleiset ja VPN."),
        _MAIL_PASSWORD,
    ),
    "linux": (
        ("Tarkista ClamAV:lla.", "Se on ilmainen ja löytyy järjestelmän paketeista."),
        ("Asenna kaikki päivitykset.", "Poista oudot käyttäjät, cron-ajot ja SSH-avaimet."),
        ("Vaihda sähköpostin ja SSH:n salasanat.", "Tee se toisella laitteella."),
    ),
    "nas": (
        ("Tarkista NAS.", "Synology: Security Advisor. QNAP: Malware Remover. Ne ovat ilmaisia."),
        ("Päivitä se ja sulje se ulkoa.", "Estä pääsy kodin ulkopuolelta. Poista oudot käyttäjät."),
        ("Vaihda sen salasana.", "Tee se toisella laitteella."),
    ),
    "thing": (
        ("Palauta se alkutilaan.", "Ohjekirja näyttää, miten."),
        ("Päivitä se.", "Jos päivitystä ei ole, sammuta se."),
        ("Anna sille uusi salasana.", "Tee se toisella laitteella."),
    ),
    "other": (
        ("Poista virukset.", "Käytä virustutkaa, joka tuli laitteen mukana. Se on ilmainen."),
        ("Asenna kaikki päivitykset.", "Poista oudot ohjelmat."),
        _MAIL_PASSWORD,
    ),
}

FORMS = {
    "times": ("kerran", "{} kertaa"),
    "servers": ("yhtä palvelinta", "{} palvelinta"),
    "ago_minute": ("minuutti sitten", "{} minuuttia sitten"),
    "ago_hour": ("tunti sitten", "{} tuntia sitten"),
    "ago_day": ("päivä sitten", "{} päivää sitten"),
    "within_second": ("yhdessä sekunnissa", "{} sekunnissa"),
    "within_minute": ("yhdessä minuutissa", "{} minuutissa"),
    "within_hour": ("yhdessä tunnissa", "{} tunnissa"),
    "within_day": ("yhdessä päivässä", "{} päivässä"),
    "wait_minute": ("minuutin kuluttua", "{} minuutin kuluttua"),
    "wait_hour": ("tunnin kuluttua", "{} tunnin kuluttua"),
    "wait_day": ("päivän kuluttua", "{} päivän kuluttua"),
    "hold_hour": ("tuntiin", "{} tuntiin"),
}


def plural(number: int) -> int:
    """One, and all others."""
    return 0 if number == 1 else 1
