//! Lists that Meta answers a page at a time.

use crate::{
    client::{
        Client,
        call::{Call, CallFuture, Options, Plan, json},
    },
    error::{Result, Violation},
    wire,
};
use futures_core::Stream;
use serde::{Deserialize, de::DeserializeOwned};
use std::{
    collections::VecDeque,
    fmt,
    future::{IntoFuture, poll_fn},
    pin::Pin,
    task::{Context, Poll, ready},
};

/// A page of a list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on the page.
    pub items: Vec<T>,
    /// Where the page before this one ends.
    pub before: Option<String>,
    /// Where the next page begins; nothing on the last page.
    pub after: Option<String>,
    /// What Meta counted, of lists that were asked for it.
    pub summary: Option<Summary>,
}

/// What Meta counts beside a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Summary {
    /// How many there are on all pages.
    #[serde(default, deserialize_with = "wire::optional_integer")]
    pub total_count: Option<i64>,
    /// How many templates the account has.
    #[serde(default, deserialize_with = "wire::optional_integer")]
    pub message_template_count: Option<i64>,
    /// How many templates the account may have.
    #[serde(default, deserialize_with = "wire::optional_integer")]
    pub message_template_limit: Option<i64>,
    /// Whether each template is there in each language.
    #[serde(default)]
    pub are_translations_complete: Option<bool>,
}

/// A page as Meta writes it. Its `next` is an address that holds the token: it is not followed, and tells only that there
/// is a next page.
#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
struct Wire<T> {
    #[serde(default = "Vec::new", deserialize_with = "wire::list")]
    data: Vec<T>,
    #[serde(default)]
    paging: Option<Paging>,
    #[serde(default)]
    summary: Option<Summary>,
}

#[derive(Deserialize)]
struct Paging {
    #[serde(default)]
    cursors: Option<Cursors>,
    #[serde(default)]
    next: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Cursors {
    #[serde(default, deserialize_with = "wire::optional_text")]
    before: Option<String>,
    #[serde(default, deserialize_with = "wire::optional_text")]
    after: Option<String>,
}

impl<T: DeserializeOwned> Page<T> {
    pub(super) fn read(answer: &[u8]) -> Result<Self> {
        let Wire { data, paging, summary } = json::<Wire<T>>(answer)?;
        let has_next = paging.as_ref().is_some_and(|paging| paging.next.is_some());
        let cursors = paging.and_then(|paging| paging.cursors);
        let (before, after) = cursors.map_or((None, None), |cursors| (cursors.before, cursors.after));
        Ok(Self { items: data, before, after: after.filter(|_| has_next), summary })
    }
}

/// A list from the first page to the last: each page is asked for when the one before it is used up.
///
/// It is a [`Stream`]; [`next`](Self::next) needs no other crate.
#[must_use = "nothing is asked for before the first item is"]
pub struct Pages<T> {
    client: Client,
    plan: Result<Plan, Vec<Violation>>,
    options: Options,
    waiting: VecDeque<T>,
    state: State<T>,
}

enum State<T> {
    /// Which page is next; the first has no cursor.
    Next(Option<String>),
    /// A page is asked for, by this cursor.
    Asked(Option<String>, CallFuture<Page<T>>),
    Ended,
}

impl<T: DeserializeOwned + 'static> Pages<T> {
    pub(super) fn new(client: Client, plan: Result<Plan, Vec<Violation>>, options: Options) -> Self {
        Self { client, plan, options, waiting: VecDeque::new(), state: State::Next(None) }
    }

    /// The next item, or `None` after the last. After an error there is nothing more.
    ///
    /// # Errors
    /// What the request for a page fails with.
    pub async fn next(&mut self) -> Option<Result<T>>
    where
        T: Unpin,
    {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// All that is left.
    ///
    /// # Errors
    /// What the request for a page fails with.
    pub async fn all(mut self) -> Result<Vec<T>>
    where
        T: Unpin,
    {
        let mut items = Vec::new();
        while let Some(item) = self.next().await {
            items.push(item?);
        }
        Ok(items)
    }
}

impl<T: DeserializeOwned + Unpin + 'static> Stream for Pages<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(item) = self.waiting.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            match &mut self.state {
                State::Ended => return Poll::Ready(None),
                State::Next(cursor) => {
                    let cursor = cursor.take();
                    let plan = self.plan.clone().map(|plan| at(plan, cursor.as_deref()));
                    let call = Call::new(&self.client, plan, Page::read).with(self.options.clone());
                    self.state = State::Asked(cursor, call.into_future());
                }
                State::Asked(cursor, call) => {
                    let page = ready!(call.as_mut().poll(context));
                    let asked = cursor.take();
                    match page {
                        Err(error) => {
                            self.state = State::Ended;
                            return Poll::Ready(Some(Err(error)));
                        }
                        Ok(page) => {
                            // A page that leads to itself would never end.
                            self.state = match page.after {
                                Some(after) if Some(&after) != asked.as_ref() => State::Next(Some(after)),
                                _ => State::Ended,
                            };
                            self.waiting.extend(page.items);
                        }
                    }
                }
            }
        }
    }
}

/// The request for the page that begins at `cursor`.
pub(super) fn at(plan: Plan, cursor: Option<&str>) -> Plan {
    match cursor {
        Some(cursor) => plan.query("after", cursor),
        None => plan,
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("waiting", &self.waiting.len()).finish_non_exhaustive()
    }
}
