"""The rows, and what the API takes and gives. No IO."""

import datetime as dt
import uuid
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Priority = Literal["low", "medium", "high", "urgent"]


class Base(DeclarativeBase):
    """All tables."""


class User(Base):
    """An account."""

    __tablename__ = "users"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))


class Task(Base):
    """A task of one user."""

    __tablename__ = "tasks"
    __table_args__ = (Index("tasks_by_creation", "user_id", "created_at", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    completed: Mapped[bool]
    priority: Mapped[str] = mapped_column(String(10))
    tags: Mapped[list[str]] = mapped_column(JSONB)
    due_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    recurrence: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))


class Account(BaseModel):
    """The body of a sign-up."""

    email: str = Field(max_length=254)
    password: str = Field(min_length=8, max_length=200)


class Token(BaseModel):
    """The answer to a sign-up."""

    access_token: str
    token_type: str = "bearer"


class Draft(BaseModel):
    """The body of a create."""

    title: str = Field(min_length=1, max_length=200)
    description: str = Field(default="", max_length=2000)
    priority: Priority = "medium"
    tags: list[str] = Field(default_factory=list, max_length=20)
    due_at: dt.datetime | None = None
    recurrence: str | None = Field(default=None, max_length=100)


class Patch(BaseModel):
    """The body of an update: what is given is changed."""

    title: str | None = Field(default=None, min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=2000)
    priority: Priority | None = None
    tags: list[str] | None = Field(default=None, max_length=20)
    due_at: dt.datetime | None = None
    recurrence: str | None = Field(default=None, max_length=100)


class TaskOut(BaseModel):
    """A task as the API shows it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    description: str
    completed: bool
    priority: Priority
    tags: list[str]
    due_at: dt.datetime | None
    recurrence: str | None
    created_at: dt.datetime
    updated_at: dt.datetime


class Page(BaseModel):
    """The answer to a list."""

    tasks: list[TaskOut]
    total: int
