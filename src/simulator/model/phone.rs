//! The business phone numbers on the platform.

use crate::{
    id::{AccountId, PhoneNumberId},
    wire::quiet_debug,
};

/// A business phone number on the platform, with the account that owns it and the token that may use it.
///
/// ```
/// # use whatsapp_business::simulator::{Phone, Simulator};
/// # #[tokio::main] async fn main() -> whatsapp_business::Result<()> {
/// let simulator = Simulator::offline()?;
/// let shop = Phone::new("200", "20", "+1 555 010 0002").access_token("token-of-the-shop");
/// let shop = simulator.add_phone(shop)?;
///
/// let ana = simulator.user("+1 415 555 0132");
/// ana.in_chat_with(shop.id()).says("Hello, shop").await?;
/// shop.send(ana.wa_id(), "Hello, Ana").await?;
/// assert_eq!(ana.messages().len(), 0);
/// assert_eq!(ana.in_chat_with(shop.id()).messages().len(), 2);
/// # Ok(()) }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Phone {
    pub(crate) id: PhoneNumberId,
    pub(crate) account_id: AccountId,
    /// Digits only.
    pub(crate) number: String,
    pub(crate) access_token: String,
    pub(crate) throughput: usize,
}

quiet_debug!(Phone { id, account_id });

impl Phone {
    /// How many messages a number sends and receives in a second unless told otherwise.
    pub const THROUGHPUT: usize = 80;

    /// A number of an account. The account may be new; so far the number is used with the simulator's first token.
    ///
    /// What is not a digit in the number itself is dropped.
    pub fn new(
        id: impl Into<PhoneNumberId>,
        account_id: impl Into<AccountId>,
        display_phone_number: impl AsRef<str>,
    ) -> Self {
        let digits = display_phone_number.as_ref().chars().filter(char::is_ascii_digit).collect();
        Self {
            id: id.into(),
            account_id: account_id.into(),
            number: digits,
            access_token: String::new(),
            throughput: Self::THROUGHPUT,
        }
    }

    /// The token that the Graph API takes for this account. A token reads and sends for its own accounts only; to any other
    /// an object is as good as absent.
    #[must_use]
    pub fn access_token(mut self, token: impl Into<String>) -> Self {
        self.access_token = token.into();
        self
    }

    /// How many messages it sends and receives in a second, where [`Limits`](crate::simulator::Limits) want that;
    /// [`THROUGHPUT`](Self::THROUGHPUT) unless set.
    ///
    /// Meta raises it to 1,000 for a business that sends a lot. A number that is used with the WhatsApp Business app as well
    /// has 20.
    #[must_use]
    pub fn throughput(mut self, messages: usize) -> Self {
        self.throughput = messages;
        self
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &PhoneNumberId {
        &self.id
    }

    /// The account that owns it.
    #[must_use]
    pub fn account_id(&self) -> &AccountId {
        &self.account_id
    }

    /// The number itself, digits only.
    #[must_use]
    pub fn display_phone_number(&self) -> &str {
        &self.number
    }
}
