//! Every limit by its name: a message at it, which both sides take, and one past it, which both refuse.

mod bills;
mod commerce;
mod envelope;
mod interactive;
mod simple;
mod template;

use super::lab::{ANA, Known, Lab};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};
use whatsapp_business::{
    message::{Content, Message},
    template::Definition,
};

/// A limit by the name of its constant.
struct Limit {
    name: &'static str,
    at: Message,
    past: Message,
    /// The template that both fill in.
    approved: Option<Value>,
}

impl Limit {
    fn new(name: &'static str, at: impl Into<Content>, past: impl Into<Content>) -> Self {
        let to_ana = |content: Content| Message::new(ANA, content);
        Self { name, at: to_ana(at.into()), past: to_ana(past.into()), approved: None }
    }

    /// The longest text, and one of a character more.
    fn text<C: Into<Content>>(name: &'static str, max: usize, content: impl Fn(String) -> C) -> Self {
        Self::new(name, content("é".repeat(max)), content("é".repeat(max + 1)))
    }

    /// The greatest number, and one more.
    fn most<C: Into<Content>>(name: &'static str, max: usize, content: impl Fn(usize) -> C) -> Self {
        Self::new(name, content(max), content(max + 1))
    }

    /// The least number, and one less.
    fn least<C: Into<Content>>(name: &'static str, min: usize, content: impl Fn(usize) -> C) -> Self {
        Self::new(name, content(min), content(min - 1))
    }

    fn approved(mut self, template: Value) -> Self {
        self.approved = Some(template);
        self
    }
}

fn all(known: &Known) -> Vec<Limit> {
    let tables = [
        envelope::limits(),
        simple::limits(known),
        interactive::limits(known),
        commerce::limits(),
        bills::limits(),
        template::limits(known),
    ];
    tables.into_iter().flatten().collect()
}

#[test]
fn both_sides_take_what_is_at_a_limit_and_refuse_what_is_past_it() {
    let lab = Lab::new();
    for Limit { name, at, past, approved } in all(&lab.known) {
        if let Some(template) = approved {
            lab.approve(serde_json::from_value::<Definition>(template).unwrap());
        }
        let asked = |message: &Message| {
            let taken = lab.send(&serde_json::to_string(message).unwrap());
            (message.validate().map_err(|error| error.to_string()), taken)
        };
        assert_eq!(asked(&at), (Ok(()), Ok(())), "{name}, at the limit");
        let (client, simulator) = asked(&past);
        assert!(client.is_err() && simulator.is_err(), "{name}, past the limit: {client:?}, {simulator:?}");
        // Eleven sections have eleven rows, and a one-time code stands in the body and on the button.
        let problems = past.validate().unwrap_err().violations().len();
        assert!(problems <= 2, "{name} is not all that is wrong: {client:?}");
    }
}

#[test]
fn every_limit_of_messages_is_in_the_tables() {
    let mut declared = BTreeSet::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    find_limits(&source.join("message"), &mut declared);
    find_limits(&source.join("recipient.rs"), &mut declared);
    let listed: Vec<_> = all(&Lab::new().known).iter().map(|limit| limit.name.to_owned()).collect();
    let listed: BTreeSet<_> = listed.into_iter().collect();
    assert!(declared.len() > 100, "{declared:?}");
    assert_eq!(listed, declared);
}

/// Finds public constants `MAX_…` and `MIN_…`, each with the type that it is of.
fn find_limits(path: &Path, found: &mut BTreeSet<String>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            find_limits(&entry.unwrap().path(), found);
        }
        return;
    }
    let code = fs::read_to_string(path).unwrap();
    let mut owner = "";
    for line in code.lines() {
        if let Some(name) = line.strip_prefix("impl ").and_then(|rest| rest.strip_suffix(" {")) {
            owner = name;
        }
        let constant = line.trim().strip_prefix("pub const ").and_then(|rest| rest.split_once(':'));
        if let Some((name, _)) =
            constant.filter(|(name, _)| name.starts_with("MAX_") || name.starts_with("MIN_"))
        {
            found.insert(format!("{owner}::{name}"));
        }
    }
}
