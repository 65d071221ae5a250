//! What the phone room promises.

mod keys;
#[cfg(feature = "phonenumber")]
mod number;
