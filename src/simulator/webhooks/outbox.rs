//! Webhooks: those that wait for their turn, and what became of the others.

use super::{Callback, batch};
use crate::{
    simulator::{builder::Posting, model::Agenda},
    time::Timestamp,
    wire::quiet_debug,
};
use serde_json::Value;
use std::{collections::VecDeque, time::Duration};

/// How long Meta tries to deliver a webhook.
///
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview>
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How many webhooks may wait; the oldest give way.
const MOST_WAITING: usize = 100_000;

/// A webhook, and what became of it.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct PostedWebhook {
    /// The envelope.
    pub body: Value,
    /// How often it was posted so far; 0 when nothing was subscribed, or when it still waits.
    pub attempts: u32,
    /// HTTP status of the last answer; none while there was no answer.
    pub status: Option<u16>,
    /// Whether it was given up after seven days, or because too many wait.
    pub given_up: bool,
}

quiet_debug!(PostedWebhook { attempts, status, given_up });

/// When a webhook is posted, against the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Turn {
    /// After all that wait.
    Own,
    /// Before some that wait, by lot.
    Early(u32),
    /// After so long, whatever waits then.
    Late(Duration),
}

/// All webhooks, those that wait, and where they go.
pub(crate) struct Outbox {
    posting: Posting,
    /// How many webhooks that are done with are remembered.
    keep: usize,
    callback: Option<Callback>,
    /// Whether the app has left the account, which then tells it nothing.
    is_muted: bool,
    all: VecDeque<Entry>,
    /// The number of the first in `all`.
    first: usize,
    waiting: VecDeque<usize>,
    /// When those that are held are due.
    held: Agenda<usize>,
    in_flight: usize,
    /// How many are not done with.
    unsettled: usize,
    /// In order, nothing is posted before this: the one whose turn it is was not taken.
    paused_until: Option<Timestamp>,
    /// The one that takes more updates: it is held until its time has come or it is full.
    open: Option<usize>,
}

/// A webhook as it is kept.
pub(crate) struct Entry {
    body: Body,
    pub(crate) attempts: u32,
    pub(crate) status: Option<u16>,
    pub(crate) given_up: bool,
    made_at: Timestamp,
    /// How many updates are in it.
    pub(crate) updates: usize,
    state: State,
    /// Whether it was answered with 200 before: what comes now is one too many.
    is_accepted: bool,
}

impl Entry {
    /// The envelope as it is signed and posted.
    pub(crate) fn text(&self) -> String {
        self.body.to_text()
    }
}

/// An envelope: text, or a tree once something was added to it.
enum Body {
    Text(String),
    Tree(Value),
}

impl Body {
    fn add(&mut self, update: &str) {
        let mut whole = match self {
            Self::Text(text) => tree(text),
            Self::Tree(tree) => tree.take(),
        };
        batch::join(&mut whole, tree(update));
        *self = Self::Tree(whole);
    }

    fn to_tree(&self) -> Value {
        match self {
            Self::Text(text) => tree(text),
            Self::Tree(tree) => tree.clone(),
        }
    }

    fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Tree(tree) => tree.to_string(),
        }
    }
}

/// What was written by this simulator can be read.
fn tree(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    HeldUntil(Timestamp),
    Waiting,
    InFlight,
    Done,
}

/// The webhook whose turn it is.
pub(crate) struct Parcel {
    pub(super) number: usize,
    pub(super) callback: Callback,
    pub(super) body: String,
}

impl Outbox {
    pub(crate) fn new(posting: Posting, keep: usize) -> Self {
        Self {
            posting,
            keep,
            callback: None,
            is_muted: false,
            all: VecDeque::new(),
            first: 0,
            waiting: VecDeque::new(),
            held: Agenda::new(),
            in_flight: 0,
            unsettled: 0,
            paused_until: None,
            open: None,
        }
    }

