//! What the business set for its numbers: registration, profile, people it blocked, and more.

use super::{
    Model, Phone,
    sending::{Address, Target},
};
use crate::{
    id::{PhoneNumberId, UserId, WaId},
    simulator::{refusal::Refusal, webhooks::notice::notice},
    time::Timestamp,
};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// How often a number may be registered and deregistered within [`WINDOW`].
const MOST_REGISTRATIONS: usize = 10;
const WINDOW: Duration = Duration::from_secs(72 * 60 * 60);

/// How many wrong PINs are taken before the next guess has to wait. Meta does not say how many.
const MOST_GUESSES: u32 = 5;

/// Everything that is set for one number.
pub(crate) struct NumberState {
    pub(crate) is_registered: bool,
    pub(crate) is_verified: bool,
    pub(crate) verified_name: String,
    pub(crate) new_name: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) profile: Map<String, Value>,
    pub(crate) settings: Map<String, Value>,
    pub(crate) automation: Map<String, Value>,
    pub(crate) is_cart_enabled: bool,
    pub(crate) is_catalog_visible: bool,
    /// The codes of QR pictures and what each makes the customer write.
    pub(crate) qr_codes: Vec<(String, String)>,
    /// Whom the business blocked, in that order.
    pub(crate) blocked: Vec<(WaId, UserId)>,
    pub(crate) pin: Option<String>,
    wrong_pins: u32,
    wrong_since: Timestamp,
    /// The code that was sent to the number by SMS or in a call.
    pub(crate) code: Option<String>,
    registrations: VecDeque<Timestamp>,
}

impl Default for NumberState {
    fn default() -> Self {
        Self {
            is_registered: true,
            is_verified: true,
            verified_name: "Sunny Solar".into(),
            new_name: None,
            username: None,
            profile: Map::new(),
            settings: Map::new(),
            automation: Map::new(),
            is_cart_enabled: true,
            is_catalog_visible: false,
            qr_codes: Vec::new(),
            blocked: Vec::new(),
            pin: None,
            wrong_pins: 0,
            wrong_since: Timestamp::from_seconds(0),
            code: None,
            registrations: VecDeque::new(),
        }
    }
}

impl NumberState {
    pub(crate) fn has_blocked(&self, number: &WaId) -> bool {
        self.blocked.iter().any(|(there, _)| there == number)
    }

    /// Registers the number for the Cloud API. A PIN that is set must be given; else this sets it.
    pub(crate) fn register(&mut self, pin: &str, now: Timestamp) -> Result<(), Refusal> {
        self.note_registration(now)?;
        if !self.is_verified {
            return Err(Refusal::new(133_006, "The number has to be verified before it is registered."));
        }
        if self.wrong_pins >= MOST_GUESSES && now < self.wrong_since + HOUR {
            return Err(Refusal::new(133_008, "Too many wrong PINs; try again after an hour."));
        }
        if self.pin.as_deref().is_some_and(|known| known != pin) {
            self.wrong_pins += 1;
            self.wrong_since = now;
            return Err(Refusal::new(133_005, "The PIN is not the one of the number."));
        }
        self.wrong_pins = 0;
        self.pin = Some(pin.to_owned());
        self.is_registered = true;
        Ok(())
    }

    pub(crate) fn deregister(&mut self, now: Timestamp) -> Result<(), Refusal> {
        if !self.is_registered {
            return Err(Refusal::new(133_010, "The number is not registered."));
        }
        self.note_registration(now)?;
        self.is_registered = false;
        Ok(())
    }

    fn note_registration(&mut self, now: Timestamp) -> Result<(), Refusal> {
        self.registrations.retain(|at| now < *at + WINDOW);
        if self.registrations.len() >= MOST_REGISTRATIONS {
            let details = "A number is registered and deregistered 10 times in 72 hours at most.";
            return Err(Refusal::new(133_016, details));
        }
        self.registrations.push_back(now);
        Ok(())
    }
}

/// What is set for each number; what was never set is as it is at first.
#[derive(Default)]
pub(crate) struct Numbers(BTreeMap<PhoneNumberId, NumberState>);

impl Model {
    /// What is set for the number, if anything ever was.
    pub(crate) fn number(&self, id: &PhoneNumberId) -> Option<&NumberState> {
        self.numbers.0.get(id)
    }

    pub(crate) fn number_mut(&mut self, id: &PhoneNumberId) -> &mut NumberState {
        self.numbers.0.entry(id.clone()).or_default()
    }

    /// Whether the number blocked this person: what they write does not arrive, and nothing is sent to them.
    pub(crate) fn has_blocked(&self, id: &PhoneNumberId, person: &WaId) -> bool {
        self.number(id).is_some_and(|number| number.has_blocked(person))
    }

    /// Whether the number may send to this address at all.
    pub(super) fn may_send(&self, from: &Phone, address: &Address) -> Result<(), Refusal> {
        let Some(number) = self.number(&from.id) else { return Ok(()) };
        if !number.is_registered {
            return Err(Refusal::new(133_010, "The number is not registered for the Cloud API."));
        }
        match address.target() {
            Target::Person(person) if number.has_blocked(person) => {
                Err(Refusal::new(130_403, "The business has blocked this user."))
            }
            _ => Ok(()),
        }
    }

    /// A code of six digits goes to the number.
    pub(crate) fn send_code(&mut self, id: &PhoneNumberId) {
        let code: String = std::iter::repeat_with(|| self.rng.digit(10)).take(6).collect();
        self.number_mut(id).code = Some(code);
    }

    /// A code that stands in the address of a QR picture.
    pub(crate) fn qr_code(&mut self) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let letter = || self.rng.choice(LETTERS).map_or('A', |letter| char::from(*letter));
        std::iter::repeat_with(letter).take(14).collect()
    }

    /// Sets the PIN of the number, and tells it.
    pub(crate) fn set_pin(&mut self, phone: &Phone, pin: &str, now: Timestamp) {
        let number = self.number_mut(&phone.id);
        number.pin = Some(pin.to_owned());
        number.wrong_pins = 0;
        let value = json!({
            "display_phone_number": phone.number,
            "event": "PIN_CHANGED",
            "requester": self.settings.app_id,
        });
        self.post(notice(&phone.account_id, "security", &value, now), now);
    }

    /// Gives the number a username, or takes it away, and tells it.
    pub(crate) fn set_username(&mut self, phone: &Phone, username: Option<String>, now: Timestamp) {
        let mut value = json!({
            "display_phone_number": phone.number,
            "status": if username.is_some() { "approved" } else { "deleted" },
        });
        if let (Some(username), Some(members)) = (&username, value.as_object_mut()) {
            members.insert("username".into(), username.as_str().into());
        }
        self.number_mut(&phone.id).username = username;
        self.post(notice(&phone.account_id, "business_username_updates", &value, now), now);
    }
}
