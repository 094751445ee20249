//! What an envelope keeps, what it fills in, and how it refuses.
