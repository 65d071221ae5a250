//! What has to hold of every message, and the run that tries it.

use super::{
    lab::{Known, Lab},
    nulls::with_nulls,
};
use proptest::{
    prelude::*,
    test_runner::{TestCaseResult, TestRunner},
};
use serde_json::Value;
use std::cell::Cell;
use whatsapp_business::{
    message::{Content, Message},
    template::Definition,
};

/// A message, and the template that it fills in.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) message: Message,
    pub(super) template: Option<Definition>,
}

impl From<Message> for Case {
    fn from(message: Message) -> Self {
        Self { message, template: None }
    }
}

/// Tries messages of one kind, of which both good and bad ones must occur.
pub(super) fn hold(messages: impl FnOnce(&Known) -> BoxedStrategy<Case>) {
    let lab = Lab::new();
    let (taken, refused) = (Cell::new(0), Cell::new(0));
    let messages = messages(&lab.known);
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(48);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let run = || {
        // A runner that has tried its cases tries no more.
        let tried = TestRunner::new(config.clone()).run(&messages, |Case { message, template }| {
            if let Some(template) = template {
                lab.approve(template);
            }
            let count = if message.validate().is_ok() { &taken } else { &refused };
            count.set(count.get() + 1);
            both_agree(&lab, &message)?;
            nothing_is_lost(&message)
        });
        if let Err(failure) = tried {
            panic!("{failure}");
        }
    };
    // Of some kinds one in twenty is good or bad: a run without either goes on.
    for _ in 0..20 {
        run();
        if taken.get() > 0 && refused.get() > 0 {
            return;
        }
    }
    panic!("{} were good and {} bad", taken.get(), refused.get());
}

fn both_agree(lab: &Lab, message: &Message) -> TestCaseResult {
    let json = serde_json::to_string(message).unwrap();
    let (client, meta) = (message.validate(), lab.send(&json));
    prop_assert_eq!(client.is_ok(), meta.is_ok(), "client: {:?}, simulator: {:?}, of {}", client, meta, json);
    Ok(())
}

fn nothing_is_lost(message: &Message) -> TestCaseResult {
    let json = serde_json::to_string(message).unwrap();
    let is_good = message.validate().is_ok();
    // An empty text where there may be none is read as none.
    if !is_good && json.contains(r#""""#) {
        return Ok(());
    }
    let read: Message = serde_json::from_str(&json).unwrap();
    // Of what is not as documented the order of its members may change.
    prop_assert_eq!(serde_json::to_value(&read).unwrap(), serde_json::from_str::<Value>(&json).unwrap());
    if is_good {
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), json.as_str());
        prop_assert!(!matches!(read.content(), Content::Raw(_)), "{} has a type and was read without", json);
        prop_assert!(read == *message, "{} was read as another message", json);
        let nulled = with_nulls(&serde_json::from_str(&json).unwrap()).to_string();
        let read: Message = serde_json::from_str(&nulled).unwrap();
        prop_assert!(read == *message, "{} was read as another message", nulled);
    }
    Ok(())
}

/// Writes a test for each kind of message from the strategy that makes them.
macro_rules! hold_for {
    ($($test:ident: $messages:expr;)+) => {
        $(#[test]
        fn $test() {
            $crate::messages::agreement::hold($messages);
        })+
    };
}
pub(super) use hold_for;
