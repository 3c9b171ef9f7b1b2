"""What time is it? With Django, in a single file: settings, views, paths and the application.

Debian: python3-django.
"""

import os
import time

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

PAGE = "<!DOCTYPE html>\n<title>clock</title>\n<h1>%s</h1>\n<p>says process %d, with Django\n"
PLAIN = "text/plain; charset=utf-8"

settings.configure(
    ROOT_URLCONF=__name__,  # this file has the paths
    ALLOWED_HOSTS=["*"],  # a sample: elsewhere name your own
    SECRET_KEY="a sample has no secrets",
    TIME_ZONE=None,  # the machine's
)


def page(request):
    return HttpResponse(PAGE % (time.strftime("%H:%M:%S"), os.getpid()))


def plain(request):
    return HttpResponse(time.strftime("%H:%M:%S\n"), content_type=PLAIN)


def nothing(request, exception):
    return HttpResponse("There is no such page.\n", status=404, content_type=PLAIN)


urlpatterns = [path("", page), path("plain", plain)]
handler404 = nothing
app = get_wsgi_application()
