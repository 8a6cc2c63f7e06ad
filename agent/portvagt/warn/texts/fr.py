"""French. A no-break space stands before ? and : and inside « », so that no line begins with them."""

TEXT = {
    "language": "Langue",
    "more": "En savoir plus sur la sécurité",
    "your_provider": "votre fournisseur d’accès",
    # the device is stopped, and nobody has read it yet
    "stopped": "Nous avons bloqué les mails de cet appareil",
    "stopped_lead": "Il semble envoyer du spam à votre insu. Ce n’est sans doute pas votre faute.",
    "device": "Appareil",
    "this_device": "Celui que vous utilisez.",
    "named": "{name} – celui que vous utilisez.",
    "mac": "Son adresse MAC finit par {tail}.",
    "random_mac": "Son adresse MAC, aléatoire, finit par {tail}.",
    "seen": "Constaté",
    "sighting": "{ago}, il a tenté {times} {within}. Il a utilisé {servers} pour la première fois.",
    "ordered": "La box a bloqué ses mails {ago}.",
    "ago_moment": "il y a un instant",
    "within_moment": "en moins d’une seconde",
    "wait_moment": "dans un instant",
    "works": "Fonctionne",
    "works_text": "Internet, télé et lecture des mails. Seul l’envoi est bloqué.",
    "works_usual": "Internet, télé et mails par votre service habituel.",
    "works_gate": "Le bouton ouvre Internet. Seul l’envoi de mails est bloqué.",
    "works_garden": "Seules les pages qui vous aident à le nettoyer.",
    "steps": "Trois choses à faire",
    "choose_kind": "De quel appareil s’agit-il\u00a0?",
    "another_kind": "Est-ce un autre type d’appareil\u00a0?",
    "acknowledge": "J’ai lu cette page",
    "cleaned": "J’ai nettoyé l’appareil",
    "again": "Quand pourrai-je de nouveau envoyer\u00a0?",
    "again_read": "Cela se fait tout seul, s’il n’envoie aucun spam {hold}. "
    "Le bouton ne débloque pas l’envoi. Il dit juste que vous avez vu cette page.",
    "again_gate": "Le bouton ouvre Internet. L’envoi revient tout seul, s’il n’y a aucun spam {hold}.",
    "again_wait": "Cela se fait tout seul {wait}, si l’appareil reste calme. "
    "Le bouton nous prévient. Il ne débloque pas l’envoi.",
    "again_garden": "Le bouton ouvre de nouveau Internet. L’envoi revient tout seul, s’il n’y a aucun spam {hold}.",
    "choices": "Ce n’est pas cela\u00a0?",
    "to_mail_server": "C’est mon propre serveur de mail",
    "to_not_mine": "Ce n’est pas mon appareil",
    "to_mail": "Passer mes mails au port 587",
    "to_prevention": "Éviter les virus",
    "real": "Cette page est-elle vraie\u00a0?",
    "real_text": "Demandez-nous. Appelez {isp} au numéro de votre facture.",
    "real_phone": "C’est le {phone}.",
    "real_promise": "Nous ne demandons jamais d’argent ni de mot de passe. Il n’y a rien à télécharger ici.",
    "help": "Besoin d’aide\u00a0?",
    "help_text": "Appelez {isp}. Le numéro est sur votre facture.",
    # after a button
    "waiting": "Merci, vous voilà au courant",
    "waiting_lead": "L’appareil ne peut pas encore envoyer de mails. Le reste marche. Nettoyez-le en trois étapes.",
    "reported": "Merci de l’avoir nettoyé",
    "reported_lead": "L’envoi revient tout seul {wait}, si l’appareil reste calme. Il n’y a rien d’autre à faire.",
    # the garden
    "garden": "Nettoyez-le, et Internet revient",
    "garden_lead": "Il essaie encore d’envoyer du spam. Ce n’est sans doute pas votre faute.",
    "garden_closed": "Appelez-nous, nous vous aidons",
    "garden_closed_lead": "Vous l’avez dit propre, mais il essaie encore. Seul un appel à {isp} peut ouvrir Internet.",
    # mail is open
    "released": "L’envoi de mails est rétabli",
    "released_lead": "L’appareil est resté calme assez longtemps. Trois bons réflexes le gardent propre\u00a0:",
    "clear": "Nous n’avons rien vu d’anormal",
    "clear_lead": "Cet appareil peut envoyer des mails. Trois bons réflexes tiennent les virus à distance\u00a0:",
    # requests to the provider
    "mail_server": "Avez-vous un serveur de mail\u00a0?",
    "mail_server_lead": "Un serveur qui écrit à beaucoup de gens peut passer pour du spam. Alors {isp} peut l’ouvrir.",
    "mail_server_text": "Le bouton vous donne un numéro à dire à {isp}. L’envoi reste bloqué jusqu’à leur réponse.",
    "mail_server_button": "Oui, c’est mon serveur de mail",
    "mail_server_sent": "Appelez maintenant {isp}",
    "mail_server_sent_lead": "Dites ce numéro, et ils verront de quoi il s’agit\u00a0:",
    "mail_server_sent_text": "L’envoi reste bloqué tant que {isp} n’a pas répondu.",
    "not_mine": "Ce n’est pas votre appareil\u00a0?",
    "not_mine_lead": "Cette page parle de l’appareil que vous utilisez.",
    "not_mine_text": "À un invité\u00a0? Montrez-lui cette page. Si personne ne le connaît, changez le code du wifi.",
    "not_mine_button": "Il n’est pas à moi",
    "not_mine_sent": "Merci, c’est noté",
    "not_mine_sent_lead": "L’appareil reste bloqué. En cas de doute, appelez {isp} et dites ce numéro\u00a0:",
    "not_mine_sent_text": "Si personne ne le connaît, changez le code du wifi.",
    # always there
    "prevention": "Comment éviter les virus",
    "prevention_lead": "Cinq réflexes suffisent presque partout. Aucun ne coûte rien.",
    "tips": (
        ("Activez les mises à jour automatiques.", "Elles ferment la plupart des failles à temps."),
        ("Prenez partout un autre mot de passe.", "Un gestionnaire aide. Activez la connexion en deux étapes."),
        ("Attendez avant de cliquer.", "N’ouvrez que ce que vous attendez. Prenez les applis dans leur boutique."),
        ("Changez les mots de passe d’origine.", "Box, caméras, NAS et tout ce qui est sur votre réseau."),
        ("Gardez une copie de ce qui compte.", "Mettez-la sur un disque que vous débranchez ensuite."),
    ),
    "clean": "Un appareil est-il infecté\u00a0?",
    "clean_text": "Choisissez l’appareil pour voir trois étapes. Les outils sont gratuits et viennent de sa marque.",
    "mail": "Passer vos mails au port 587",
    "mail_lead": "Le port 25 est fait pour les serveurs, et le spam s’en sert. Votre logiciel doit prendre le 587.",
    "settings": "Ce qu’il faut y lire",
    "settings_list": (
        ("Serveur sortant (SMTP)", "le même nom que maintenant"),
        ("Port", "587"),
        ("Chiffrement", "STARTTLS"),
        (
            "Authentification",
            "«\u00a0Mon serveur sortant (SMTP) requiert une authentification\u00a0», mot de passe normal",
        ),
        ("Nom d’utilisateur et mot de passe", "comme pour le courrier entrant"),
    ),
    "programs": "Où le trouver",
    "programs_list": (
        ("Outlook", "Fichier › Paramètres du compte › Paramètres du serveur › Courrier sortant"),
        ("Apple Mail", "Mail › Réglages › Comptes › Réglages du serveur › Serveur d’envoi (SMTP)"),
        ("Thunderbird", "Paramètres des comptes › Serveurs sortants › Modifier"),
    ),
    # something else
    "unavailable": "Cette page sera bientôt prête",
    "unavailable_lead": "Votre box démarre. Attendez un peu, puis essayez encore.",
    "missing": "Il n’y a pas de page ici",
    "missing_lead": "Votre box ne connaît pas cette adresse.",
    "expired": "Appuyez encore sur le bouton",
    "expired_lead": "La page était trop vieille, il ne s’est rien passé.",
    "back": "Retour",
    "home": "Rouvrir la page",
}

