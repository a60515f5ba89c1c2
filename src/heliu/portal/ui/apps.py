"""The Django app of the shared parts; it has no tables."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    """Templates, static files and the tag library ``heliu_ui``."""

    name = "heliu.portal.ui"
    label = "ui"
    verbose_name = _("Shared parts")