    /// Sends all later webhooks to `callback`.
    pub(crate) fn subscribe(&mut self, callback: Callback) {
        self.callback = Some(callback);
    }

    /// Posts nothing from now on, or everything again.
    pub(crate) fn mute(&mut self, is_muted: bool) {
        self.is_muted = is_muted;
    }

    pub(crate) fn is_muted(&self) -> bool {
        self.is_muted
    }

    /// Takes an update to be posted; the number of the webhook that it is in. Without a subscription it is only kept for
    /// inspection, as Meta keeps none.
    pub(crate) fn push(&mut self, update: String, turn: Turn, now: Timestamp) -> usize {
        let is_subscribed = self.callback.is_some() && !self.is_muted;
        if let (true, Turn::Own, Some(open)) = (is_subscribed, turn, self.open)
            && let Some(entry) = self.entry(open)
        {
            entry.body.add(&update);
            entry.updates += 1;
            if entry.updates >= self.posting.batch {
                self.open = None;
                self.queue(open, self.waiting.len());
            }
            return open;
        }
        let number = self.next_number();
        let state = if is_subscribed { State::New } else { State::Done };
        self.all.push_back(Entry {
            body: Body::Text(update),
            attempts: 0,
            status: None,
            given_up: false,
            made_at: now,
            updates: 1,
            state,
            is_accepted: false,
        });
        if is_subscribed {
            self.unsettled += 1;
            match turn {
                Turn::Own if self.posting.batch > 1 => {
                    self.open = Some(number);
                    self.hold(number, now + self.posting.linger);
                }
                Turn::Own => self.queue(number, self.waiting.len()),
                Turn::Early(lot) => {
                    let lot = usize::try_from(lot).unwrap_or_default();
                    self.queue(number, lot % (self.waiting.len() + 1));
                }
                Turn::Late(by) => self.hold(number, now + by),
            }
        }
        self.forget();
        number
    }

    /// Where webhooks go.
    pub(crate) fn callback(&self) -> Option<&Callback> {
        self.callback.as_ref()
    }

    /// The number of the webhook after the newest.
    pub(crate) fn next_number(&self) -> usize {
        self.first + self.all.len()
    }

    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = PostedWebhook> {
        self.all.iter().map(|entry| PostedWebhook {
            body: entry.body.to_tree(),
            attempts: entry.attempts,
            status: entry.status,
            given_up: entry.given_up,
        })
    }

    /// The newest webhooks with their numbers, oldest first.
    pub(crate) fn newest(&self, most: usize) -> impl Iterator<Item = (usize, &Entry)> {
        (self.first..).zip(&self.all).skip(self.all.len().saturating_sub(most))
    }

    /// Whether the application has taken the webhook with this number.
    pub(crate) fn is_taken(&self, number: usize) -> bool {
        let entry = number.checked_sub(self.first).and_then(|index| self.all.get(index));
        entry.is_some_and(|entry| entry.is_accepted)
    }

    /// Whether no webhook is to be posted.
    pub(crate) fn is_empty(&self) -> bool {
        self.unsettled == 0
    }

    /// Whether each webhook before `number` whose turn has come was posted at least once.
    pub(crate) fn is_tried_before(&self, number: usize) -> bool {
        let untried =
            |entry: &Entry| entry.attempts == 0 && matches!(entry.state, State::Waiting | State::InFlight);
        !self.all.iter().take(number.saturating_sub(self.first)).any(untried)
    }

    /// Lets those wait for their turn whose time has come.
    pub(crate) fn advance(&mut self, now: Timestamp) {
        if self.paused_until.is_some_and(|until| until <= now) {
            self.paused_until = None;
        }
        while let Some((_, number)) = self.held.take_due(now) {
            // One that was full before its time has gone its way already.
            if self
                .entry(number)
                .is_some_and(|entry| matches!(entry.state, State::HeldUntil(due) if due <= now))
            {
                self.open = self.open.filter(|open| *open != number);
                self.queue(number, self.waiting.len());
            }
        }
    }

