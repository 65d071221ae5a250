//! What a user of the crate can do, end to end.
