"""English. Short sentences and common words, for readers whose first language it may not be."""

TEXT = {
    "language": "Language",
    "more": "More about safety",
    "your_provider": "your internet provider",
    # the device is stopped, and nobody has read it yet
    "stopped": "We have stopped mail from this device",
    "stopped_lead": "It seems to be sending spam without your knowledge. It is probably not your fault.",
    "device": "Device",
    "this_device": "The one you are using now.",
    "named": "{name} – the one you are using now.",
    "mac": "Its MAC address ends in {tail}.",
    "random_mac": "Its MAC address is random and ends in {tail}.",
    "seen": "Seen",
    "sighting": "{ago} it tried to send mail {times} {within}. It used {servers} for the first time.",
    "ordered": "The router stopped its mail {ago}.",
    "ago_moment": "a moment ago",
    "within_moment": "in less than a second",
    "wait_moment": "in a moment",
    "works": "Works",
    "works_text": "The web, TV and reading mail. Only sending mail is stopped.",
    "works_usual": "The web, TV and mail through your usual provider.",
    "works_gate": "The web opens when you press the button. Only sending mail is stopped.",
    "works_garden": "Only pages that help you clean it.",
    "steps": "Do three things",
    "choose_kind": "What kind of device is it?",
    "another_kind": "Is it another kind of device?",
    "acknowledge": "I have read this",
    "cleaned": "I have cleaned it",
    "again": "When does mail open again?",
    "again_read": "That happens by itself, once it has sent no spam {hold}. "
    "The button does not open mail again. It only says that you have seen this page.",
    "again_gate": "The button opens the web. Mail opens by itself, once it has sent no spam {hold}.",
    "again_wait": "That happens by itself {wait}, if it stays quiet until then. "
    "The button lets us know. It does not open mail.",
    "again_garden": "The button opens the web again. Mail opens by itself, once it has sent no spam {hold}.",
    "choices": "Does this not fit?",
    "to_mail_server": "It is my own mail server",
    "to_not_mine": "It is not my device",
    "to_mail": "Move my mail to port 587",
    "to_prevention": "Keep viruses out",
    "real": "Is this page real?",
    "real_text": "Ask us. Call {isp} on the number on your bill.",
    "real_phone": "It says {phone}.",
    "real_promise": "We never ask for money or passwords. There is nothing to download on this page.",
    "help": "Do you need help?",
    "help_text": "Call {isp}. The number is on your bill.",
    # after a button
    "waiting": "Thank you. Now you know",
    "waiting_lead": "The device still can’t send mail. Everything else works. Clean it in three steps.",
    "reported": "Thank you for cleaning it",
    "reported_lead": "Mail opens by itself {wait}, if it stays quiet until then. There is no more to do.",
    # the garden
    "garden": "Clean it, and the web opens",
    "garden_lead": "It keeps trying to send spam. It is probably not your fault.",
    "garden_closed": "Call us, and we will help",
    "garden_closed_lead": "You said that it is clean, but it still tries. Now only {isp} can open the web.",
    # mail is open
    "released": "Mail is open again",
    "released_lead": "The device has been quiet for long enough. Three good habits keep it clean:",
    "clear": "We have seen nothing wrong",
    "clear_lead": "This device can send mail as usual. Three good habits keep viruses out:",
    # requests to the provider
    "mail_server": "Do you run a mail server?",
    "mail_server_lead": "A server that mails to many people can look like spam. Then {isp} can open it.",
    "mail_server_text": "The button gives you a number to tell {isp}. Mail stays stopped until they answer.",
    "mail_server_button": "Yes, it is my mail server",
    "mail_server_sent": "Now call {isp}",
    "mail_server_sent_lead": "Tell them this number, and they can see what it is about:",
    "mail_server_sent_text": "Mail stays stopped until {isp} answers.",
    "not_mine": "Is it not your device?",
    "not_mine_lead": "This page is about the device that you are using now.",
    "not_mine_text": "Is it a guest’s? Then show them this page. If nobody knows it, change your Wi-Fi password.",
    "not_mine_button": "It is not mine",
    "not_mine_sent": "Thank you, we have noted it",
    "not_mine_sent_lead": "The device is still stopped. If you are in doubt, call {isp} and tell them this number:",
    "not_mine_sent_text": "If nobody knows the device, change your Wi-Fi password.",
    # always there
    "prevention": "How to keep viruses out",
    "prevention_lead": "Five habits are enough in most homes. None of them costs anything.",
    "tips": (
        ("Turn on automatic updates.", "They close most holes before anyone finds them."),
        ("Use a different password everywhere.", "A password manager helps. Turn on two-step login where you can."),
        ("Wait before you click.", "Open only files and links you expect. Get apps only from the official stores."),
        ("Change the passwords that things came with.", "On the router, cameras, a NAS and all else on your network."),
        ("Keep a copy of what matters.", "Store it on a drive that you unplug afterwards."),
    ),
    "clean": "Does a device have a virus?",
    "clean_text": "Choose the device to see three steps. The tools are free and come from its maker.",
    "mail": "Move your mail to port 587",
    "mail_lead": "Port 25 is for mail servers, and spam often uses it. Your mail program should use port 587.",
    "settings": "What it should say",
    "settings_list": (
        ("Outgoing server (SMTP)", "the same name as now"),
        ("Port", "587"),
        ("Encryption", "STARTTLS"),
        ("Authentication", "“My outgoing server (SMTP) requires authentication”, normal password"),
        ("User name and password", "as for incoming mail"),
    ),
    "programs": "Where to find it",
    "programs_list": (
        ("Outlook", "File › Account Settings › Server Settings › Outgoing mail"),
        ("Apple Mail", "Mail › Settings › Accounts › Server Settings › Outgoing Mail Server (SMTP)"),
        ("Thunderbird", "Account Settings › Outgoing Server (SMTP) › Edit"),
    ),
    # something else
    "unavailable": "This page will be ready soon",
    "unavailable_lead": "Your router is starting. Wait half a minute, then try again.",
    "missing": "There is no page here",
    "missing_lead": "Your router has no such address.",
    "expired": "Try the button again",
    "expired_lead": "The page was too old, so nothing has happened.",
    "back": "Back",
    "home": "Open the page again",
}

