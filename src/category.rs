//! What a template is for: said by templates and by the webhooks about them.

use crate::open::open_enum;

open_enum! {
    /// What a template is for: it decides price, rules and limits. Meta may move a template to another category.
    pub enum Category {
        /// Offers, news, everything that is not one of the others.
        Marketing = "MARKETING",
        /// About something the customer did or asked for: an order, a booking, an account.
        Utility = "UTILITY",
        /// A one-time code, in words that Meta sets.
        Authentication = "AUTHENTICATION",
    }
}
