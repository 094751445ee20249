//! Many guests at once: limits, fairness, work after the response, and an orderly end.
