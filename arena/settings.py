"""Settings: one file; the environment is read through django-environ's typed readers, which refuse bad values."""

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from arena.ops import state
from arena.ops.lines import Line

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def positive(name: str, default: int) -> int:
    """Read a whole number of at least 1 from the environment."""
    value = env.int(name, default=default)
    if value < 1:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least 1, not {value}.")
    return value


def dollars(name: str, default: str) -> Decimal:
    """Read a sum of dollars, 0 or more, from the environment."""
    value = env.str(name, default=default)
    try:
        amount = Decimal(value)
    except ArithmeticError as error:
        raise ImproperlyConfigured(f"{name} must be a sum of dollars, not {value}.") from error
    if not amount.is_finite() or amount < 0 or amount != round(amount, 6):
        raise ImproperlyConfigured(f"{name} must be a sum of dollars, not {value}.")
    return amount


def folders(name: str) -> tuple[str, ...]:
    """Read whole paths, separated by commas, from the environment."""
    found = tuple(entry.strip() for entry in env.list(name, default=[]) if entry.strip())
    wrong = [entry for entry in found if not Path(entry).is_absolute()]
    if wrong:
        raise ImproperlyConfigured(
            f"{name} must name folders by their whole paths, not {wrong[0]}."
        )
    return found


# What this site itself is opened with never leaves it.
NEVER_RELEASED = frozenset({"SECRET_KEY", "DATABASE_URL", "REDIS_URL"})
RELEASED_HOST = re.compile(
    r"(\*\.(?=.*\.)|\*-(?=.*\..*\.))?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?"
)


