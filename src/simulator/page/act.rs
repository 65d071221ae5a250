//! What a person does on the page.

use super::Desktop;
use crate::{
    error::{Error, ErrorKind, Result},
    id::MessageId,
    simulator::{Faults, Gesture, Simulator, User},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

/// Something to do. What is left out of `person` is done to the simulator itself.
#[derive(Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub(super) enum Act {
    /// A customer appears, or gets another name.
    Meet {
        person: String,
        name: Option<String>,
    },
    Say {
        person: String,
        text: String,
        reply_to: Option<String>,
    },
    Tap {
        person: String,
        id: String,
    },
    Pick {
        person: String,
        id: String,
    },
    Read {
        person: String,
    },
    Subscribe {
        url: String,
    },
    FailNext {
        code: i64,
    },
    LoseNextAnswer,
    SetFaults {
        faults: Faults,
    },
    /// The clock jumps.
    Advance {
        seconds: u64,
    },
}

type Answer = std::result::Result<Json<Value>, (StatusCode, Json<Value>)>;

/// Does it: the answer has the id of the message that came of it, or the `problem`.
pub(super) async fn act(State(desktop): State<Desktop>, Json(act): Json<Act>) -> Answer {
    answer(perform(&open(&desktop)?, act).await)
}

/// Who sends a file, and how.
#[derive(Deserialize)]
pub(super) struct Parcel {
    person: String,
    caption: Option<String>,
}

/// The customer sends the file in the body.
pub(super) async fn send_file(
    State(desktop): State<Desktop>,
    Query(parcel): Query<Parcel>,
    headers: HeaderMap,
    file: Bytes,
) -> Answer {
    let simulator = open(&desktop)?;
    let mime = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let done = match known(&simulator, &parcel.person) {
        Ok(user) => made(user.sends_image(file, mime, parcel.caption.as_deref()), None).await,
        Err(error) => Err(error),
    };
    answer(done)
}

fn open(desktop: &Desktop) -> std::result::Result<Simulator, (StatusCode, Json<Value>)> {
    let gone = || (StatusCode::GONE, Json(json!({ "problem": "the simulator has stopped" })));
    desktop.door.simulator().ok_or_else(gone)
}

fn answer(done: Result<Value>) -> Answer {
    done.map(Json).map_err(|error| (StatusCode::CONFLICT, Json(json!({ "problem": error.to_string() }))))
}

async fn perform(simulator: &Simulator, act: Act) -> Result<Value> {
    let nothing = Ok(json!({}));
    match act {
        Act::Meet { person, name } => {
            let user = known(simulator, &person)?;
            if let Some(name) = name.filter(|name| !name.trim().is_empty()) {
                let _ = user.named(name);
            }
            nothing
        }
        Act::Say { person, text, reply_to } => made(known(simulator, &person)?.says(text), reply_to).await,
        Act::Tap { person, id } => made(known(simulator, &person)?.taps(id), None).await,
        Act::Pick { person, id } => made(known(simulator, &person)?.picks(id), None).await,
        Act::Read { person } => {
            known(simulator, &person)?.reads();
            nothing
        }
        Act::Subscribe { url } => simulator.subscribe(url).await.and(nothing),
        Act::FailNext { code } => {
            simulator.fail_next(code);
            nothing
        }
        Act::LoseNextAnswer => {
            simulator.lose_next_answer();
            nothing
        }
        Act::SetFaults { faults } => {
            simulator.set_faults(faults);
            nothing
        }
        Act::Advance { seconds } => {
            simulator.advance(Duration::from_secs(seconds));
            nothing
        }
    }
}

fn known(simulator: &Simulator, person: &str) -> Result<User> {
    let digits = person.chars().filter(char::is_ascii_digit).count();
    if (7..=15).contains(&digits) {
        Ok(simulator.user(person))
    } else {
        Err(Error::new(ErrorKind::Config("a number has 7 to 15 digits, with its country code".into())))
    }
}

async fn made(gesture: Gesture, reply_to: Option<String>) -> Result<Value> {
    let gesture = match reply_to {
        Some(id) => gesture.reply_to(MessageId::from(id)),
        None => gesture,
    };
    gesture.await.map(|id| json!({ "id": id }))
}
