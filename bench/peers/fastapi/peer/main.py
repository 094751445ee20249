"""The routes that the benchmark calls, with the answers that the app gives."""

import asyncio
import datetime as dt
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Query, status
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from peer import auth, database
from peer.events import Publisher
from peer.models import Account, Draft, Page, Patch, Task, TaskOut, Token, User

PAGE_DEFAULT = 50
PAGE_MAX = 200

CurrentUser = Annotated[uuid.UUID, Depends(auth.current_user)]
Session = Annotated[AsyncSession, Depends(database.session)]


@asynccontextmanager
async def lifespan(service: FastAPI) -> AsyncIterator[None]:
    """What a worker holds from its start to its end."""
    await database.make_tables()
    service.state.publisher = Publisher()
    yield
    await service.state.publisher.close()
    await database.engine.dispose()


app = FastAPI(title="Tasks", lifespan=lifespan)


@app.get("/healthz")
async def healthz() -> str:
    """The process answers."""
    return "ok"


@app.post("/api/auth/signup", status_code=status.HTTP_201_CREATED)
async def sign_up(account: Account, session: Session) -> Token:
    """Makes an account and signs it in."""
    password_hash = await asyncio.to_thread(auth.hash_password, account.password)
    user = User(email=account.email, password_hash=password_hash, created_at=_now())
    session.add(user)
    await session.commit()
    return Token(access_token=auth.issue(user.id))


@app.get("/api/me/tasks")
async def list_tasks(
    user: CurrentUser,
    session: Session,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_DEFAULT,
) -> Page:
    """The first page in order of creation."""
    own = select(Task).where(Task.user_id == user)
    rows = await session.scalars(own.order_by(Task.created_at, Task.id).limit(limit))
    total = await session.scalar(
        select(func.count()).select_from(Task).where(Task.user_id == user)
    )
    return Page(tasks=[TaskOut.model_validate(task) for task in rows], total=total or 0)


@app.post("/api/me/tasks", status_code=status.HTTP_201_CREATED)
async def create_task(
    draft: Draft, user: CurrentUser, session: Session, after_response: BackgroundTasks
) -> TaskOut:
    """Commits the task, and publishes once the response has left."""
    now = _now()
    task = Task(
        user_id=user, completed=False, created_at=now, updated_at=now, **draft.model_dump()
    )
    session.add(task)
    await session.commit()
    return _changed("created", user, task, after_response)


@app.get("/api/me/tasks/{task_id}")
async def get_task(task_id: int, user: CurrentUser, session: Session) -> TaskOut:
    """One task."""
    return TaskOut.model_validate(await _own_task(session, user, task_id))


@app.patch("/api/me/tasks/{task_id}")
async def update_task(
    task_id: int,
    patch: Patch,
    user: CurrentUser,
    session: Session,
    after_response: BackgroundTasks,
) -> TaskOut:
    """Changes what is given."""
    task = await _own_task(session, user, task_id)
    for name, value in patch.model_dump(exclude_unset=True).items():
        setattr(task, name, value)
    task.updated_at = _now()
    await session.commit()
    return _changed("updated", user, task, after_response)


@app.post("/api/me/tasks/{task_id}/complete")
async def complete_task(
    task_id: int, user: CurrentUser, session: Session, after_response: BackgroundTasks
) -> TaskOut:
    """Completes it; a next occurrence would be made by whoever consumes the event."""
    task = await _own_task(session, user, task_id)
    task.completed = True
    task.updated_at = _now()
    await session.commit()
    return _changed("completed", user, task, after_response)


async def _own_task(session: AsyncSession, user: uuid.UUID, task_id: int) -> Task:
    task = await session.scalar(select(Task).where(Task.id == task_id, Task.user_id == user))
    if task is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such task")
    return task


def _changed(
    change: str, user: uuid.UUID, task: Task, after_response: BackgroundTasks
) -> TaskOut:
    shown = TaskOut.model_validate(task)
    after_response.add_task(app.state.publisher.publish, change, user, shown)
    return shown


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
