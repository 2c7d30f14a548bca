"""Files that a page gives out to be kept."""

from typing import IO, Final

from starlette.responses import Response

EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def to_keep(name: str) -> dict[str, str]:
    """The headers of an answer that a browser saves under this name, in plain letters, and nothing else keeps."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


def excel(file: IO[bytes], name: str) -> Response:
    """The Excel file that was written there, from its beginning; `name` is without its ending."""
    file.seek(0)
    return Response(file.read(), media_type=EXCEL, headers=to_keep(f"{name}.xlsx"))
