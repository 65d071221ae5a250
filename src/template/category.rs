//! How the placeholders of a template are named.

use crate::open::open_enum;

open_enum! {
    /// How the placeholders of a template are named; Meta takes an absent format for [`Positional`](Self::Positional).
    pub enum ParameterFormat {
        /// By number, from 1: `{{1}}`, `{{2}}`.
        Positional = "POSITIONAL",
        /// By name: `{{first_name}}`.
        Named = "NAMED",
    }
}
