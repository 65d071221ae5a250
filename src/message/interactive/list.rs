//! Lists.

use crate::{
    check,
    error::{Path, Violation},
    message::{
        Header, Kind,
        interactive::{Frame, Parts},
    },
    wire::quiet_debug,
};
use serde::{Deserialize, Serialize};

/// A question with a button that opens a list of rows, of which one can be chosen (`interactive` of type `list` on the
/// wire).
///
/// The id of the row that was chosen comes back in a webhook, as
/// [`Inbound::ListReply`](crate::webhook::Inbound::ListReply).
///
/// ```
/// use whatsapp_business::message::{Content, List, Row};
/// let ask = List::new("When may we come?", "Show times")
///     .rows([Row::new("mon-10", "Monday 10:00").description("With Ana"), Row::new("tue-14", "Tuesday 14:00")])
///     .row("other", "Another day")
///     .footer("It takes an hour");
/// assert!(Content::from(ask).validate().is_ok());
/// ```
///
/// ```json
/// {"type": "interactive", "interactive": {"type": "list",
///   "body": {"text": "When may we come?"}, "footer": {"text": "It takes an hour"},
///   "action": {"button": "Show times", "sections": [{"rows": [
///     {"id": "mon-10", "title": "Monday 10:00", "description": "With Ana"},
///     {"id": "tue-14", "title": "Tuesday 14:00"},
///     {"id": "other", "title": "Another day"}]}]}}}
/// ```
///
/// Rows can be grouped under titles:
///
/// ```
/// use whatsapp_business::message::{Content, List, Section};
/// let ask = List::new("When may we come?", "Show times")
///     .section(Section::new("Monday").row("mon-10", "10:00").row("mon-14", "14:00"))
///     .section(Section::new("Tuesday").row("tue-10", "10:00"));
/// assert!(Content::from(ask).validate().is_ok());
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Frame<Action>", try_from = "Frame<Action>")]
pub struct List {
    parts: Parts,
    action: Action,
}

quiet_debug!(List { parts, action });

/// The action, as it is on the wire.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Action {
    #[serde(deserialize_with = "crate::wire::text")]
    button: String,
    sections: Vec<Section>,
}

quiet_debug!(Action { sections });

/// Rows of a [`List`] under a title.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    #[serde(
        default,
        deserialize_with = "crate::wire::nullable_text",
        skip_serializing_if = "Option::is_none"
    )]
    title: Option<String>,
    rows: Vec<Row>,
}

quiet_debug!(Section { rows });

/// One row of a [`List`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    #[serde(deserialize_with = "crate::wire::text")]
    id: String,
    #[serde(deserialize_with = "crate::wire::text")]
    title: String,
    #[serde(
        default,
        deserialize_with = "crate::wire::nullable_text",
        skip_serializing_if = "Option::is_none"
    )]
    description: Option<String>,
}

quiet_debug!(Row { id });

/// Limits from [Meta: interactive list messages](https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-list-messages).
/// Its table wants a title of every section, its API reference only where there are several: one section may do without.
impl List {
    /// Longest body, in characters.
    pub const MAX_BODY: usize = 4096;
    /// Longest footer, in characters.
    pub const MAX_FOOTER: usize = Parts::MAX_FOOTER;
    /// Longest text of the button that opens the list, in characters.
    pub const MAX_BUTTON: usize = 20;
    /// Most sections.
    pub const MAX_SECTIONS: usize = 10;
    /// Most rows, in all sections together.
    pub const MAX_ROWS: usize = 10;

    /// The question, and what is written on the button that opens the list; add 1 to [`Self::MAX_ROWS`] rows to it.
    #[must_use]
    pub fn new(body: impl Into<String>, button: impl Into<String>) -> Self {
        Self { parts: Parts::new(body), action: Action { button: button.into(), sections: Vec::new() } }
    }

    /// Adds a row to a list without sections. Ids must differ from each other.
    #[must_use]
    pub fn row(self, id: impl Into<String>, title: impl Into<String>) -> Self {
        self.rows([Row::new(id, title)])
    }

    /// Adds rows to a list without sections.
    #[must_use]
    pub fn rows(mut self, rows: impl IntoIterator<Item = Row>) -> Self {
        match self.action.sections.last_mut() {
            Some(section) if section.title.is_none() => section.rows.extend(rows),
            _ => self.action.sections.push(Section { title: None, rows: rows.into_iter().collect() }),
        }
        self
    }

    /// Adds a section; at most [`Self::MAX_SECTIONS`], none of them empty.
    #[must_use]
    pub fn section(mut self, section: Section) -> Self {
        self.action.sections.push(section);
        self
    }

    /// What stands above the body; at most [`Header::MAX_TEXT`] characters.
    #[must_use]
    pub fn header(mut self, text: impl Into<String>) -> Self {
        self.parts.header = Some(Header::Text(text.into()));
        self
    }

