"""The way in for web servers."""

import os

from django.core.wsgi import get_wsgi_application

from config.logs import hide_tokens

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
hide_tokens()
