"""The gallery: every part of the pages with sample values, shown in the demonstration only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from heliu.portal.ui.gallery import samples


def gallery(request: HttpRequest) -> HttpResponse:
    """All parts on one page, to be looked at and tested by day, by night and on the phone."""
    return render(request, "ui/gallery.html", samples())
