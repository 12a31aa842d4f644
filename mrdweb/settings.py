"""Django settings, from the environment only; what is missing stops the start with a sentence (mrdweb/env.py)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from mrdweb import env, mail

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = env.read("SECRET_KEY", "")
DEBUG = env.read_flag("MRD_DEBUG")
ALLOWED_HOSTS = env.read("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in env.read("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]
# Set behind a reverse proxy that speaks TLS: cookies then travel encrypted only.
HTTPS = env.read_flag("MRD_HTTPS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "axes",
    "csp",
    "django_htmx",
    "template_partials",
    "mrdweb",
    "api",
    "monitoring",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mrdweb.framed.FramedForm",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mrdweb.middleware.PrivateAnswers",
    # outside of the transaction of the request: what was refused is on record too
    "api.fhir.accesses.EveryRequestOnRecord",
    "mrdweb.middleware.OneTransactionPerRequest",
    "mrdweb.own_password.OwnPasswordFirst",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "mrdweb.urls"
WSGI_APPLICATION = "mrdweb.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    }
]

# The worker may have a role of its own; migrations run as the owner, and nothing else does.
DATABASES: dict[str, Any] = env.databases()
APPLICATION_ROLE, WORKER_ROLE = env.user_names() if DATABASES else ("", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.read_home("REDIS_URL", "")

AUTH_USER_MODEL = "monitoring.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "worklist"
LOGOUT_REDIRECT_URL = "sign-in"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
# A person is locked out, not a whole hospital behind one address.
AXES_LOCKOUT_PARAMETERS = ["username"]
# Warned against because a stranger could lock somebody out; guessing a password at leisure would be worse.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = True  # each refused sign-in stays on record for the auditor, also after a success
AXES_LOCKOUT_TEMPLATE = "locked_out.html"
AXES_VERBOSE = False

SESSION_COOKIE_AGE = int(timedelta(hours=10).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "en"
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "monitoring" / "locale"]
USE_I18N = True
USE_TZ = True
# Moments are stored in UTC; days are counted in the time zone of the patient's centre.
TIME_ZONE = "UTC"

# From the root on: the address may not depend on the room in which a page is shown (mrdweb/framed.py).
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.read("MRD_STATIC_ROOT", str(BASE_DIR / "staticfiles")))
WHITENOISE_USE_FINDERS = not STATIC_ROOT.is_dir()
WHITENOISE_MAX_AGE = 60 if WHITENOISE_USE_FINDERS else 31_536_000
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.auth.tokens.ScopedTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.v1.exact_json.ExactJSONParser"],
    "EXCEPTION_HANDLER": "api.v1.problems.problem_json",
    "COERCE_DECIMAL_TO_STRING": True,
    "DEFAULT_SCHEMA_CLASS": "api.v1.openapi.Described",
    "DEFAULT_THROTTLE_CLASSES": ["api.v1.rates.RateOfToken"],
}
# Requests a minute of one token, at all web processes together; beyond it 429. 0 is no limit.
API_REQUESTS_A_MINUTE = env.read_number("MRD_API_REQUESTS_A_MINUTE", 30_000, 1_000_000)
SPECTACULAR_SETTINGS = {
    "TITLE": "MRD monitoring, REST v1",
    "VERSION": "1.0.0",
    "DESCRIPTION": "Results, verdicts and alerts of molecular MRD in AML. It tells no patient apart from a pseudonym.",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "PREPROCESSING_HOOKS": ["api.v1.openapi.only_v1"],
    # Words of a list stand where they are used: names for all of them would say nothing.
    "POSTPROCESSING_HOOKS": ["api.v1.precision.make_precise"],
    "ENFORCE_NON_BLANK_FIELDS": True,
}
REST_KNOX = {
    "AUTH_HEADER_PREFIX": "Bearer",
    "TOKEN_TTL": timedelta(days=365),
    "TOKEN_LIMIT_PER_USER": None,
}

# Celery: the database is the queue and holds the truth; the broker only wakes the worker.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A message is delivered again after this time: longer than the longest task.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 4 * 3600,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    # A dead broker may not hold up the person who authorises: without these a sent task waits for seconds.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "UTC"
# Without this the connection to PostgreSQL is opened anew for every task.
CELERY_DB_REUSE_MAX = 1000
CELERY_BEAT_SCHEDULE = {
    "sweep-recompute-requests": {"task": "monitoring.sweep_recompute_requests", "schedule": 15.0},
    "tell-alerts": {"task": "monitoring.tell_alerts", "schedule": 15.0},
    "tell-subscribers": {"task": "monitoring.tell_subscribers", "schedule": 15.0},
    "begin-new-days": {"task": "monitoring.begin_new_days", "schedule": 60.0},
    "escalate-alerts": {"task": "monitoring.escalate_alerts", "schedule": 60.0},
    "compare-rules": {"task": "monitoring.compare_rules", "schedule": 30.0},
    "tell-silences": {"task": "monitoring.tell_silences", "schedule": 300.0},
    "seal-audit": {"task": "monitoring.seal_audit", "schedule": 300.0},
    "answer-cohorts": {"task": "monitoring.answer_cohorts", "schedule": 20.0},
    "make-cohort-files": {"task": "monitoring.make_cohort_files", "schedule": 20.0},
    "forget-cohort-files": {"task": "monitoring.forget_cohort_files", "schedule": 3600.0},
    "refresh-analysis": {"task": "monitoring.refresh_analysis", "schedule": 3600.0},
    "tidy-analysis": {"task": "monitoring.tidy_analysis", "schedule": 86400.0},
}

# Messages about alerts leave by e-mail and by webhooks; without a mail server everything else works, and it is told.
PUBLIC_URL = mail.public_url()
_mail = mail.mail_settings()
MAIL_IS_SET: bool = bool(_mail)
globals().update(_mail)
# Hosts, host:port, addresses or networks inside the hospital that webhooks may reach all the same, by http as well.
WEBHOOK_ALLOW = [each.strip() for each in env.read("MRD_WEBHOOK_ALLOW", "").split(",") if each.strip()]

# Our private keys towards hospital records that open the patient page in their window (docs/operations.md).
SMART_KEYS = env.read_private_keys("MRD_SMART_KEYS")

# How many open pages of one web process are told of alerts by a stream; each holds a thread. The others ask.
LIVE_STREAMS = env.read_number("MRD_LIVE_STREAMS", 16, 1000)

DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.read("MRD_LOG_LEVEL", "WARNING")},
}
