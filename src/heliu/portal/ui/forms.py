"""How Django's forms are drawn: label, field, help and error in the house's own part.

Set ``FORM_RENDERER = "heliu.portal.ui.forms.HeliuRenderer"``; then ``{{ form }}`` and
``{{ form.amount.as_field_group }}`` look right without a template of their own.
"""

from django.forms.renderers import DjangoTemplates


class HeliuRenderer(DjangoTemplates):
    """Django's own widgets inside our field part."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"
