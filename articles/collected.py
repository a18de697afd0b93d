"""Static files as a server hands them out: under names that say what is in them, for a browser to keep for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class CollectedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """The modules that a script imports are named by their content as well, or an old one would meet a new one."""

    support_js_module_import_aggregation = True