KINDS = {
    "windows": "Windows PC",
    "mac": "Mac",
    "android": "Android",
    "ios": "iPhone or iPad",
    "linux": "Linux",
    "nas": "NAS",
    "thing": "Camera, TV and others",
}

_MAIL_PASSWORD = ("Change your mail password.", "Do it on another device.")

STEPS = {
    "windows": (
        ("Scan the PC.", "Open Windows Security. Under Scan options, run an offline scan."),
        ("Install all updates.", "They are in Settings, under Windows Update. Delete programs you don’t know."),
        _MAIL_PASSWORD,
    ),
    "mac": (
        ("Update macOS.", "Look in System Settings, under General. Then your Mac removes known viruses itself."),
        ("Delete apps you don’t know.", "Look in the Applications folder. Empty the Bin, then restart."),
        _MAIL_PASSWORD,
    ),
    "android": (
        ("Scan with Play Protect.", "Open the Play Store and tap your picture. Choose Play Protect."),
        ("Delete apps you don’t know.", "Then install all updates in Settings."),
        _MAIL_PASSWORD,
    ),
    "ios": (
        ("Install the latest update.", "Look in Settings, under General. Restart afterwards."),
        ("Delete apps and profiles you don’t know.", "Profiles are under General and VPN."),
        _MAIL_PASSWORD,
    ),
    "linux": (
        ("Scan with ClamAV.", "It is free and among the system’s packages."),
        ("Install all updates.", "Delete users, cron jobs and SSH keys you don’t know."),
        ("Change the passwords for mail and SSH.", "Do it on another device."),
    ),
    "nas": (
        ("Scan the NAS.", "Synology: Security Advisor. QNAP: Malware Remover. They are free."),
        ("Update it, and close its doors.", "Turn off access from outside. Delete users you don’t know."),
        ("Change its password.", "Do it on another device."),
    ),
    "thing": (
        ("Reset it.", "The manual shows how."),
        ("Update it.", "If there is no update, switch it off."),
        ("Give it a new password.", "Do it from another device."),
    ),
    "other": (
        ("Remove viruses.", "Use the scanner that came with the device. It is free."),
        ("Install all updates.", "Delete programs you don’t know."),
        _MAIL_PASSWORD,
    ),
}

FORMS = {
    "times": ("once", "{} times"),
    "servers": ("a server", "{} servers"),
    "ago_minute": ("a minute ago", "{} minutes ago"),
    "ago_hour": ("an hour ago", "{} hours ago"),
    "ago_day": ("a day ago", "{} days ago"),
    "within_second": ("in one second", "in {} seconds"),
    "within_minute": ("in one minute", "in {} minutes"),
    "within_hour": ("in one hour", "in {} hours"),
    "within_day": ("in one day", "in {} days"),
    "wait_minute": ("in a minute", "in {} minutes"),
    "wait_hour": ("in an hour", "in {} hours"),
    "wait_day": ("in a day", "in {} days"),
    "hold_hour": ("for an hour", "for {} hours"),
}


def plural(number: int) -> int:
    """One, and all others."""
    return 0 if number == 1 else 1
