"""The desk as a Django application."""

from django.apps import AppConfig


class DeskApp(AppConfig):
    """Users, and what they did."""

    name = "portvagt_isp.desk"
    label = "desk"