KINDS = {
    "windows": "PC Windows",
    "mac": "Mac",
    "android": "Android",
    "ios": "iPhone ou iPad",
    "linux": "Linux",
    "nas": "NAS",
    "thing": "Caméra, télé et autres",
}

_ELSEWHERE = "Faites-le sur un autre appareil."
_MAIL_PASSWORD = ("Changez votre mot de passe mail.", _ELSEWHERE)

STEPS = {
    "windows": (
        ("Analysez le PC.", "Ouvrez Sécurité Windows. Dans Options d’analyse, lancez une analyse hors ligne."),
        ("Faites toutes les mises à jour.", "Dans Paramètres, Windows Update. Supprimez les programmes inconnus."),
        _MAIL_PASSWORD,
    ),
    "mac": (
        ("Mettez macOS à jour.", "Voyez Réglages Système, Général. Ensuite le Mac retire lui-même les virus connus."),
        ("Supprimez les apps inconnues.", "Voyez le dossier Applications. Videz la corbeille et redémarrez."),
        _MAIL_PASSWORD,
    ),
    "android": (
        ("Analysez avec Play Protect.", "Ouvrez le Play Store et touchez votre photo. Choisissez Play Protect."),
        ("Supprimez les applis inconnues.", "Faites ensuite toutes les mises à jour."),
        _MAIL_PASSWORD,
    ),
    "ios": (
        ("Faites la dernière mise à jour.", "Voyez Réglages, Général. Redémarrez ensuite."),
        ("Supprimez les apps et profils inconnus.", "Les profils sont dans Général, puis VPN."),
        _MAIL_PASSWORD,
    ),
    "linux": (
        ("Analysez avec ClamAV.", "Il est gratuit, parmi les paquets du système."),
        ("Faites toutes les mises à jour.", "Supprimez les comptes, tâches cron et clés SSH inconnus."),
        ("Changez les mots de passe mail et SSH.", _ELSEWHERE),
    ),
    "nas": (
        ("Analysez le NAS.", "Synology\u00a0: Security Advisor. QNAP\u00a0: Malware Remover. Ils sont gratuits."),
        ("Mettez-le à jour et fermez-le.", "Coupez l’accès de l’extérieur. Supprimez les comptes inconnus."),
        ("Changez son mot de passe.", _ELSEWHERE),
    ),
    "thing": (
        ("Remettez-le à zéro.", "La notice dit comment."),
        ("Mettez-le à jour.", "S’il n’y a pas de mise à jour, éteignez-le."),
        ("Donnez-lui un nouveau mot de passe.", _ELSEWHERE),
    ),
    "other": (
        ("Supprimez les virus.", "Prenez l’antivirus fourni avec l’appareil. Il est gratuit."),
        ("Faites toutes les mises à jour.", "Supprimez les programmes inconnus."),
        _MAIL_PASSWORD,
    ),
}

FORMS = {
    "times": ("un envoi", "{} envois"),
    "servers": ("un serveur", "{} serveurs"),
    "ago_minute": ("il y a une minute", "il y a {} minutes"),
    "ago_hour": ("il y a une heure", "il y a {} heures"),
    "ago_day": ("il y a un jour", "il y a {} jours"),
    "within_second": ("en une seconde", "en {} secondes"),
    "within_minute": ("en une minute", "en {} minutes"),
    "within_hour": ("en une heure", "en {} heures"),
    "within_day": ("en un jour", "en {} jours"),
    "wait_minute": ("dans une minute", "dans {} minutes"),
    "wait_hour": ("dans une heure", "dans {} heures"),
    "wait_day": ("dans un jour", "dans {} jours"),
    "hold_hour": ("pendant une heure", "pendant {} heures"),
}


def plural(number: int) -> int:
    """One, and all others. CLDR has 0 with one, but no text here ever says 0."""
    return 0 if number == 1 else 1
