//! Wire types generated from wit/, with the topic, pubsub and job names as constants
