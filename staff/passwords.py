"""Passwords: argon2id, and the rule for new ones."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10  # characters; length is what counts (NIST SP 800-63B, 5.1.1)
LONGEST = 200

_hasher = PasswordHasher()  # argon2id, RFC 9106 low-memory profile


@cache
def _nobody() -> str:
    """Checked for unknown logins, so that they take as long as known ones."""
    return _hasher.hash(secrets.token_urlsafe(16))


def password_hash(password: str) -> str:
    """argon2id of the password, salted, with its parameters."""
    return _hasher.hash(password)


def password_is_right(stored: str | None, password: str) -> bool:
    """Whether the password is the one that was hashed; never for None, after the same time."""
    try:
        return _hasher.verify(stored or _nobody(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def made_up_password() -> str:
    """A password to hand over once: about 80 bits, no letters that are mistaken for digits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))
