"""How much of an upload is taken in: what is too large is passed over, and a page can say so."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

# For the fields around a file; and for whoever has no large file to bring there.
_AROUND, _SMALL = 1_000_000, 5_000_000
_BRINGS = "feedback:bring"
# What is larger still is not even read to its end.
_HOPELESS = 4


class Limited(FileUploadHandler):
    """Stands before the handlers that keep a file, and keeps nothing itself."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        request = self.request
        user, found = getattr(request, "user", None), getattr(request, "resolver_match", None)
        may_be_large = user is not None and user.is_authenticated and found is not None and found.view_name == _BRINGS
        most = settings.IMPORT_MOST_BYTES if may_be_large else _SMALL
        self.is_too_large = content_length > most + _AROUND
        self.is_hopeless = content_length > _HOPELESS * most + _AROUND
        if request is not None:
            request.upload_is_too_large = self.is_too_large  # type: ignore[attr-defined]  # the view tells it

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.is_too_large:
            raise StopUpload(connection_reset=self.is_hopeless)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
