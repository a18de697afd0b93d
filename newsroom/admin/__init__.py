"""The desk: Django's admin, made ours. Every ModelAdmin stands on `base.ScopedAdmin` and asks `access`."""
