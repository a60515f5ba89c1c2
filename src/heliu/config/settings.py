"""Settings. Everything comes from the environment with a default that runs.

HELIU_DATA               folder of the embedded database and of files (default .heliu)
HELIU_ROLE               web | worker | owner: which database role this process uses
HELIU_DEMO               1: demo log-ins, desk switcher and movable clock
HELIU_DATABASE_URL       a PostgreSQL 18 of your own instead of the embedded one
HELIU_DATABASE           name of the embedded database (default heliu)
HELIU_HOSTS              host names the pages answer to, with commas
HELIU_BEHIND_TLS         1: a proxy in front speaks https; cookies go over https only
HELIU_SECRET_KEY         signs cookies; made and kept in HELIU_DATA when not given
HELIU_THREADS            requests at once in a web process (default 4)
HELIU_WAITING            requests that may wait for one of these (default 300)
HELIU_RATE               requests a second of a token in a web process (default 200; 0: no limit)
HELIU_METRICS_TOKEN      who brings it may read /metrics, also from elsewhere
HELIU_BANK               the module that speaks with the bank (default the sandbox)
HELIU_BANK_URL           where a bank that speaks HTTP is
HELIU_BANK_SECRET        what bank and platform sign with
HELIU_BANK_FILES         folder of a bank that is spoken with by files (default bank in HELIU_DATA)
HELIU_ADDRESS            where people reach the pages, for links in mail (http://localhost:8000)
HELIU_MAIL               smtp://user:password@host: who takes mail; files in HELIU_DATA without it
HELIU_MAIL_FROM          who mail comes from (default heliu@localhost)
HELIU_CONTACT            whom people write to or call who need help, as help and error pages say it
HELIU_SMS                the module that sends SMS (default the sandbox)
HELIU_WEBHOOKS_INSIDE    1: webhooks may go to addresses of this network, also without TLS
HELIU_REGISTRY           the module that files with the registry of movables (default the sandbox)
HELIU_PRICE_FEED         the module that asks for prices of goods (default the sandbox)
HELIU_TAX_AUTHORITY      the module that issues VAT invoices (default the sandbox)
HELIU_COMPANY_REGISTER   the module that asks the register of companies (default the sandbox)
"""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from heliu.config import database, logs, mail, secrets

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("HELIU_DATA", ".heliu")).resolve()
DEMO = os.environ.get("HELIU_DEMO", "") == "1"
DEBUG = False
ROLE = os.environ.get("HELIU_ROLE", "web")
SECRET_KEY = (
    os.environ.get("HELIU_SECRET_KEY") or secrets.read(DATA).get("secret_key") or secrets.DEMO_KEY
)
ALLOWED_HOSTS = os.environ.get("HELIU_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")

