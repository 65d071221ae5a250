//! What a person does on the page.

use super::Desktop;
use crate::{
    error::{Error, ErrorKind, Result},
    id::{MessageId, PhoneNumberId, TemplateId},
    simulator::{Cart, Faults, Gesture, Review, Simulator, User, model::Model},
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

/// Something to do to the simulator.
#[derive(Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
enum Act {
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
    /// From now on templates are decided upon by hand, or approved at once.
    Review {
        by_hand: bool,
    },
    ApproveTemplate {
        id: TemplateId,
    },
    RejectTemplate {
        id: TemplateId,
        reason: String,
    },
    PauseTemplate {
        id: TemplateId,
    },
    /// Nothing of this, but what a customer does: [`PersonActs`].
    #[serde(other)]
    OfPerson,
}

/// Who does something, in the chat with which number of the business, and what.
#[derive(Deserialize)]
struct PersonActs {
    person: String,
    phone: Option<PhoneNumberId>,
    /// The message that is answered, or whose button is tapped.
    reply_to: Option<MessageId>,
    #[serde(flatten)]
    act: PersonAct,
}

#[derive(Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
enum PersonAct {
    /// Appears, or gets another name.
    Meet {
        name: Option<String>,
    },
    Read,
    Say {
        text: String,
    },
    Tap {
        id: String,
    },
    Pick {
        id: String,
    },
    /// Writes something else in the place of a text.
    Edit {
        id: MessageId,
        text: String,
    },
    Delete {
        id: MessageId,
    },
    /// Reacts to a message, or takes that back.
    React {
        id: MessageId,
        emoji: Option<String>,
    },
    ShareLocation {
        latitude: f64,
        longitude: f64,
    },
    ShareContact {
        name: String,
        number: String,
    },
    Order {
        catalog: String,
        currency: String,
        items: Vec<Item>,
    },
    SubmitFlow {
        answers: Value,
    },
    Block {
        on: bool,
    },
    /// Wants no marketing any more, or again.
    OptOut {
        on: bool,
    },
}

/// Some pieces of a product in a cart.
#[derive(Deserialize)]
struct Item {
    product: String,
    quantity: u32,
    price: f64,
}

type Answer = std::result::Result<Json<Value>, Problem>;

/// Why nothing was done, in its member `problem`.
type Problem = (StatusCode, Json<Value>);

/// Does it: the answer has the id of the message that came of it, or the `problem`.
pub(super) async fn act(State(desktop): State<Desktop>, Json(body): Json<Value>) -> Answer {
    let simulator = open(&desktop)?;
    let unreadable = |error: serde_json::Error| problem(StatusCode::UNPROCESSABLE_ENTITY, &error);
    // One after the other and not as one type, so that the problem is that of the one that is meant.
    match Act::deserialize(&body).map_err(unreadable)? {
        Act::OfPerson => {
            let acts = PersonActs::deserialize(&body).map_err(unreadable)?;
            answer(behave(&simulator, acts).await)
        }
        act => answer(perform(&simulator, act).await),
    }
}

/// Who sends a file, and how.
#[derive(Deserialize)]
pub(super) struct Parcel {
    person: String,
    phone: Option<PhoneNumberId>,
    name: Option<String>,
    caption: Option<String>,
}

/// The customer sends the file in the body: as a picture, a film, a sound or a document, as its type says.
pub(super) async fn send_file(
    State(desktop): State<Desktop>,
    Query(parcel): Query<Parcel>,
    headers: HeaderMap,
    file: Bytes,
) -> Answer {
    let mime = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let user = match known(&open(&desktop)?, &parcel.person, parcel.phone) {
        Ok(user) => user,
        Err(error) => return answer(Err(error)),
    };
    let mut gesture = match mime.split('/').next() {
        Some("image") => user.sends_image(file, mime),
        Some("video") => user.sends_video(file, mime),
        Some("audio") => user.sends_audio(file, mime),
        _ => user.sends_document(file, mime, parcel.name.as_deref().unwrap_or("document")),
    };
    if let Some(caption) = parcel.caption {
        gesture = gesture.caption(caption);
    }
    answer(made(gesture, None).await)
}

fn open(desktop: &Desktop) -> std::result::Result<Simulator, Problem> {
    desktop.door.simulator().ok_or_else(|| problem(StatusCode::GONE, &"the simulator has stopped"))
}

fn answer(done: Result<Value>) -> Answer {
    done.map(Json).map_err(|error| problem(StatusCode::CONFLICT, &error))
}

fn problem(status: StatusCode, problem: &impl ToString) -> Problem {
    (status, Json(json!({ "problem": problem.to_string() })))
}

async fn perform(simulator: &Simulator, act: Act) -> Result<Value> {
    match act {
        Act::Subscribe { url } => simulator.subscribe(url).await?,
        Act::FailNext { code } => simulator.fail_next(code),
        Act::LoseNextAnswer => simulator.lose_next_answer(),
        Act::SetFaults { faults } => simulator.set_faults(faults),
        Act::Advance { seconds } => simulator.advance(Duration::from_secs(seconds)),
        Act::Review { by_hand: true } => simulator.review(Review::by_hand()),
        Act::Review { by_hand: false } => simulator.review(Review::approve()),
        Act::ApproveTemplate { id } => decide(simulator, &id, &Review::approve())?,
        Act::RejectTemplate { id, reason } => decide(simulator, &id, &Review::reject(reason.as_str()))?,
        Act::PauseTemplate { id } => {
            simulator.at_found(|model| model.templates().get(&id), Model::pause)?;
        }
        Act::OfPerson => {}
    }
    Ok(json!({}))
}

async fn behave(simulator: &Simulator, acts: PersonActs) -> Result<Value> {
    let user = known(simulator, &acts.person, acts.phone)?;
    match gesture(&user, acts.act) {
        Some(gesture) => made(gesture, acts.reply_to).await,
        None => Ok(json!({})),
    }
}

fn decide(simulator: &Simulator, id: &TemplateId, review: &Review) -> Result<()> {
    simulator.at_found(|model| model.templates().get(id), |model, id, now| model.hand_in(id, review, now))
}

/// What becomes a message; all else is done at once.
fn gesture(user: &User, act: PersonAct) -> Option<Gesture> {
    let gesture = match act {
        PersonAct::Say { text } => user.says(text),
        PersonAct::Tap { id } => user.taps(id),
        PersonAct::Pick { id } => user.picks(id),
        PersonAct::Edit { id, text } => user.edits(id, text),
        PersonAct::Delete { id } => user.deletes(id),
        PersonAct::React { id, emoji: Some(emoji) } => user.reacts(id, emoji),
        PersonAct::React { id, emoji: None } => user.takes_reaction_back(id),
        PersonAct::ShareLocation { latitude, longitude } => user.shares_location(latitude, longitude),
        PersonAct::ShareContact { name, number } => user.shares_contact(name, number),
        PersonAct::Order { catalog, currency, items } => {
            let put = |cart: Cart, item: Item| cart.item(item.product, item.quantity, item.price);
            user.orders(items.into_iter().fold(Cart::new(catalog, currency), put))
        }
        PersonAct::SubmitFlow { answers } => user.submits_flow(answers),
        PersonAct::Meet { name } => {
            if let Some(name) = name.filter(|name| !name.trim().is_empty()) {
                let _ = user.clone().named(name);
            }
            return None;
        }
        PersonAct::Read => {
            user.reads();
            return None;
        }
        PersonAct::Block { on } => {
            if on {
                user.blocks();
            } else {
                user.unblocks();
            }
            return None;
        }
        PersonAct::OptOut { on } => {
            if on {
                user.opts_out();
            } else {
                user.opts_in();
            }
            return None;
        }
    };
    Some(gesture)
}

fn known(simulator: &Simulator, person: &str, phone: Option<PhoneNumberId>) -> Result<User> {
    let digits = person.chars().filter(char::is_ascii_digit).count();
    if (7..=15).contains(&digits) {
        let user = simulator.user(person);
        Ok(phone.map_or(user.clone(), |phone| user.in_chat_with(phone)))
    } else {
        Err(Error::new(ErrorKind::Config("a number has 7 to 15 digits, with its country code".into())))
    }
}

async fn made(gesture: Gesture, reply_to: Option<MessageId>) -> Result<Value> {
    let gesture = match reply_to {
        Some(id) => gesture.reply_to(id),
        None => gesture,
    };
    gesture.await.map(|id| json!({ "id": id }))
}
