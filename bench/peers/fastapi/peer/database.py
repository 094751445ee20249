"""The engine and its sessions: a pool of asyncpg connections in each worker."""

from collections.abc import AsyncIterator

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from peer import settings
from peer.models import Base

engine = create_async_engine(settings.DATABASE_URL, pool_size=settings.POOL_SIZE, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)

# Any number will do that nobody else locks in this database.
_TABLES_LOCK = 7_405_001


async def make_tables() -> None:
    """Makes what is missing; the workers start side by side, so one waits for the other."""
    async with engine.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TABLES_LOCK})
        await connection.run_sync(Base.metadata.create_all)


async def session() -> AsyncIterator[AsyncSession]:
    """A session for one request."""
    async with sessions() as opened:
        yield opened
