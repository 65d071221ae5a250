//! What goes wrong by chance.

use super::{Simulator, model::Report, refusal::Refusal};
use crate::{
    error::{Error, ErrorKind, Result},
    id::MessageId,
};
use serde::{Deserialize, Serialize};

/// The knobs, each with its setter: one line says what goes wrong, the text after it what that means.
macro_rules! knobs {
    ($($(#[$meta:meta])* $name:ident,)+) => {
        /// How often what goes wrong, each as a chance between 0.0 (never) and 1.0 (always).
        ///
        /// A request has one trouble at most: where the chances of several add up to more than 1.0, the first named here win.
        /// The same [seed](super::Builder::seed) and the same order of requests bring the same troubles.
        ///
        /// ```
        /// use whatsapp_business::simulator::{Faults, Simulator};
        /// # #[tokio::main] async fn main() -> whatsapp_business::Result<()> {
        /// let simulator = Simulator::builder().faults(Faults::none().lost_answers(1.0)).seed(7).start().await?;
        /// let error = simulator.phone().send("+14155552671", "Hello").await.unwrap_err();
        /// assert!(error.outcome_unknown());
        /// assert_eq!(simulator.sent().len(), 1);
        ///
        /// simulator.set_faults(Faults::storm());
        /// simulator.set_faults(Faults::none());
        /// # Ok(()) }
        /// ```
        ///
        /// As JSON it is an object of the knobs; those that are left out are 0.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct Faults {
            $(pub(super) $name: f64,)+
        }

        impl Faults {
            $($(#[$meta])*
            #[must_use]
            pub fn $name(mut self, chance: f64) -> Self {
                self.$name = chance;
                self
            })+
        }
    };
}

knobs! {
    /// The request is carried out, and the connection is closed without an answer.
    lost_answers,
    /// The connection is reset before anything is done.
    resets_before,
    /// The request is carried out, and the connection is reset.
    resets_after,
    /// The request is refused with 131000, 131016 or 2, as Meta does when it has trouble of its own. Half of them are
    /// carried out all the same.
    server_errors,
    /// The request is refused with 4, 80007, 130429 or 131056, or with a bare 429 and `Retry-After`.
    too_many_requests,
    /// The request is carried out, and the answer drips for two seconds.
    slow_answers,
    /// The request is carried out, and the connection ends somewhere in the middle of the answer.
    truncated_answers,
    /// A proxy answers with a page and 502, 503 or 504. Half of the requests are carried out all the same.
    html_errors,
    /// A webhook that was answered with 200 is posted once more.
    duplicate_webhooks,
    /// A webhook is posted before others that are older.
    reordered_webhooks,
    /// The statuses of a message are posted before its send is answered, and what becomes at once of a template before its
    /// creation is.
    early_webhooks,
    /// A webhook is posted up to two seconds late, after others that are younger.
    late_webhooks,
}

impl Faults {
    /// All is well: every knob at 0.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// A bad day: a third of all requests and half of all webhooks are hit by one of everything.
    #[must_use]
    pub fn storm() -> Self {
        Self {
            lost_answers: 0.05,
            resets_before: 0.05,
            resets_after: 0.05,
            server_errors: 0.05,
            too_many_requests: 0.05,
            slow_answers: 0.01,
            truncated_answers: 0.04,
            html_errors: 0.04,
            duplicate_webhooks: 0.2,
            reordered_webhooks: 0.2,
            early_webhooks: 0.1,
            late_webhooks: 0.1,
        }
    }
}

/// What a token may be allowed to do, for [`Simulator::permit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Permission {
    /// `whatsapp_business_messaging`: messages and media.
    Messaging,
    /// `whatsapp_business_management`: numbers, templates and accounts.
    Management,
}

impl Permission {
    /// The answer to a request that needs it.
    pub(super) fn refusal(self) -> Refusal {
        match self {
            Self::Messaging => {
                Refusal::new(10, "The permission whatsapp_business_messaging is not granted to the app.")
            }
            Self::Management => {
                Refusal::new(200, "The permission whatsapp_business_management is not granted to the app.")
            }
        }
    }
}

/// What goes wrong, by chance or as it is asked for.
impl Simulator {
    /// Refuses the next Graph request with this code, and the HTTP status that Meta documents for it.
    ///
    /// Called several times, it refuses as many requests, in that order.
    pub fn fail_next(&self, code: i64) {
        self.platform().change(|model, _| model.trouble.refusals.push_back(code));
    }

    /// Takes the next message, and then hangs up without an answer.
    ///
    /// The message is sent and its statuses are reported: what a broken connection looks like from outside.
    pub fn lose_next_answer(&self) {
        self.platform().change(|model, _| model.trouble.lost_answers += 1);
    }

    /// Lets the access token expire: every request is refused with 190 and subcode 463 until there is a
    /// [new one](Self::renew_token).
    pub fn expire_token(&self) {
        self.platform().change(|model, _| model.trouble.token.is_expired = true);
    }

    /// Makes `token` the one that the Graph API accepts; those before it are expired. The one of
    /// [`access_token`](Self::access_token) can be given again.
    pub fn renew_token(&self, token: impl Into<String>) {
        self.platform().change(|model, _| model.trouble.token.renew(token.into()));
    }

    /// Takes a permission from the app or gives it back: what needs it is refused meanwhile, with 10 for messages and media
    /// and with 200 for numbers, templates and accounts.
    ///
    /// ```
    /// use whatsapp_business::simulator::{Permission, Simulator};
    /// # #[tokio::main] async fn main() -> whatsapp_business::Result<()> {
    /// let simulator = Simulator::start().await?;
    /// simulator.permit(Permission::Messaging, false);
    /// let error = simulator.phone().send("+14155550132", "Hello").await.unwrap_err();
    /// assert_eq!(error.api().map(|api| api.code), Some(10));
    /// simulator.permit(Permission::Messaging, true);
    /// simulator.phone().send("+14155550132", "Hello").await?;
    /// # Ok(()) }
    /// ```
    pub fn permit(&self, permission: Permission, on: bool) {
        self.platform().change(|model, _| model.trouble.permit(permission, on));
    }

    /// Puts the numbers into maintenance mode or ends it: sends are refused with 131057 meanwhile, as during an upgrade of
    /// throughput.
    pub fn maintenance(&self, on: bool) {
        self.platform().change(|model, _| model.trouble.maintenance = on);
    }

    /// Reports a status of a sent message now, whatever was reported of it before.
    ///
    /// With [`Pace::by_hand`](super::Pace::by_hand) these are the only ones.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when no message with this id was accepted, or it is forgotten.
    ///
    /// ```
    /// use whatsapp_business::simulator::{Pace, Report, Simulator};
    /// # #[tokio::main] async fn main() -> whatsapp_business::Result<()> {
    /// let simulator = Simulator::builder().pace(Pace::by_hand()).start().await?;
    /// let sent = simulator.phone().send("+14155550132", "Hello").await?;
    /// simulator.report(&sent.message_id, Report::Delivered)?;
    /// simulator.report(&sent.message_id, Report::Failed(131_026))?;
    /// # Ok(()) }
    /// ```
    pub fn report(&self, id: &MessageId, report: Report) -> Result<()> {
        if self.platform().change(|model, now| model.report(id, report, now)) {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::NotFound("no message with this id was accepted".into())))
        }
    }

    /// What goes wrong by chance, from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.platform().change(|model, _| model.trouble.faults = faults);
    }

    /// What goes wrong by chance.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.platform().look(|model| model.trouble.faults.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::Faults;

    #[test]
    fn what_is_left_out_of_the_json_is_zero() {
        let faults: Faults = serde_json::from_str(r#"{"lost_answers": 0.5}"#).unwrap();
        assert_eq!(faults, Faults::none().lost_answers(0.5));
        let storm = serde_json::to_value(Faults::storm()).unwrap();
        assert_eq!(storm.as_object().unwrap().len(), 12);
        assert!(storm.as_object().unwrap().values().all(|chance| chance.as_f64() > Some(0.0)), "{storm}");
        assert_eq!(serde_json::from_value::<Faults>(storm).unwrap(), Faults::storm());
    }
}
