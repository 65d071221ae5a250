//! The list of a template's buttons.

use crate::{
    template::{
        Button,
        members::{Extra, Members, Reason},
    },
    wire::quiet_debug,
};
use serde::Serialize;

/// Buttons under the message (`BUTTONS` on the wire).
#[derive(Clone, Default, PartialEq, Serialize)]
pub struct Buttons {
    pub(super) buttons: Vec<Button>,
    #[serde(flatten)]
    pub(super) extra: Extra,
}

quiet_debug!(Buttons { buttons });

/// Limits from [Meta: template components](https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components).
impl Buttons {
    /// Most buttons of a template, and so most quick replies.
    pub const MAX: usize = 10;
    /// Most buttons that open an address.
    pub const MAX_URLS: usize = 2;
    /// Most buttons that call a phone number.
    pub const MAX_PHONE_NUMBERS: usize = 1;
    /// Most buttons that copy a code.
    pub const MAX_COPY_CODES: usize = 1;
    /// Most buttons that ask for a payment.
    pub const MAX_PAYMENT_REQUESTS: usize = 3;

    /// The buttons, in order.
    #[must_use]
    pub fn list(&self) -> &[Button] {
        &self.buttons
    }

    pub(super) fn read(mut members: Members) -> Result<Self, Reason> {
        let buttons = members.list("buttons")?.ok_or("buttons is missing")?;
        let buttons = buttons.into_iter().enumerate();
        let button =
            |(index, button)| Button::read(button).map_err(|reason| format!("buttons[{index}]: {reason}"));
        Ok(Self { buttons: buttons.map(button).collect::<Result<_, _>>()?, extra: members.rest() })
    }
}