    /// When something happens next by itself.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.paused_until.into_iter().chain(self.held.next_due()).min()
    }

    /// Whether one can be taken.
    pub(crate) fn has_next(&self) -> bool {
        self.paused_until.is_none() && self.in_flight < self.posting.at_once && !self.waiting.is_empty()
    }

    /// Takes the webhook to post next; its outcome must be [noted](Self::note).
    pub(super) fn take(&mut self) -> Option<Parcel> {
        if !self.has_next() {
            return None;
        }
        let callback = self.callback.clone()?;
        let number = self.waiting.pop_front()?;
        let entry = self.entry(number)?;
        entry.state = State::InFlight;
        let body = entry.body.to_text();
        self.in_flight += 1;
        Some(Parcel { number, callback, body })
    }

    /// Notes the outcome of one attempt, and posts the webhook again if it was not taken, or if one that was taken is to
    /// come `once_more`.
    pub(super) fn note(
        &mut self,
        number: usize,
        status: Option<u16>,
        once_more: Option<Turn>,
        now: Timestamp,
    ) {
        self.in_flight = self.in_flight.saturating_sub(1);
        let (in_order, posting) = (self.posting.at_once == 1, self.posting);
        let Some(entry) = self.entry(number) else { return };
        entry.attempts += 1;
        let was_accepted = entry.is_accepted;
        entry.is_accepted |= status == Some(200);
        if !was_accepted {
            entry.status = status;
        }
        let (attempts, made_at, is_accepted) = (entry.attempts, entry.made_at, entry.is_accepted);
        match once_more.filter(|_| is_accepted && !was_accepted) {
            Some(Turn::Late(by)) => self.hold(number, now + by),
            Some(_) => self.queue(number, self.waiting.len()),
            None if is_accepted => self.settle(number),
            None if now.since(made_at) >= LIFETIME => self.give_up(number),
            None => {
                let again = now + posting.wait(attempts);
                if in_order {
                    self.paused_until = Some(again);
                    self.queue(number, 0);
                } else {
                    self.hold(number, again);
                }
            }
        }
        self.forget();
    }

    /// Posts everything that is remembered once more, as Meta does when one of several apps was down.
    pub(crate) fn post_again(&mut self) {
        for number in self.first..self.next_number() {
            if self.entry(number).is_some_and(|entry| entry.state == State::Done && entry.is_accepted) {
                self.unsettled += 1;
                self.queue(number, self.waiting.len());
            }
        }
    }

    fn entry(&mut self, number: usize) -> Option<&mut Entry> {
        self.all.get_mut(number.checked_sub(self.first)?)
    }

    fn queue(&mut self, number: usize, place: usize) {
        if let Some(entry) = self.entry(number) {
            entry.state = State::Waiting;
            self.waiting.insert(place.min(self.waiting.len()), number);
        }
    }

    fn hold(&mut self, number: usize, due: Timestamp) {
        if let Some(entry) = self.entry(number) {
            entry.state = State::HeldUntil(due);
            self.held.plan(due, number);
        }
    }

    fn settle(&mut self, number: usize) {
        if let Some(entry) = self.entry(number) {
            entry.state = State::Done;
            self.unsettled = self.unsettled.saturating_sub(1);
        }
    }

    fn give_up(&mut self, number: usize) {
        if let Some(entry) = self.entry(number) {
            entry.given_up = true;
            self.settle(number);
        }
    }

    /// Keeps memory bounded.
    fn forget(&mut self) {
        while self.waiting.len() > MOST_WAITING
            && let Some(oldest) = self.waiting.pop_front()
        {
            self.open = self.open.filter(|open| *open != oldest);
            self.give_up(oldest);
        }
        while self.all.len() > self.keep && self.all.front().is_some_and(|entry| entry.state == State::Done) {
            self.all.pop_front();
            self.first += 1;
        }
    }
}
