"""libxml2, which PostgreSQL brings along: another's judgement of a file by the published schema."""

import ctypes
from ctypes.util import find_library

_LIBRARY = ctypes.CDLL(find_library("xml2") or "libxml2.so.2")
for _name in (
    "xmlSchemaNewMemParserCtxt", "xmlSchemaParse", "xmlSchemaNewValidCtxt", "xmlReadMemory",
):  # fmt: skip
    getattr(_LIBRARY, _name).restype = ctypes.c_void_p
_QUIET = 32 | 64 | 2048  # no errors, no warnings, no network
_SILENT = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(lambda _context, _error: None)
_LIBRARY.xmlSetStructuredErrorFunc(None, _SILENT)


class Schema:
    """One schema. ValueError where it is none."""

    def __init__(self, written: str) -> None:
        self._written = written.encode()  # libxml2 reads it where it lies
        parser = _LIBRARY.xmlSchemaNewMemParserCtxt(self._written, len(self._written))
        self._schema = _LIBRARY.xmlSchemaParse(ctypes.c_void_p(parser))
        if not self._schema:
            raise ValueError("this is no schema")

    def accepts(self, document: bytes) -> bool:
        """Whether the document is as the schema says."""
        read = _LIBRARY.xmlReadMemory(document, len(document), None, None, _QUIET)
        if not read:
            return False
        valid = ctypes.c_void_p(_LIBRARY.xmlSchemaNewValidCtxt(ctypes.c_void_p(self._schema)))
        try:
            return _LIBRARY.xmlSchemaValidateDoc(valid, ctypes.c_void_p(read)) == 0
        finally:
            _LIBRARY.xmlSchemaFreeValidCtxt(valid)
            _LIBRARY.xmlFreeDoc(ctypes.c_void_p(read))
