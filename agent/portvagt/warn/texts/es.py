"""Spanish, as in Spain, where providers say tú."""

TEXT = {
    "language": "Idioma",
    "more": "Más sobre seguridad",
    "your_provider": "tu operador de Internet",
    # the device is stopped, and nobody has read it yet
    "stopped": "Hemos bloqueado el correo de este dispositivo",
    "stopped_lead": "Parece que envía spam sin que lo sepas. Lo más probable es que no sea culpa tuya.",
    "device": "Dispositivo",
    "this_device": "El que usas ahora.",
    "named": "{name} – el que usas ahora.",
    "mac": "Su dirección MAC acaba en {tail}.",
    "random_mac": "Su dirección MAC es aleatoria y acaba en {tail}.",
    "seen": "Visto",
    "sighting": "{ago} intentó enviar correo {times} {within}. Usó {servers} por primera vez.",
    "ordered": "El router bloqueó su correo {ago}.",
    "ago_moment": "hace un momento",
    "within_moment": "en menos de un segundo",
    "wait_moment": "en un momento",
    "works": "Funciona",
    "works_text": "Internet, la tele y leer el correo. Solo está bloqueado el envío.",
    "works_usual": "Internet, la tele y el correo de tu servicio habitual.",
    "works_gate": "El botón abre Internet. Solo está bloqueado el envío de correo.",
    "works_garden": "Solo las páginas que te ayudan a limpiarlo.",
    "steps": "Haz tres cosas",
    "choose_kind": "¿Qué tipo de dispositivo es?",
    "another_kind": "¿Es otro tipo de dispositivo?",
    "acknowledge": "Lo he leído",
    "cleaned": "Lo he limpiado",
    "again": "¿Cuándo puedo volver a enviar?",
    "again_read": "El envío vuelve solo, si no manda spam {hold}. "
    "El botón no abre el correo. Solo dice que has visto esta página.",
    "again_gate": "El botón abre Internet. El correo se abre solo, cuando no haya spam {hold}.",
    "again_wait": "El envío vuelve solo {wait}, si está tranquilo hasta entonces. "
    "El botón nos avisa. No abre el correo.",
    "again_garden": "El botón vuelve a abrir Internet. El correo se abre solo, cuando no haya spam {hold}.",
    "choices": "¿No es tu caso?",
    "to_mail_server": "Es mi propio servidor de correo",
    "to_not_mine": "No es mi dispositivo",
    "to_mail": "Pasar mi correo al puerto 587",
    "to_prevention": "Evitar los virus",
    "real": "¿Es auténtica esta página?",
    "real_text": "Pregúntanos. Llama a {isp} al número de tu factura.",
    "real_phone": "Es el {phone}.",
    "real_promise": "Nunca pedimos dinero ni contraseñas. En esta página no hay nada que descargar.",
    "help": "¿Necesitas ayuda?",
    "help_text": "Llama a {isp}. El número está en tu factura.",
    # after a button
    "waiting": "Gracias. Ahora ya lo sabes",
    "waiting_lead": "El dispositivo aún no puede enviar correo. Todo lo demás funciona. Límpialo en tres pasos.",
    "reported": "Gracias por limpiarlo",
    "reported_lead": "El correo se abre solo {wait}, si está tranquilo hasta entonces. No hay que hacer más.",
    # the garden
    "garden": "Límpialo y vuelve Internet",
    "garden_lead": "Sigue intentando enviar spam. Lo más probable es que no sea culpa tuya.",
    "garden_closed": "Llámanos y te ayudamos",
    "garden_closed_lead": "Has dicho que está limpio, pero lo sigue intentando. Ahora solo {isp} puede abrir Internet.",
    # mail is open
    "released": "El correo vuelve a estar abierto",
    "released_lead": "El dispositivo ha estado tranquilo bastante tiempo. Tres buenos hábitos lo mantienen limpio:",
    "clear": "No hemos visto nada malo",
    "clear_lead": "Este dispositivo puede enviar correo como siempre. Tres buenos hábitos evitan los virus:",
    # requests to the provider
    "mail_server": "¿Tienes un servidor de correo?",
    "mail_server_lead": "Un servidor que escribe a mucha gente puede parecer spam. En ese caso {isp} puede abrirlo.",
    "mail_server_text": "El botón te da un número para {isp}. El correo sigue bloqueado hasta que respondan.",
    "mail_server_button": "Sí, es mi servidor de correo",
    "mail_server_sent": "Llama ahora a {isp}",
    "mail_server_sent_lead": "Diles este número y verán de qué se trata:",
    "mail_server_sent_text": "El correo sigue bloqueado hasta que {isp} responda.",
    "not_mine": "¿No es tu dispositivo?",
    "not_mine_lead": "Esta página habla del dispositivo que usas ahora.",
    "not_mine_text": "¿Es de una visita? Enséñale esta página. Si nadie sabe qué es, cambia la contraseña del wifi.",
    "not_mine_button": "No es mío",
    "not_mine_sent": "Gracias, queda anotado",
    "not_mine_sent_lead": "El dispositivo sigue bloqueado. Si tienes dudas, llama a {isp} y diles este número:",
    "not_mine_sent_text": "Si nadie sabe qué es, cambia la contraseña del wifi.",
    # always there
    "prevention": "Cómo evitar los virus",
    "prevention_lead": "Cinco hábitos bastan en casi todas las casas. Ninguno cuesta dinero.",
    "tips": (
        ("Activa las actualizaciones automáticas.", "Cierran casi todos los fallos antes de que alguien los vea."),
        ("Usa una contraseña distinta en cada sitio.", "Un gestor ayuda. Activa el acceso en dos pasos."),
        ("Espera antes de hacer clic.", "Abre solo lo que esperas. Baja las apps solo de su tienda oficial."),
        ("Cambia las contraseñas que venían de fábrica.", "En el router, las cámaras, el NAS y lo demás de tu red."),
        ("Guarda una copia de lo que te importa.", "Ponla en un disco y luego desenchúfalo."),
    ),
    "clean": "¿Algún dispositivo tiene un virus?",
    "clean_text": "Elige cuál y verás tres pasos. Las herramientas son gratis y vienen de su marca.",
    "mail": "Pasa tu correo al puerto 587",
    "mail_lead": "El puerto 25 es para servidores, y el spam lo usa mucho. Tu programa debe usar el 587.",
    "settings": "Lo que debe poner",
    "settings_list": (
        ("Servidor de salida (SMTP)", "el mismo nombre que ahora"),
        ("Puerto", "587"),
        ("Cifrado", "STARTTLS"),
        ("Autenticación", "«Mi servidor de salida (SMTP) requiere autenticación», contraseña normal"),
        ("Usuario y contraseña", "como en el correo entrante"),
    ),
    "programs": "Dónde está",
    "programs_list": (
        ("Outlook", "Archivo › Configuración de la cuenta › Configuración del servidor › Correo saliente"),
        ("Apple Mail", "Mail › Ajustes › Cuentas › Ajustes del servidor › Servidor de correo saliente (SMTP)"),
        ("Thunderbird", "Configuración de la cuenta › Servidores de salida › Editar"),
    ),
    # something else
    "unavailable": "Esta página estará lista pronto",
    "unavailable_lead": "Tu router se está encendiendo. Espera medio minuto y prueba otra vez.",
    "missing": "Aquí no hay ninguna página",
    "missing_lead": "Tu router no tiene esa dirección.",
    "expired": "Pulsa el botón otra vez",
    "expired_lead": "La página era muy vieja y no ha pasado nada.",
    "back": "Volver",
    "home": "Abrir la página otra vez",
}

