"""Passwords and bearer tokens (JWT, HS256)."""

import base64
import datetime as dt
import hashlib
import os
import uuid
from typing import Annotated

import jwt
from fastapi import Depends, HTTPException, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from peer import settings

ALGORITHM = "HS256"
LIFETIME = dt.timedelta(hours=24)

_bearer = HTTPBearer(auto_error=False)


def hash_password(password: str) -> str:
    """Slow on purpose; to be called off the event loop."""
    salt = os.urandom(16)
    digest = hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)
    return base64.b64encode(salt + digest).decode()


def issue(user: uuid.UUID) -> str:
    """A token that its user shows with every request."""
    now = dt.datetime.now(dt.UTC)
    claims = {"sub": str(user), "iat": now, "exp": now + LIFETIME}
    return jwt.encode(claims, settings.JWT_SECRET, algorithm=ALGORITHM)


async def current_user(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> uuid.UUID:
    """Whose token it is, or 401."""
    try:
        token = credentials.credentials if credentials else ""
        claims = jwt.decode(token, settings.JWT_SECRET, algorithms=[ALGORITHM])
        return uuid.UUID(claims["sub"])
    except (jwt.InvalidTokenError, KeyError, ValueError) as error:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "sign in first") from error
