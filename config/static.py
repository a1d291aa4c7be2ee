"""Static files under names that carry their content's hash, so browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Vendor files refer to source maps that their packages do not ship: a missing reference is no fault here."""

    manifest_strict = False
    support_js_module_import_aggregation = False
