"""The peer of the benchmark: the API's core as people write it with FastAPI and SQLAlchemy.

It keeps the manner it is compared for: a task is committed, then its event is published without
waiting and without a record, so that an event is lost whenever the process or the sidecar is.
"""
