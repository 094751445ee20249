"""Events, published after the response: nobody waits for them, and nothing remembers them."""

import asyncio
import logging
import uuid

import httpx

from peer import settings
from peer.models import TaskOut

TOPICS = {"task-events": "task.{change}", "task-updates": "task.sync"}
CLOUD_EVENT = {"content-type": "application/cloudevents+json"}

log = logging.getLogger(__name__)


class Publisher:
    """One client with its connections for all requests of a worker."""

    def __init__(self) -> None:
        limits = httpx.Limits(
            max_connections=settings.PUBLISH_CONNECTIONS,
            max_keepalive_connections=settings.PUBLISH_CONNECTIONS,
        )
        self._client = httpx.AsyncClient(
            base_url=settings.DAPR_URL, limits=limits, timeout=settings.PUBLISH_TIMEOUT_S
        )

    async def close(self) -> None:
        """Ends the connections."""
        await self._client.aclose()

    async def publish(self, change: str, user: uuid.UUID, task: TaskOut) -> None:
        """Tells both topics of a change; a failure is logged, and the event is gone."""
        if not settings.DAPR_URL:
            return
        shown = task.model_dump(mode="json")
        posts = [
            self._post(topic, kind.format(change=change), user, shown)
            for topic, kind in TOPICS.items()
        ]
        await asyncio.gather(*posts)

    async def _post(self, topic: str, kind: str, user: uuid.UUID, task: dict) -> None:
        event_id = str(uuid.uuid4())
        event = {
            "specversion": "1.0",
            "id": event_id,
            "source": "taskmaster/api",
            "type": kind,
            "subject": f"users/{user}/tasks/{task['id']}",
            "time": task["updated_at"],
            "datacontenttype": "application/json",
            "data": {
                "event_type": kind,
                "event_id": event_id,
                "schema_version": "1.0",
                "user_id": str(user),
                "task_id": task["id"],
                "timestamp": task["updated_at"],
                "task_data": task,
            },
        }
        path = f"/v1.0/publish/{settings.PUBSUB_NAME}/{topic}"
        parameters = {"metadata.partitionKey": str(user)}
        try:
            answer = await self._client.post(
                path, params=parameters, json=event, headers=CLOUD_EVENT
            )
            answer.raise_for_status()
        except httpx.HTTPError as error:
            log.warning("an event for %s is lost: %r", topic, error)
