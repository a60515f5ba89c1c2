"""Settings. Everything comes from the environment with a default that runs.

HELIU_DATA    folder of the embedded database and of files (default .heliu)
HELIU_ROLE    web | worker | owner: which database role this process uses
HELIU_DEMO    1: demo log-ins, desk switcher and movable clock
"""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("HELIU_DATA", ".heliu")).resolve()
DEMO = os.environ.get("HELIU_DEMO", "") == "1"
DEBUG = False
SECRET_KEY = os.environ.get("HELIU_SECRET_KEY", "not-secret-for-demo-and-tests-only")
ALLOWED_HOSTS = os.environ.get("HELIU_HOSTS", "localhost,127.0.0.1,testserver").split(",")

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("HELIU_DATABASE", "heliu"),
        "USER": f"heliu_{os.environ.get('HELIU_ROLE', 'web')}",
        "HOST": os.environ.get("HELIU_PG_HOST", str(DATA / "pg")),
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8, "timeout": 10}},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "heliu.kernel.access",
    "heliu.kernel.parties",
    "heliu.kernel.posting",
    "heliu.kernel.clock",
    "heliu.kernel.consent",
    "heliu.kernel.idempotency",
    "heliu.kernel.events",
    "heliu.kernel.goods",
    "heliu.commerce.catalogue",
    "heliu.commerce.pricing",
    "heliu.commerce.ordering",
    "heliu.logistics.stock",
    "heliu.logistics.warehousing",
    "heliu.logistics.transport",
    "heliu.logistics.pledges",
    "heliu.capital.books",
    "heliu.capital.bank",
    "heliu.capital.bank.sandbox",
    "heliu.capital.credit",
    "heliu.capital.lending",
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
INSTALLED_APPS = [
    app
    for app in INSTALLED_APPS
    if not app.startswith("heliu.") or (ROOT.joinpath(*app.split(".")[1:]) / "apps.py").exists()
]

AUTH_USER_MODEL = "access.User"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_CODE = "en"
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "/static/"
ROOT_URLCONF = "heliu.config.urls"