KINDS = {
    "windows": "PC con Windows",
    "mac": "Mac",
    "android": "Android",
    "ios": "iPhone o iPad",
    "linux": "Linux",
    "nas": "NAS",
    "thing": "Cámara, tele y otros",
}

_ELSEWHERE = "Hazlo en otro dispositivo."
_MAIL_PASSWORD = ("Cambia la contraseña de tu correo.", _ELSEWHERE)

STEPS = {
    "windows": (
        ("Analiza el PC.", "Abre Seguridad de Windows. En Opciones de examen, haz un examen sin conexión."),
        ("Instala todas las actualizaciones.", "En Configuración, Windows Update. Borra programas que no conozcas."),
        _MAIL_PASSWORD,
    ),
    "mac": (
        ("Actualiza macOS.", "Mira en Ajustes del Sistema, General. Después el Mac quita solo los virus conocidos."),
        ("Borra las apps que no conozcas.", "Mira en la carpeta Aplicaciones. Vacía la papelera y reinicia."),
        _MAIL_PASSWORD,
    ),
    "android": (
        ("Analiza con Play Protect.", "Abre Play Store y toca tu foto. Elige Play Protect."),
        ("Borra las apps que no conozcas.", "Después instala todas las actualizaciones."),
        _MAIL_PASSWORD,
    ),
    "ios": (
        ("Instala la última actualización.", "Mira en Ajustes, General. Después reinicia."),
        ("Borra apps y perfiles que no conozcas.", "Los perfiles están en General, VPN."),
        _MAIL_PASSWORD,
    ),
    "linux": (
        ("Analiza con ClamAV.", "Es gratis y está entre los paquetes del sistema."),
        ("Instala todas las actualizaciones.", "Borra usuarios, tareas cron y claves SSH que no conozcas."),
        ("Cambia las contraseñas del correo y de SSH.", _ELSEWHERE),
    ),
    "nas": (
        ("Analiza el NAS.", "Synology: Security Advisor. QNAP: Malware Remover. Son gratis."),
        ("Actualízalo y ciérralo.", "Quita el acceso desde fuera. Borra usuarios que no conozcas."),
        ("Cambia su contraseña.", _ELSEWHERE),
    ),
    "thing": (
        ("Déjalo como de fábrica.", "El manual dice cómo."),
        ("Actualízalo.", "Si no hay actualización, apágalo."),
        ("Ponle una contraseña nueva.", _ELSEWHERE),
    ),
    "other": (
        ("Quita los virus.", "Usa el antivirus que venía con él. Es gratis."),
        ("Instala todas las actualizaciones.", "Borra programas que no conozcas."),
        _MAIL_PASSWORD,
    ),
}

FORMS = {
    "times": ("una vez", "{} veces"),
    "servers": ("un servidor", "{} servidores"),
    "ago_minute": ("hace un minuto", "hace {} minutos"),
    "ago_hour": ("hace una hora", "hace {} horas"),
    "ago_day": ("hace un día", "hace {} días"),
    "within_second": ("en un segundo", "en {} segundos"),
    "within_minute": ("en un minuto", "en {} minutos"),
    "within_hour": ("en una hora", "en {} horas"),
    "within_day": ("en un día", "en {} días"),
    "wait_minute": ("en un minuto", "en {} minutos"),
    "wait_hour": ("en una hora", "en {} horas"),
    "wait_day": ("en un día", "en {} días"),
    "hold_hour": ("durante una hora", "durante {} horas"),
}


def plural(number: int) -> int:
    """One, and all others."""
    return 0 if number == 1 else 1
