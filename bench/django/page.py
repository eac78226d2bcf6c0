"""A page with a form of two fields, and what it writes: Django as it is meant to be used, in one file."""

import os

import django
from django import forms
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, models
from django.http import HttpResponse, HttpResponseRedirect
from django.template import engines
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="bench",
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["BENCH_DATABASE"],
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL",
            },
        }
    },
)
django.setup()


class Person(models.Model):
    user_id = models.CharField(max_length=161)
    email = models.EmailField()

    class Meta:
        app_label = "bench"


class PersonForm(forms.ModelForm):
    class Meta:
        model = Person
        fields = ["user_id", "email"]


PAGE = engines["django"].from_string(
    "<!DOCTYPE html><html lang=en><head><title>Activate</title></head><body><h1>Activate</h1>"
    "<form method=post>{% csrf_token %}{{ form.as_div }}<button>Sign in</button></form></body></html>"
)


def page(request):
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        return HttpResponseRedirect("/")
    return HttpResponse(PAGE.render({"form": form}, request))


urlpatterns = [path("", page)]
try:
    with connection.schema_editor() as editor:
        editor.create_model(Person)
except django.db.utils.OperationalError:
    pass  # another worker has made it
application = get_wsgi_application()
