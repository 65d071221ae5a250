//! What is known of Meta's error codes.
