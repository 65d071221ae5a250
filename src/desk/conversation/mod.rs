//! What people do with conversations: close them, put them away, open them again, read them, and write on them.

mod idle;
mod life;
mod marks;
mod search;

pub(super) use idle::{close_idle, watch};
pub(super) use life::{refused, reopened, turning};
pub use marks::Note;
pub use search::Search;
