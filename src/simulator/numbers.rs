//! The business numbers, and who is in touch with them.

use super::{Phone, Simulator, User};
use crate::{
    client::BusinessPhone,
    error::{Error, ErrorKind, Result},
    id::{PhoneNumberId, WaId},
};

impl Simulator {
    /// Everybody that the business has been in touch with, by number: once for each business number that they have a chat
    /// with.
    #[must_use]
    pub fn users(&self) -> Vec<User> {
        let mut chats: Vec<(WaId, PhoneNumberId)> = self.platform().look(|model| {
            let people = model.people();
            people
                .flat_map(|person| person.phones().map(|phone| (person.number.clone(), phone.clone())))
                .collect()
        });
        chats.sort_unstable();
        chats.into_iter().map(|(number, phone)| self.user(number.as_str()).in_chat_with(phone)).collect()
    }

    /// Adds a business number, in an account that may be new; it is ready to send.
    ///
    /// Its webhooks go where all go.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when there is a number with this id, the number itself has no digits, or its token cannot be
    /// one.
    pub fn add_phone(&self, phone: Phone) -> Result<BusinessPhone> {
        let problem = |problem: &str| Err(Error::new(ErrorKind::Config(problem.to_owned())));
        let mut phone = phone;
        if phone.access_token.is_empty() {
            self.access_token().clone_into(&mut phone.access_token);
        }
        if phone.number.is_empty() {
            return problem("the display phone number has no digits");
        }
        let client = self.0.client_of(&phone.access_token)?;
        let id = phone.id.clone();
        if !self.platform().change(|model, _| model.add_phone(phone)) {
            return problem("the simulator has a phone number with this id");
        }
        Ok(client.phone(id))
    }

    /// The business numbers, the first one first.
    #[must_use]
    pub fn phones(&self) -> Vec<Phone> {
        self.platform().look(|model| model.phones().map(|phone| Phone::clone(phone)).collect())
    }
}
