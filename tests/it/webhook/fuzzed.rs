//! The checks of the fuzzer on bytes that are invented anew in every run, for who has no fuzzer.
//!
//! What it starts from is in `tests/fixtures/fuzz`, a seed in a line.

use super::{checks, fixtures};
use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};
use std::{fs, path::Path};

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/fuzz").join(name);
    let lines = fs::read_to_string(file.with_extension("txt")).unwrap();
    lines.lines().map(|line| line.as_bytes().to_vec()).collect()
}

fn bodies() -> Vec<Vec<u8>> {
    fixtures().iter().map(|(_, body)| body.clone().into_bytes()).collect()
}

/// One way to spoil bytes.
#[derive(Clone, Debug)]
enum Damage {
    Replace(prop::sample::Index, u8),
    Insert(prop::sample::Index, &'static str),
    Remove(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize),
    Splice(prop::sample::Index, prop::sample::Index, prop::sample::Index),
    Cut(prop::sample::Index),
}

/// What means something in JSON, or is known for trouble.
const WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "\\",
    "null",
    "true",
    "0",
    "-",
    "1e400",
    "1.0",
    "[]",
    "{}",
    "\"\"",
    "\\ud83d",
    "\\u0000",
    "\\/",
    "%",
    "&",
    "=",
    " ",
    "\u{e4}",
    "\u{1f642}",
    "99999999999999999999",
    "\"id\":\"\",",
    "\"type\":5,",
    "\"new\":[1],",
];

fn damage() -> impl Strategy<Value = Damage> {
    let place = any::<prop::sample::Index>;
    let word = || prop::sample::select(WORDS);
    prop_oneof![
        2 => (place(), any::<u8>()).prop_map(|(at, byte)| Damage::Replace(at, byte)),
        4 => (place(), word()).prop_map(|(at, word)| Damage::Insert(at, word)),
        2 => (place(), 1_usize..20).prop_map(|(at, length)| Damage::Remove(at, length)),
        1 => (place(), 1_usize..100).prop_map(|(at, length)| Damage::Repeat(at, length)),
        1 => (place(), place(), place()).prop_map(|(other, from, to)| Damage::Splice(other, from, to)),
        1 => place().prop_map(Damage::Cut),
    ]
}

/// A seed as it is, a seed with damages, or any bytes.
fn spoiled(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let damages = prop::collection::vec(damage(), 0..6);
    let of_seeds = (any::<prop::sample::Index>(), damages).prop_map(move |(which, damages)| {
        damages.iter().fold(which.get(&seeds).clone(), |bytes, damage| damage.done_to(bytes, &seeds))
    });
    prop_oneof![9 => of_seeds, 1 => any::<Vec<u8>>()]
}

impl Damage {
    fn done_to(&self, mut bytes: Vec<u8>, seeds: &[Vec<u8>]) -> Vec<u8> {
        let length = bytes.len();
        let at = |place: &prop::sample::Index| place.index(length + 1);
        match self {
            Self::Replace(place, byte) => {
                if let Some(slot) = bytes.get_mut(at(place)) {
                    *slot = *byte;
                }
            }
            Self::Insert(place, word) => drop(bytes.splice(at(place)..at(place), word.bytes())),
            Self::Remove(place, count) => drop(bytes.drain(at(place)..(at(place) + count).min(length))),
            Self::Repeat(place, count) => {
                let part = bytes[at(place)..(at(place) + count).min(length)].to_vec();
                bytes.splice(at(place)..at(place), part);
            }
            Self::Splice(other, from, to) => {
                let other = other.get(seeds);
                let part = other[from.index(other.len() + 1)..].iter().copied();
                bytes.splice(at(to).., part);
            }
            Self::Cut(place) => bytes.truncate(at(place)),
        }
        bytes
    }
}

#[test]
fn every_seed_passes_its_check_and_does_what_it_is_for() {
    let all = [
        ("signature", checks::signature as fn(&[u8])),
        ("challenge", checks::challenge),
        ("message", checks::message),
        ("status", checks::status),
        ("field", checks::field),
        ("outgoing", checks::outgoing),
    ];
    for (name, check) in all {
        seeds(name).iter().for_each(|seed| check(seed));
    }
    bodies().iter().for_each(|body| checks::envelope(body));
    for seed in seeds("outgoing") {
        let read = serde_json::from_slice::<whatsapp_business::Message>(&seed);
        assert!(read.is_ok(), "{}: {}", read.unwrap_err(), seed.escape_ascii());
    }
}

proptest! {
    #[test]
    fn any_header_is_accepted_only_when_it_is_the_signature(data in spoiled(seeds("signature"))) {
        checks::signature(&data);
    }

    #[test]
    fn any_query_is_answered_with_plain_text_or_not_at_all(data in spoiled(seeds("challenge"))) {
        checks::challenge(&data);
    }

    #[test]
    fn any_body_is_read_to_events_of_its_own_bytes(data in spoiled(bodies())) {
        checks::envelope(&data);
    }

    #[test]
    fn any_message_leaves_its_siblings_alone(data in spoiled(seeds("message"))) {
        checks::message(&data);
    }

    #[test]
    fn any_status_leaves_its_siblings_alone(data in spoiled(seeds("status"))) {
        checks::status(&data);
    }

    #[test]
    fn any_change_leaves_its_sibling_alone_and_does_not_vanish(data in spoiled(seeds("field"))) {
        checks::field(&data);
    }

    #[test]
    fn any_message_of_ours_that_can_be_read_survives_the_round_trip(data in spoiled(seeds("outgoing"))) {
        checks::outgoing(&data);
    }
}
