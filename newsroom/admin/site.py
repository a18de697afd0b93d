"""The desk's site."""

from django.contrib.admin import AdminSite


class Desk(AdminSite):
    pass




def csrf_failure(request, reason=""):
    raise NotImplementedError