def key_hosts(name: str, shipped: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Read which hosts may be sent the key of which variable: what is shipped, and what the environment adds.

    "ONE_KEY=images.example.org,*.example.net;OTHER_KEY=gpu.lan:8080". What cannot be read is named by its
    place alone: it might be a key.
    """
    found = dict(shipped)
    entries = env.str(name, default="").split(";")
    for number, entry in enumerate(entries, start=1):
        variable, equals, told = (part.strip() for part in entry.partition("="))
        if not entry.strip():
            continue
        if not equals or not re.fullmatch(r"[A-Z][A-Z0-9_]*", variable):
            raise ImproperlyConfigured(
                f"{name}: entry {number} must name a variable and its hosts, as "
                "MY_KEY=images.example.org,cdn.example.org; entries are separated by semicolons."
            )
        if variable in NEVER_RELEASED:
            raise ImproperlyConfigured(f"{name}: {variable} is never sent to anybody.")
        hosts = tuple(host.strip().lower() for host in told.split(",") if host.strip())
        if not hosts or not all(map(RELEASED_HOST.fullmatch, hosts)):
            raise ImproperlyConfigured(
                f"{name}: {variable} needs hosts such as images.example.org, gpu.lan:8080, *.example.org or "
                "*-api.example.org, without https:// and paths, separated by commas."
            )
        found[variable] = tuple(dict.fromkeys((*found.get(variable, ()), *hosts)))
    return found


# Core -------------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or state.secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Behind a proxy that ends TLS: cookies become Secure and the proxy's X-Forwarded-Proto is trusted.
BEHIND_TLS = env.bool("BEHIND_TLS", default=False)

ROOT_URLCONF = "arena.urls"
WSGI_APPLICATION = "arena.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_RUNNER = "django.test.runner.DiscoverRunner"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "csp",
    "django_htmx",
    "arena.catalog",
    "arena.challenges",
    "arena.clients",
    "arena.generation",
    "arena.battles",
    "arena.ratings",
    "arena.web",
    "arena.curate",
    "arena.api",
    "arena.gateway",
    "arena.ops",
]

MIDDLEWARE = [
    # Outermost: whoever answers a caller of the gateway, the answer is JSON.
    "arena.gateway.door.speak_json",
    "arena.web.encodings.read_utf8",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "arena.web.policy.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

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
                "arena.web.context.site",
            ],
        },
    },
]

# PostgreSQL: the only truth ---------------------------------------------------------------------

_database: dict[str, Any]
if env.str("DATABASE_URL", default=""):
    _database = dict(env.db_url("DATABASE_URL"))
    if "postgresql" not in _database["ENGINE"]:
        raise ImproperlyConfigured(
            "DATABASE_URL must be a postgres:// address: Paragone runs on PostgreSQL only."
        )
    _database["ENGINE"] = "django.db.backends.postgresql"
else:
    _database = {"ENGINE": "django.db.backends.postgresql", **state.embedded_database()}
DATABASES = {
    "default": {
        **_database,
        # A pool needs CONN_MAX_AGE 0. Health checks spare voters the dead connections that a restarted
        # PostgreSQL leaves behind; a Line makes them without a question to the server.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # Django's own default is none at all, and `prepare=True` is then not heard. Its cursors never prepare.
            "prepare_threshold": 5,
            **_database.get("OPTIONS", {}),
            "pool": {
                "min_size": 1,
                "max_size": positive("DATABASE_POOL", 8),
                "timeout": 10,
                "connection_class": Line,
            },
        },
    }
}

# Redis: Celery's broker, never the truth --------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="") or f"unix://{state.embedded_redis_socket()}?db=0"
CELERY_BROKER_URL = state.broker_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than any task, so that live work is never handed out twice; recovery is by leases in PostgreSQL.
    "visibility_timeout": 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "unacked_mutex_expire": 30,
    # kombu's default is no time-out at all: publishing to a frozen Redis would hang for minutes.
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": not REDIS_URL.startswith("unix:"),
    "health_check_interval": 15,
    "retry_policy": {"max_retries": 1, "timeout": 2.0},
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT = True
CELERY_TASK_DEFAULT_QUEUE = "housekeeping"
CELERY_TASK_ROUTES = {
    "arena.generation.tasks.make_picture": {"queue": "generate"},
    "arena.generation.tasks.collect_picture": {"queue": "intake"},
    "arena.generation.tasks.carry_on": {"queue": "intake"},
    "arena.generation.tasks.pulse": {"queue": "generate"},
    "arena.generation.tasks.*": {"queue": "housekeeping"},
    "arena.battles.tasks.*": {"queue": "housekeeping"},
    "arena.ratings.tasks.*": {"queue": "ratings"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TIMEZONE = "UTC"

# Time and language ------------------------------------------------------------------------------

TIME_ZONE = "UTC"
USE_TZ = True
LANGUAGE_CODE = "en"
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]

# Files ------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = state.folder() / "static"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default="") or state.folder() / "media")
FIXTURES = BASE_DIR / "fixtures"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "arena.ops.storage.LightStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 35 * 1024 * 1024

# Security ---------------------------------------------------------------------------------------

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_HSTS_SECONDS = int(timedelta(days=30).total_seconds()) if BEHIND_TLS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "arena.web.errors.csrf_failure"
LOGIN_URL = "/staff/login/"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# The arena --------------------------------------------------------------------------------------

# Providers of the operator's own network ("host" or "host:port"): reached at private addresses, by plain http.
PRIVATE_HOSTS = tuple(env.list("PRIVATE_HOSTS", default=[]))
# Which hosts may be sent the key of which variable: those of the shipped catalogue, and what the operator adds.
KEY_HOSTS = key_hosts(
    "KEY_HOSTS",
    {
        "OPENAI_API_KEY": ("api.openai.com",),
        "GEMINI_API_KEY": ("generativelanguage.googleapis.com",),
        "VERTEX_ACCESS_TOKEN": ("aiplatform.googleapis.com", "*-aiplatform.googleapis.com"),
        "FAL_KEY": ("fal.run", "*.fal.run"),
        "REPLICATE_API_TOKEN": ("api.replicate.com",),
    },
)
STUDIOS_URL = env.str("STUDIOS_URL", default="") or state.studios_url()
VOTER_COOKIE = "paragone_voter"
VOTER_COOKIE_AGE = timedelta(days=365)
# How many simulated votes `make up` lets the demo studios have; 0 for none.
DEMO_VOTES = env.int("DEMO_VOTES", default=3000)
# How old a process's copies may be: of what is in play, and of what is shown of a picture or prompt.
POOL_SECONDS = 0.5
CARD_SECONDS = 20.0
BATTLE_LIFETIME = timedelta(minutes=positive("BATTLE_MINUTES", 30))
# What all calls of a UTC day may cost together, unless a curator sets another cap.
DAILY_SPENDING_CAP = dollars("DAILY_SPENDING_CAP", "25")
# Threads of each of the two web processes, and how many of them slow calls of the gateway may hold.
WEB_THREADS = positive("WEB_THREADS", 16)
GATEWAY_CALLS = positive("GATEWAY_CALLS", max(WEB_THREADS // 2, 1))
# A file of votes is left when its reader does not take a block of 64 kB within so many seconds.
EXPORT_SECONDS = positive("EXPORT_SECONDS", 60)
CALL_DEADLINE = timedelta(seconds=positive("CALL_DEADLINE_SECONDS", 300))
# Folders on the server below which curators may open one to bring its pictures; none: the way is closed.
BRING_FOLDERS = folders("BRING_FOLDERS")
# The playground. Demo studios are always on; real models only where the operator says so, within a cap of
# dollars that all visitors share. Quotas are pictures per visitor and UTC day; a network has NETWORK times that.
PLAYGROUND_REAL = env.bool("PLAYGROUND_REAL", default=False)
PLAYGROUND_DOLLARS = dollars("PLAYGROUND_DOLLARS", "2")
PLAYGROUND_PICTURES = positive("PLAYGROUND_PICTURES", 12)
PLAYGROUND_DEMO_PICTURES = positive("PLAYGROUND_DEMO_PICTURES", 60)
PLAYGROUND_NETWORK = positive("PLAYGROUND_NETWORK", 5)
# Prompts with one of these words are not sent to anybody; providers refuse more by rules of their own.
PLAYGROUND_BLOCKED_WORDS = tuple(
    env.list(
        "PLAYGROUND_BLOCKED_WORDS", default=["nude", "naked", "nsfw", "porn", "hentai", "gore"]
    )
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # httpx writes every address it calls at INFO, and addresses may carry keys.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}
