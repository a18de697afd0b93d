"""Static files as a server hands them out: a name changes with the content, so that a browser may keep it for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class CollectedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Renames the modules that a script imports with their content too. Otherwise an old one would meet a new one."""

    support_js_module_import_aggregation = True
