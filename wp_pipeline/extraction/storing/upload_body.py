"""The body of an upload, whose every read observes the cancellation.

S3 stores an object when all of its bytes have arrived. So an upload that ends early leaves what was
stored before.
"""

from typing import BinaryIO

from wp_pipeline.wordpress.http.cancellation import Cancellation


class UploadBody:
    """The file of a payload. Each read raises Cancelled or DeadlineExceeded if it is time to end.

    botocore retries an upload whose body could not be read, and seeks first: that raises too.
    """

    def __init__(self, file: BinaryIO, cancellation: Cancellation) -> None:
        self._file = file
        self._cancellation = cancellation

    def read(self, size: int = -1) -> bytes:
        self._cancellation.check()
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        self._cancellation.check()
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()
