"""Django, as the desk needs it."""

import datetime
from pathlib import Path
from typing import Any

import django
from django.conf import settings

from portvagt_isp.desk import secret_key
from portvagt_isp.desk.configuration import Desk

HERE = Path(__file__).parent
WORKING_DAY_S = 8 * 3600


def configure(desk: Desk) -> None:
    """Make Django ready, once a process. Raises IspError."""
    settings.configure(**values(desk, secret_key.read(desk.secret_key_file)))
    django.setup()


def values(desk: Desk, key: str) -> dict[str, Any]:
    """Django's settings; `key` signs sessions and forms."""
    return {
        "DESK": desk,
        "SECRET_KEY": key,
        "ALLOWED_HOSTS": [desk.host],
        "ROOT_URLCONF": "portvagt_isp.desk.urls",
        "INSTALLED_APPS": [
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "axes",
            "portvagt_isp.desk.apps.DeskApp",
        ],
        "MIDDLEWARE": [
            "django.middleware.security.SecurityMiddleware",
            "portvagt_isp.desk.headers.policy",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.auth.middleware.LoginRequiredMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            "axes.middleware.AxesMiddleware",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [HERE / "templates"],
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                        "portvagt_isp.desk.rights.role",
                    ],
                    "builtins": ["portvagt_isp.desk.templatetags.desk"],
                },
            }
        ],
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": desk.users}},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "USE_TZ": True,
        "TIME_ZONE": desk.time_zone,
        "LANGUAGE_CODE": "en-gb",
        "USE_I18N": False,
        **_SECURITY,
        "CSRF_TRUSTED_ORIGINS": [desk.url],
        "SESSION_COOKIE_SECURE": desk.is_tls,
        "CSRF_COOKIE_SECURE": desk.is_tls,
        "SECURE_HSTS_SECONDS": 31_536_000 if desk.is_tls else 0,
    }


_SECURITY = {
    "AUTHENTICATION_BACKENDS": [
        "axes.backends.AxesStandaloneBackend",
        "django.contrib.auth.backends.ModelBackend",
    ],
    "AUTH_PASSWORD_VALIDATORS": [
        {
            "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
            "OPTIONS": {"min_length": 12},
        },
        {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
        {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    ],
    # five wrong passwords for a name from an address, then a quarter of an hour of rest
    "AXES_FAILURE_LIMIT": 5,
    "AXES_COOLOFF_TIME": datetime.timedelta(minutes=15),
    "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
    "AXES_LOCKOUT_TEMPLATE": "desk/locked.html",
    "AXES_RESET_ON_SUCCESS": True,
    "AXES_VERBOSE": False,
    "AXES_DISABLE_ACCESS_LOG": True,
    "LOGIN_URL": "login",
    "LOGIN_REDIRECT_URL": "overview",
    "LOGOUT_REDIRECT_URL": "login",
    "SESSION_COOKIE_AGE": WORKING_DAY_S,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "CSRF_COOKIE_HTTPONLY": True,
    "CSRF_FAILURE_VIEW": "portvagt_isp.desk.views.files.stale",
    "X_FRAME_OPTIONS": "DENY",
    "SECURE_REFERRER_POLICY": "same-origin",
    "DATA_UPLOAD_MAX_MEMORY_SIZE": 64 * 1024,
}
