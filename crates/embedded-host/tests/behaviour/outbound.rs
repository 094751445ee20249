//! Where a component may send requests, who answers them, and how long they may take.
