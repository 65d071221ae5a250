//! What is known of Meta's error codes.
/// d
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// d
    Unknown,
}
/// d
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// d
    Never,
    /// d
    Soon(u8),
}
/// d
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// d
    App,
}
/// d
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// d
    pub class: Class,
    /// d
    pub retry: Retry,
    /// d
    pub scope: Scope,
}
pub(crate) fn advice(_: i64, _: Option<i64>, _: bool) -> Advice {
    Advice { class: Class::Unknown, retry: Retry::Never, scope: Scope::App }
}
