"""The one settings file, driven by the environment. A value that it does not know stops the process with a message.

The variables are listed in the README, "Settings".
"""

import os
from pathlib import Path
from typing import Any

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.urls import reverse_lazy

# Lets Django's generic classes take type parameters, which the type checker asks for.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent


def choice(name: str, default: str, *known: str) -> str:
    value = os.environ.get(name, default)
    if value not in known:
        raise ImproperlyConfigured(f"{name}={value!r}: expected one of {', '.join(known)}.")
    return value


def number(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name}={value!r}: expected a number.")
    return int(value)


def flag(name: str, *, default: bool) -> bool:
    return choice(name, "on" if default else "off", "on", "off") == "on"


def words(name: str, default: str = "") -> list[str]:
    return os.environ.get(name, default).split()


def kept_secret(folder: Path) -> str:
    """A secret made once and kept beside the data, for a demo or a developer's machine."""
    file = folder / "secret-key"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(get_random_secret_key())
    return file.read_text()


# What this process is: everything in one (a small site, the demo), the desk, or the readers' site alone.
PROCESS = choice("NEWSROOM_PROCESS", "all", "all", "desk", "reader")
# production | demo (invented logins, plain http on this machine) | development (Django's debug pages)
MODE = choice("NEWSROOM_MODE", "production", "production", "demo", "development")
DEBUG = MODE == "development"
IS_DEMO = MODE == "demo"
# Everybody who has read the README knows it, so it is refused outside the demo.
DEMO_PASSWORD = "la-une-demain"  # noqa: S105

# Everything a run writes: database, media, private originals, collected static files, mail of the demo.
VAR = Path(os.environ.get("NEWSROOM_VAR", BASE_DIR / "var"))

if MODE == "production":
    try:
        SECRET_KEY = os.environ["NEWSROOM_SECRET_KEY"]
    except KeyError:
        raise ImproperlyConfigured("NEWSROOM_SECRET_KEY is not set, and NEWSROOM_MODE is production.") from None
    ALLOWED_HOSTS = words("NEWSROOM_HOSTS")
else:
    SECRET_KEY = kept_secret(VAR)
    ALLOWED_HOSTS = words("NEWSROOM_HOSTS", "localhost 127.0.0.1 [::1] testserver")

# The newspaper
NEWSPAPER_NAME = os.environ.get("NEWSPAPER_NAME", "Le Fanal")
NEWSPAPER_TAGLINE = os.environ.get("NEWSPAPER_TAGLINE", "Quotidien d’information de Casablanca")
NEWSPAPER_ABOUT = os.environ.get("NEWSPAPER_ABOUT", "Sans publicité ciblée, sans traceur, sans bandeau.")
# The readers' address, with its scheme: feeds, sitemaps, canonical links and mail are made from it.
SITE_URL = os.environ.get("NEWSROOM_SITE_URL", "http://127.0.0.1:8000").rstrip("/")
if MODE == "production" and "NEWSROOM_SITE_URL" not in os.environ:
    raise ImproperlyConfigured("NEWSROOM_SITE_URL is not set: feeds and canonical links would name this machine.")

# --- Applications -----------------------------------------------------------------------------------------------

READER_APPS = ["articles", "django.contrib.staticfiles"]
DESK_APPS = [
    "newsroom.apps.NewsroomConfig",
    "newsroom.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "ckeditor",
    "django.forms",
]
INSTALLED_APPS = READER_APPS if PROCESS == "reader" else [*DESK_APPS, *READER_APPS]

READER_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "articles.middleware.CachePolicyMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.common.CommonMiddleware",
]
# None of these sets a cookie, or varies on one, on a page that does not use the session.
DESK_MIDDLEWARE = [
    "newsroom.middleware.DeskSessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
MIDDLEWARE = READER_MIDDLEWARE if PROCESS == "reader" else [*READER_MIDDLEWARE, *DESK_MIDDLEWARE]

ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"
ASGI_APPLICATION = "newsroom.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                *(
                    []
                    if PROCESS == "reader"
                    else [
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                ),
            ],
        },
    }
]
# Our widgets have their templates in templates/, where the default renderer does not look.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# In production a web server stands in front, and says in X-Forwarded-For who asks (deploy/nginx.conf).
IS_BEHIND_A_PROXY = MODE == "production"

# --- Data -------------------------------------------------------------------------------------------------------

DATABASES: dict[str, Any] = {
    "default": dj_database_url.config(default=f"sqlite:///{VAR / 'newsroom.sqlite3'}", conn_max_age=60)
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Measured: with these, eight writers of a thousand transactions each never fail with "database is locked".
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=268435456; "
            "PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY;"
        ),
    }
    VAR.mkdir(parents=True, exist_ok=True)
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"
# The application serves media itself only where there is no web server in front of it.
SERVES_MEDIA = MODE != "production"
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("NEWSROOM_STATIC", VAR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]


