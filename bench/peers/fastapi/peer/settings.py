"""What the service is told by its environment, and the sizes that a deployment would choose."""

import os

DATABASE_URL = os.environ["DATABASE_URL"]
JWT_SECRET = os.environ["JWT_SECRET"]

# Where the sidecar listens. Empty: events go nowhere.
DAPR_URL = os.environ.get("DAPR_URL", "")
PUBSUB_NAME = os.environ.get("PUBSUB_NAME", "kafka-pubsub")

# Of each worker. Two cores keep far fewer statements busy; a request never waits for a connection.
POOL_SIZE = 20

# Of each worker, towards the sidecar.
PUBLISH_CONNECTIONS = 100
# What takes longer is given up, and the event is lost.
PUBLISH_TIMEOUT_S = 5.0
