//! What goes wrong by chance.

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
    /// The statuses of a message are posted before its send is answered.
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