DATABASES = {"default": database.settings_for(ROLE, os.environ, DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "heliu.kernel.access",
    "heliu.kernel.approvals",
    "heliu.kernel.parties",
    "heliu.kernel.addresses",
    "heliu.kernel.joining",
    "heliu.kernel.joining.sandbox",
    "heliu.kernel.sso",
    "heliu.kernel.posting",
    "heliu.kernel.clock",
    "heliu.kernel.audit",
    "heliu.kernel.behalf",
    "heliu.kernel.consent",
    "heliu.kernel.idempotency",
    "heliu.kernel.events",
    "heliu.kernel.webhooks",
    "heliu.kernel.dispatch",
    "heliu.kernel.files",
    "heliu.kernel.conversations",
    "heliu.kernel.todos",
    "heliu.kernel.goods",
    "heliu.kernel.jobs",
    "heliu.commerce.catalogue",
    "heliu.commerce.pricing",
    "heliu.commerce.ordering",
    "heliu.commerce.lists",
    "heliu.commerce.cases",
    "heliu.commerce.returns",
    "heliu.commerce.quotes",
    "heliu.commerce.spending",
    "heliu.logistics.stock",
    "heliu.logistics.warehousing",
    "heliu.logistics.transport",
    "heliu.logistics.pledges",
    "heliu.capital.books",
    "heliu.capital.terms",
    "heliu.capital.bank",
    "heliu.capital.bank.sandbox",
    "heliu.capital.registry",
    "heliu.capital.registry.sandbox",
    "heliu.capital.vat",
    "heliu.capital.vat.sandbox",
    "heliu.capital.valuation",
    "heliu.capital.valuation.sandbox",
    "heliu.capital.credit",
    "heliu.capital.lending",
    "heliu.capital.reports",
    "heliu.information.credit_file",
    "heliu.trade",
    "heliu.portal.ui",
    "procrastinate.contrib.django",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
]
# The order is the way in; the way out is the reverse.
MIDDLEWARE = [
    "heliu.config.middleware.Answered",
    "heliu.config.middleware.Hardened",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "heliu.config.middleware.InTheirLanguage",
    "heliu.config.middleware.Problems",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "heliu.config.door.Door",
]
ROOT_URLCONF = "heliu.config.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Desks and the API have no tables, so they are no apps; their templates lie with them.
        "DIRS": [*sorted(ROOT.glob("portal/*/templates")), ROOT / "api" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "heliu.config.context.whoever_acts",
            ]
        },
    }
]
FORM_RENDERER = "heliu.portal.ui.forms.HeliuRenderer"

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["heliu.config.authentication.People"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "/"

# Sessions are rows without a row policy: they belong to no organisation, are read before it is
# known who asks, and a row is found only by the secret in the cookie.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "heliu.config.views.forged"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
BEHIND_TLS = os.environ.get("HELIU_BEHIND_TLS", "") == "1"
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
# `middleware.Hardened` sets the headers of these two on every answer, the lane's too, and a proxy
# sends http on to https.
SILENCED_SYSTEM_CHECKS = ["security.W001", "security.W002"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 40_000  # an order pad of 10,000 rows has three fields each

LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_CODE = "en"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "heliu.config.static.StampedStorage"},
}

# Tasks are found as the tasks.py of an app.
PROCRASTINATE_WORKER_DEFAULTS = {
    "concurrency": 4,
    "fetch_job_polling_interval": 1.0,  # for what was put in while nobody listened
    "listen_notify": True,
    "shutdown_graceful_timeout": 10.0,
    "delete_jobs": "successful",
}

HELIU_BANK = os.environ.get("HELIU_BANK", "heliu.capital.bank.sandbox")
HELIU_BANK_URL = os.environ.get("HELIU_BANK_URL", "")
HELIU_BANK_SECRET = os.environ.get("HELIU_BANK_SECRET", "")
HELIU_BANK_FILES = Path(os.environ.get("HELIU_BANK_FILES") or DATA / "bank")
HELIU_ADDRESS = os.environ.get("HELIU_ADDRESS", "http://localhost:8000").rstrip("/")
HELIU_SMS = os.environ.get("HELIU_SMS", "heliu.kernel.dispatch.sandbox")
MAILERS = {"default": mail.mailer(os.environ.get("HELIU_MAIL", ""), DATA / "mail")}
DEFAULT_FROM_EMAIL = os.environ.get("HELIU_MAIL_FROM", "Heliu <heliu@localhost>")
HELIU_CONTACT = os.environ.get("HELIU_CONTACT", "ops@operator.demo" if DEMO else "")
HELIU_WEBHOOKS_INSIDE = os.environ.get("HELIU_WEBHOOKS_INSIDE", "") == "1"
HELIU_REGISTRY = os.environ.get("HELIU_REGISTRY", "heliu.capital.registry.sandbox")
HELIU_PRICE_FEED = os.environ.get("HELIU_PRICE_FEED", "heliu.capital.valuation.sandbox")
HELIU_TAX_AUTHORITY = os.environ.get("HELIU_TAX_AUTHORITY", "heliu.capital.vat.sandbox")
HELIU_COMPANY_REGISTER = os.environ.get("HELIU_COMPANY_REGISTER", "heliu.kernel.joining.sandbox")
LOGGING_CONFIG = None
logs.set_up(os.environ.get("HELIU_LOG", "INFO"))