def sandbox_static_file(headers: Any, _path: str, _url: str) -> None:
    """Let no static file run anything as a page of its own. Scripts and styles that a page loads are not concerned."""
    headers["Content-Security-Policy"] = "default-src 'none'; sandbox"


WHITENOISE_ADD_HEADERS_FUNCTION = sandbox_static_file
STORAGES: dict[str, Any] = {
    # published pictures: a name is made from the contents, so a file of the same name is the same file
    "default": {
        "BACKEND": "articles.storage.WholeFiles",
        "OPTIONS": {"allow_overwrite": True},
    },
    # originals and unpublished sizes: only the desk has addresses that lead here
    "originals": {
        "BACKEND": "articles.storage.WholeFiles",
        "OPTIONS": {
            "location": VAR / "private",
            "allow_overwrite": True,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "articles.collected.CollectedFiles",
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024  # bytes: more than the longest text takes
FILE_UPLOAD_HANDLERS = ["newsroom.photos.intake.LimitedUploadHandler"] if PROCESS != "reader" else []

# --- Language and time ------------------------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Africa/Casablanca"

# --- Signing in -------------------------------------------------------------------------------------------------

LOGIN_REDIRECT_URL = reverse_lazy("admin:index") if PROCESS != "reader" else "/"
LOGIN_URL = reverse_lazy("admin:login") if PROCESS != "reader" else "/"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/redaction/"
SESSION_COOKIE_NAME = "redaction"
CSRF_COOKIE_NAME = "redaction_csrf"
CSRF_COOKIE_HTTPONLY = True
SESSION_ENGINE = "newsroom.door.sessions"  # which ends them: after thirty idle minutes, and after twelve hours
SESSION_COOKIE_AGE = 30 * 60  # seconds
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
if PROCESS != "reader":
    CSRF_FAILURE_VIEW = "newsroom.admin.errors.csrf_failure"
AUTH_PASSWORD_VALIDATORS = (
    []
    if IS_DEMO
    else [
        {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
        {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    ]
)

# --- Security ---------------------------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
# Browsers that saw the site once ask for https alone, for a year. "subdomains" binds every name under its own, the
# mail's and the archive's too; "preload" asks browsers to ship with that rule, and takes months to undo.
HSTS = choice("NEWSROOM_HSTS", "host", "host", "subdomains", "preload")
if MODE == "production":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^sante/$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = HSTS != "host"
    SECURE_HSTS_PRELOAD = HSTS == "preload"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

# The policy of the readers' pages. The desk's pages replace it by those of newsroom.admin.policies.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        # templates/components/first_paint.js, which puts the reader's choices back (articles.checks compares the two)
        "script-src": [SELF, "'sha256-QeXTQ/74hCvPdrNqUMBsEO0g+PJ6ZDiXXfrFyGLDWtk='"],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
}

# --- Mail -------------------------------------------------------------------------------------------------------

if MODE == "production":
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = os.environ.get("NEWSROOM_SMTP_HOST", "localhost")
    EMAIL_PORT = number("NEWSROOM_SMTP_PORT", 25)
    EMAIL_HOST_USER = os.environ.get("NEWSROOM_SMTP_USER", "")
    EMAIL_HOST_PASSWORD = os.environ.get("NEWSROOM_SMTP_PASSWORD", "")
    EMAIL_USE_TLS = flag("NEWSROOM_SMTP_TLS", default=False)
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR / "mail"
DEFAULT_FROM_EMAIL = os.environ.get("NEWSROOM_MAIL_FROM", "redaction@fanal.example")
EMAIL_TIMEOUT = 10  # seconds

# --- The editor -------------------------------------------------------------------------------------------------

# django-ckeditor warns that CKEditor 4.22 gets no more security fixes. The customer asked for it, and we keep it
# behind a seam: the field is plain text, and the widget is this one setting. Its known holes are closed on our side:
# nh3 cleans every body on the server, every page has a Content-Security-Policy, and no uploader is installed.
SILENCED_SYSTEM_CHECKS = ["ckeditor.W001"]
# How far HSTS reaches is the newspaper's own choice: see HSTS above.
SILENCED_SYSTEM_CHECKS += ["security.W005", "security.W021"]
if PROCESS == "reader":
    # readers have no form or session to forge (W003), and their policy has frame-ancestors (W002)
    SILENCED_SYSTEM_CHECKS += ["security.W002", "security.W003"]
BODY_WIDGET = "newsroom.admin.forms.editor.BodyEditor"
CKEDITOR_BASEPATH = "/static/ckeditor/ckeditor/"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "newsroom.logs.DiscreetFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # Django's loggers have handlers of their own, which would write every address in full
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
    },
}
