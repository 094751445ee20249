//! Sans-IO messages of the Dapr HTTP API, both sides