    /// Small print under the body; at most [`Self::MAX_FOOTER`] characters.
    #[must_use]
    pub fn footer(mut self, text: impl Into<String>) -> Self {
        self.parts.footer = Some(text.into());
        self
    }

    /// The question.
    #[must_use]
    pub fn body(&self) -> &str {
        self.parts.body()
    }

    /// The sections, in order; one without a title when there are none.
    #[must_use]
    pub fn sections(&self) -> &[Section] {
        &self.action.sections
    }
}

impl Section {
    /// Longest title, in characters.
    pub const MAX_TITLE: usize = 24;

    /// A section under a title of at most [`Self::MAX_TITLE`] characters; add rows to it.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: Some(title.into()), rows: Vec::new() }
    }

    /// Adds a row. Ids must differ from each other, across sections too.
    #[must_use]
    pub fn row(self, id: impl Into<String>, title: impl Into<String>) -> Self {
        self.rows([Row::new(id, title)])
    }

    /// Adds rows.
    #[must_use]
    pub fn rows(mut self, rows: impl IntoIterator<Item = Row>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// What is written above its rows.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// Its rows, in order.
    #[must_use]
    pub fn all_rows(&self) -> &[Row] {
        &self.rows
    }

    fn check(&self, at: Path<'_>, needs_title: bool, out: &mut Vec<Violation>) {
        match &self.title {
            Some(title) => check::text(at.field("title"), title, Self::MAX_TITLE, out),
            None if needs_title => {
                let limit = format!("1 to {} characters where there are several sections", Self::MAX_TITLE);
                out.push(Violation::new(at.field("title"), "is missing", limit));
            }
            None => {}
        }
        let list = at.field("rows");
        if self.rows.is_empty() {
            out.push(Violation::new(list, "has no rows", "at least 1 row in every section"));
        }
        for (index, row) in self.rows.iter().enumerate() {
            row.check(list.index(index), out);
        }
    }
}

impl Row {
    /// Longest id, in characters.
    pub const MAX_ID: usize = 200;
    /// Longest title, in characters.
    pub const MAX_TITLE: usize = 24;
    /// Longest description, in characters.
    pub const MAX_DESCRIPTION: usize = 72;

    /// A row: the id that comes back when it is chosen, and what is written on it.
    #[must_use]
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self { id: id.into(), title: title.into(), description: None }
    }

    /// Small print under the title; at most [`Self::MAX_DESCRIPTION`] characters.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// The id that comes back when it is chosen.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What is written on it.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The small print under the title.
    #[must_use]
    pub fn description_text(&self) -> Option<&str> {
        self.description.as_deref()
    }

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        check::text(at.field("id"), &self.id, Self::MAX_ID, out);
        check::text(at.field("title"), &self.title, Self::MAX_TITLE, out);
        let description = self.description.as_deref();
        check::optional_text(at.field("description"), description, Self::MAX_DESCRIPTION, out);
    }
}

impl Kind for List {
    const TYPE: &'static str = "interactive";
    const INTERACTIVE: Option<&'static str> = Some("list");

    fn check(&self, at: Path<'_>, out: &mut Vec<Violation>) {
        self.parts.check(at, Self::MAX_BODY, out);
        let action = at.field("action");
        check::text(action.field("button"), &self.action.button, Self::MAX_BUTTON, out);
        let list = action.field("sections");
        let sections = &self.action.sections;
        check::count(list, sections.len(), &(1..=Self::MAX_SECTIONS), "sections", out);
        let rows: Vec<_> = sections
            .iter()
            .enumerate()
            .flat_map(|(n, section)| section.rows.iter().enumerate().map(move |(m, row)| (n, m, row)))
            .collect();
        if rows.len() > Self::MAX_ROWS {
            let limit = format!("at most {} rows in all sections together", Self::MAX_ROWS);
            out.push(Violation::new(list, format!("has {} rows", rows.len()), limit));
        }
        for (index, section) in sections.iter().enumerate() {
            section.check(list.index(index), sections.len() > 1, out);
        }
        let id_at = |index: usize| match rows.get(index) {
            Some((n, m, _)) => list.index(*n).field("rows").index(*m).field("id").to_string(),
            None => list.to_string(),
        };
        check::unique(id_at, rows.iter().map(|(_, _, row)| row.id.as_str()), out);
    }

    fn words(&self) -> Option<String> {
        Some(self.body().to_owned())
    }
}

impl From<List> for Frame<Action> {
    fn from(ask: List) -> Self {
        Self::new::<List>(ask.parts, ask.action)
    }
}

impl TryFrom<Frame<Action>> for List {
    type Error = &'static str;
    fn try_from(frame: Frame<Action>) -> Result<Self, &'static str> {
        let (parts, action) = frame.open::<Self>()?;
        Ok(Self { parts: parts.with_text_header()?, action })
    }
}
