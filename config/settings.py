"""Settings, read from the environment; defaults are safe, and production refuses to start on unsafe ones."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

# `ModelForm[Organization]` is Django's at type-checking time only; this makes it so at run time too.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA = Path(environ.Env().str("DATA", default=str(BASE_DIR / ".data"))).resolve()

env = environ.Env()
if (BASE_DIR / ".env").is_file():
    environ.Env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
# Set by `make run` and by the tests alone: plain http on this machine, secrets under .data/.
LOCAL = env.bool("LOCAL", default=False)

SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
_site = urlsplit(SITE_URL)

UNSAFE = "unsafe-"
SECRET_KEY = env.str("SECRET_KEY", default=UNSAFE + "secret-key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# "2:secret,1:older secret": newest first. Links that left by mail stay valid for as long as their key is listed.
LINK_KEYS = env.list("LINK_KEYS", default=["1:" + UNSAFE + "link-key"])
# Never rotated: opt-outs are known by it after the address itself was erased.
ADDRESS_KEY = env.str("ADDRESS_KEY", default=UNSAFE + "address-key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_site.hostname or "127.0.0.1"])


def _refuse_unsafe() -> None:
    secrets = {"SECRET_KEY": SECRET_KEY, "ADDRESS_KEY": ADDRESS_KEY}
    unsafe = [name for name, value in secrets.items() if UNSAFE in value or len(value) < 32]
    faults = [f"{name} must be set to a random value of at least 32 characters" for name in unsafe]
    # Without a number before it, the whole entry would be taken for the number, and the key for empty.
    if not LINK_KEYS or any(UNSAFE in entry or not re.fullmatch(r"[0-9]+:.{32,}", entry) for entry in LINK_KEYS):
        faults.append("LINK_KEYS must list keys such as 1:secret, each secret a random value of at least 32 characters")
    if DEBUG:
        faults.append("DEBUG must be off")
    if "*" in ALLOWED_HOSTS:
        faults.append("ALLOWED_HOSTS must name the hosts; '*' lets strangers choose the host in links")
    if env.str("MAILBOX_DIR", default=""):
        faults.append("MAILBOX_DIR must be empty; it shows all mail to everybody, for development alone")
    if _site.scheme != "https":
        faults.append("SITE_URL must start with https://")
    if faults:
        raise ImproperlyConfigured(
            "Hearback does not start on unsafe settings: " + "; ".join(faults) + ". See .env.example."
        )


if not LOCAL:
    _refuse_unsafe()

INSTALLED_APPS = [
    "organizations",
    "surveys",
    "feedback",
    "dashboards",
    "actions",
    "api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # What follows is for members' pages.
    "feedback.middleware.StraightToHerPage",
    "csp.middleware.CSPMiddleware",
    "organizations.middleware.RefuseRubbish",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "organizations.navigation.navigation",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

DATABASES: dict[str, Any] = {
    "default": env.db("DATABASE_URL", default="postgres:///hearback")
    | {
        # A fresh connection costs 5-7 ms: keep it, and look whether it lives before it is used again.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    {"connect_timeout": 5, "tcp_user_timeout": 5000, "options": "-c statement_timeout=60000 -c lock_timeout=10000"}
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if not LOCAL:
    # Sign-in limits must be one for all web processes.
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ETA_TASK_LIMIT = 500
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000  # kB
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5.0 if LOCAL else 30.0
# True would kill a mail on the wire at every hiccup of the broker.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    # A web process must never hang on a frozen broker; workers may wait a little longer.
    "socket_timeout": env.int("BROKER_SOCKET_TIMEOUT", default=5),
    "socket_connect_timeout": 2,
    "retry_on_timeout": False,
    "health_check_interval": 25,
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TIMEZONE = "UTC"

# smtp://user:password@host:587?tls=True ; Django's own back-end is used by nothing but management commands.
EMAIL = env.email("EMAIL_URL", default="smtp://127.0.0.1:1025")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="hearback@localhost")
MAILBOX_DIR = env.str("MAILBOX_DIR", default="")
# Mail to example.com, .invalid and the like (RFC 2606) is withheld, but for a mailbox of our own on this machine.
_stays_here = LOCAL and EMAIL["EMAIL_HOST"] in ("127.0.0.1", "localhost", "::1")
MAIL_RESERVED_DOMAINS = env.bool("MAIL_RESERVED_DOMAINS", default=_stays_here)
SMTP_MAILS_PER_CONNECTION = env.int("SMTP_MAILS_PER_CONNECTION", default=100)

AUTH_USER_MODEL = "organizations.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "organizations:mine"
ACCOUNT_ADAPTER = "organizations.sign_in.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "signup": "organizations.account_forms.SignUpForm",
    "login": "organizations.account_forms.SignInForm",
    "reset_password": "organizations.account_forms.ResetForm",
    "reset_password_from_key": "organizations.account_forms.NewPasswordForm",
    "change_password": "organizations.account_forms.ChangePasswordForm",
    "set_password": "organizations.account_forms.SetPasswordForm",
    "add_email": "organizations.account_forms.ChangeEmailForm",
    "reauthenticate": "organizations.account_forms.PasswordAgainForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _site.scheme
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS: list[Any] = [BASE_DIR / "static"]
_MODULES = BASE_DIR / "node_modules"
for _prefix, _folder in (
    ("vendor/tabler", _MODULES / "@tabler" / "core" / "dist"),
    ("vendor/plotly", _MODULES / "plotly.js-basic-dist-min"),
):
    if _folder.is_dir():
        STATICFILES_DIRS.append((_prefix, _folder))
ICONS_DIR = str(_MODULES / "@tabler" / "icons" / "icons" / "outline")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static.HashedStaticFiles"},
}
WHITENOISE_MAX_AGE = 31_536_000

# Django's own pages never need more; an import has its own limit.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_HANDLERS = [
    "feedback.uploads.Limited",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# The largest file with purchases; it goes to the disk while it arrives, then to the database in pieces.
IMPORT_MOST_BYTES = env.int("IMPORT_MOST_MB", default=500) * 1_000_000
# All files of one organization that wait there to be recorded; the disk is everybody's.
IMPORT_MOST_WAITING_BYTES = env.int("IMPORT_MOST_WAITING_MB", default=IMPORT_MOST_BYTES * 4 // 1_000_000) * 1_000_000

# How long what is over is kept; nothing here proves anything, and the record of what members did is kept for ever.
KEEP_NOTICES = timedelta(days=max(1, env.int("KEEP_NOTICES_DAYS", default=30)))
KEEP_INVITES = timedelta(days=max(1, env.int("KEEP_INVITES_DAYS", default=90)))
KEEP_DRAFT_STEPS = timedelta(days=max(1, env.int("KEEP_DRAFT_STEPS_DAYS", default=90)))
KEEP_IMPORT_FAULTS = timedelta(days=max(1, env.int("KEEP_IMPORT_FAULTS_DAYS", default=90)))
# Their mails go once a day.
KEEP_JOB_SLOTS = timedelta(days=max(2, env.int("KEEP_JOB_SLOTS_DAYS", default=30)))

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "hearback_session"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "hearback_csrf"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "organizations.faults.form_expired"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SECURE_SSL_REDIRECT = not LOCAL
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if LOCAL else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not LOCAL
SECURE_HSTS_PRELOAD = not LOCAL
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Where every member begins, /o/<slug>/: it lives in the app that knows all that stands on it.
HOME = "actions:home"
# Where a page further up must list what apps further down know: dotted names in flow order.
# Each is a `Place`; see organizations.navigation.
NAVIGATION: list[str] = [
    "surveys.elsewhere.SURVEYS",
    "feedback.elsewhere.TOUCHPOINTS",
    "feedback.elsewhere.CUSTOMERS",
    "feedback.elsewhere.RESPONSES",
    "dashboards.elsewhere.DASHBOARD",
    "actions.elsewhere.CASES",
    "feedback.elsewhere.MAIL",
    "organizations.navigation.SETTINGS",
]
# Each is a `dict[str, str]` from a spot of a page, such as `{% parts "survey.aside" %}`, to the template drawn there.
PARTS: list[str] = ["feedback.elsewhere.PARTS", "actions.elsewhere.PARTS"]
# Each is `def events(customer: Customer) -> list[Event]`; see feedback.timeline.
TIMELINE: list[str] = ["feedback.timeline.events", "actions.timeline.events"]
# Each is `def what_is_lost(response: Response) -> list[str]`: sentences for whoever is about to erase it.
WHAT_IS_LOST: list[str] = ["actions.forgetting.what_is_lost"]
# Each is `def forget(response: Response, *, now: datetime) -> None`, in the transaction that erases it.
FORGET: list[str] = ["actions.forgetting.forget"]
# Each is a `dict[str, str]` from what a verb recorded ("survey.published") to its sentence; see organizations.record.
RECORD_WORDS: list[str] = [
    "organizations.record.WORDS",
    "surveys.record_words.WORDS",
    "feedback.record_words.WORDS",
    "actions.record_words.WORDS",
]
# Each is a tuple of Group, modules whose docstrings define figures; see dashboards.methods.
METHODS: list[str] = ["dashboards.methods.GROUPS", "actions.methods.GROUPS"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processor": "structlog.processors.JSONRenderer",
            "foreign_pre_chain": ["structlog.contextvars.merge_contextvars"],
        },
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "filters": {
        "tokens": {"()": "config.logs.HideTokens"},
        "refusals": {"()": "config.logs.OneLineForRefusals"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["tokens", "refusals"]},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
