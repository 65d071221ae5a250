//! Whether a send fits the template that it fills in.

use crate::{
    check,
    error::{Error, Path, Result, Violation},
    message::{
        self, Content,
        template::{Part, Value},
    },
    template::{
        Definition, Header, Parameters, Slot, SlotKind,
        parameters::{is_called, is_number},
        placeholder::{Placeholder, replace},
        scope::Scope,
    },
};

impl Definition {
    /// Checks that `filled` fits this template: every placeholder, file, button and card has what it takes, nothing is there
    /// that the template does not have, and no text is too long with its values in place.
    ///
    /// What [`fill`](Self::fill) gives does. This is for sends that were made or stored elsewhere.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) with everything that Meta would refuse; the paths are those of
    /// [`Slot::path`].
    pub fn check(&self, filled: &message::Template) -> Result<()> {
        let mut out = Vec::new();
        check_identity(self, filled, &mut out);
        let (shape, parts) = (self.parameters(), filled.parts());
        let mut fit = Fit { places: Vec::new(), out };
        fit.whole(self, &shape, &parts);
        let mut out = fit.finish(filled);
        out.dedup();
        if out.is_empty() { Ok(()) } else { Err(Error::invalid(out)) }
    }
}

fn check_identity(definition: &Definition, filled: &message::Template, out: &mut Vec<Violation>) {
    if filled.name() != definition.name() {
        out.push(Violation::new(Path::ROOT.field("name"), "is of another template", definition.name()));
    }
    if filled.language() != definition.language() {
        let limit = definition.language();
        out.push(Violation::new(Path::ROOT.field("language"), "is another language", limit));
    }
}

/// What was found so far, and which place of the send's JSON fills which place of the template.
struct Fit {
    places: Vec<(String, String)>,
    out: Vec<Violation>,
}

impl Fit {
    fn whole(&mut self, definition: &Definition, shape: &Parameters, parts: &[Part<'_>]) {
        const LIST: &str = "template.components";
        self.scope(&definition.scope(), shape, parts, LIST, "");
        for (kind, slot) in [
            ("limited_time_offer", shape.limited_time_offer.as_ref()),
            ("order_status", shape.order_status.as_ref()),
        ] {
            self.single(kind, slot, parts, LIST, kind);
        }
        let scopes: Vec<_> = definition.card_scopes().collect();
        let carousel = parts.iter().enumerate().find(|(_, part)| part.kind == "carousel");
        let cards = carousel.map_or(&[][..], |(_, part)| &part.cards);
        if cards.len() != scopes.len() {
            let limit = format!("{}, as many as the template has", scopes.len());
            self.note("cards", format!("has {} cards", cards.len()), limit);
        }
        let Some((place, _)) = carousel else { return };
        self.places.push((format!("{LIST}[{place}]"), "cards".to_owned()));
        self.places.push((format!("{LIST}[{place}].cards"), "cards".to_owned()));
        for (nth, card) in cards.iter().enumerate() {
            let list = format!("{LIST}[{place}].cards[{nth}]");
            self.places.push((list.clone(), format!("cards[{}]", card.index)));
            let Ok(index) = usize::try_from(card.index) else { continue };
            if let (Some(scope), Some(shape)) = (scopes.get(index), shape.cards.get(index)) {
                self.scope(
                    scope,
                    shape,
                    &card.parts,
                    &format!("{list}.components"),
                    &format!("cards[{index}]."),
                );
            }
        }
    }

    /// Holds what fills a template or a card against what it has; `list` is where the parts are in the send's JSON.
    fn scope(&mut self, scope: &Scope<'_>, shape: &Parameters, parts: &[Part<'_>], list: &str, prefix: &str) {
        let header = format!("{prefix}header");
        self.single("header", shape.header.as_ref(), parts, list, &header);
        self.header_text(scope, shape, parts, &header);
        self.body(scope, shape, parts, list, &format!("{prefix}body"));
        self.buttons(scope, shape, parts, list, prefix);
        if scope.is_code {
            self.code(shape, parts);
        }
    }

    /// A component that a template has at most once and that takes one value.
    fn single(&mut self, kind: &str, slot: Option<&Slot>, parts: &[Part<'_>], list: &str, path: &str) {
        let mut values = Vec::new();
        for (nth, part) in parts.iter().enumerate().filter(|(_, part)| part.kind == kind) {
            self.places.push((format!("{list}[{nth}]"), path.to_owned()));
            self.places.push((format!("{list}[{nth}].parameters[0]"), path.to_owned()));
            values.extend(&part.values);
        }
        self.values(slot, &values, path);
    }

    fn header_text(&mut self, scope: &Scope<'_>, shape: &Parameters, parts: &[Part<'_>], path: &str) {
        let (Some(text), Some(key)) = (
            scope.header.and_then(Header::text),
            shape.header.as_ref().and_then(|slot| slot.name.as_deref()),
        ) else {
            return;
        };
        let Some(value) =
            parts.iter().filter(|part| part.kind == "header").find_map(|part| part.values.first())
        else {
            return;
        };
        let is_numbered = is_number(key);
        match value.name {
            None if !is_numbered => self.note(path, "has no name", format!("a value for {{{{{key}}}}}")),
            Some(name) if name != key => {
                self.note(path, "has the name of another placeholder", format!("{{{{{key}}}}}"));
            }
            _ => self.length(text, Header::MAX_TEXT, path, |_| value.text()),
        }
    }

    fn body(&mut self, scope: &Scope<'_>, shape: &Parameters, parts: &[Part<'_>], list: &str, path: &str) {
        let mut filled: Vec<Option<Value<'_>>> = vec![None; shape.body.len()];
        let is_numbered = shape.body.iter().all(|slot| slot.name.as_deref().is_some_and(is_number));
        for (nth, part) in parts.iter().enumerate().filter(|(_, part)| part.kind == "body") {
            self.places.push((format!("{list}[{nth}]"), path.to_owned()));
            for (position, value) in part.values.iter().enumerate() {
                let found = match value.name {
                    Some(name) => shape.body.iter().position(|slot| slot.name.as_deref() == Some(name)),
                    None => Some(position).filter(|at| is_numbered && *at < filled.len()),
                };
                let here = match (found.and_then(|at| shape.body.get(at)), value.name) {
                    (Some(slot), _) => slot.path.clone(),
                    (None, Some(name)) => format!("{path}.{name}"),
                    (None, None) => format!("{path}[{position}]"),
                };
                self.places.push((format!("{list}[{nth}].parameters[{position}]"), here.clone()));
                match found.and_then(|at| Some((shape.body.get(at)?, filled.get_mut(at)?))) {
                    Some((slot, place)) => {
                        *place = Some(*value);
                        self.kind(slot, value, &here);
                    }
                    None if value.name.is_none() && !is_numbered => {
                        self.note(&here, "has no name", "the name of a placeholder: they are named");
                    }
                    None => self.note(&here, "is given", "only placeholders that the template has"),
                }
            }
        }
        for (slot, value) in shape.body.iter().zip(&filled) {
            if value.is_none() {
                self.note(&slot.path, "is missing", "a value for each placeholder");
            }
        }
        if let Some(text) = scope.text.as_deref().filter(|_| filled.iter().all(Option::is_some)) {
            self.length(text, scope.max_body, path, |placeholder| {
                let mut slots = shape.body.iter().zip(&filled);
                let called =
                    |slot: &Slot| slot.name.as_deref().is_some_and(|key| is_called(placeholder, key));
                slots.find(|(slot, _)| called(slot))?.1.as_ref()?.text()
            });
        }
    }

    fn buttons(
        &mut self,
        scope: &Scope<'_>,
        shape: &Parameters,
        parts: &[Part<'_>],
        list: &str,
        prefix: &str,
    ) {
        let mut filled = Vec::new();
        for (nth, part) in parts.iter().enumerate().filter(|(_, part)| part.kind == "button") {
            // Meta's example of a call button has no index.
            let call = || shape.buttons.iter().find(|slot| slot.kind == SlotKind::Call)?.index.map(i64::from);
            let index = part.index.or_else(|| call().filter(|_| part.sub_type == Some("voice_call")));
            let Some(index) = index else { continue };
            let path = format!("{prefix}buttons[{index}]");
            self.places.push((format!("{list}[{nth}]"), path.clone()));
            for value in 0..part.values.len().max(1) {
                self.places.push((format!("{list}[{nth}].parameters[{value}]"), path.clone()));
            }
            let slot = shape.buttons.iter().find(|slot| slot.index.map(i64::from) == Some(index));
            let Some(slot) = slot else {
                let is_there = usize::try_from(index).is_ok_and(|index| index < scope.buttons.len());
                let limit =
                    if is_there { "nothing: this button takes none" } else { "only buttons there are" };
                self.note(&path, "is given", limit);
                continue;
            };
            filled.push(index);
            match (slot.kind.sub_type(), part.sub_type) {
                (Some(wanted), Some(given)) if wanted != given => {
                    self.note(&path, format!("is filled in as {given}"), format!("{wanted}, as approved"));
                }
                _ => self.values(Some(slot), &part.values.iter().collect::<Vec<_>>(), &path),
            }
            if scope.header.is_some() && part.values.iter().any(Value::previews_link) {
                let limit = "templates without header and cards";
                self.note(&path, "asks for a preview of its link", limit);
            }
            let way = scope.buttons.get(usize::from(slot.index.unwrap_or_default()));
            let way = way.and_then(|button| button.payment_way());
            if let (Some(wanted), Some(given)) = (way, part.values.iter().find_map(Value::payment_way))
                && !wanted.eq_ignore_ascii_case(given)
            {
                self.note(&path, format!("is paid by {given}"), format!("{wanted}, as approved"));
            }
        }
        for slot in shape.buttons.iter().filter(|slot| slot.is_required) {
            if !filled.iter().any(|index| slot.index.map(i64::from) == Some(*index)) {
                self.note(&slot.path, "is missing", "what the button takes");
            }
        }
    }

    /// The one-time code is the same wherever it stands.
    fn code(&mut self, shape: &Parameters, parts: &[Part<'_>]) {
        let mut first = None;
        for part in parts {
            let slot = match (part.kind, part.index) {
                ("body", _) => shape.body.first(),
                ("button", index) => shape.buttons.iter().find(|slot| slot.index.map(i64::from) == index),
                _ => None,
            };
            let Some((slot, code)) = slot.zip(part.values.first().and_then(Value::text)) else { continue };
            check::text(
                Path::ROOT.field(&slot.path),
                code,
                message::Template::MAX_ONE_TIME_CODE,
                &mut self.out,
            );
            if *first.get_or_insert(code) != code {
                self.note(&slot.path, "is another code", "the same code in the body and on the button");
            }
        }
    }

    /// How many values there are, and of which type.
    fn values(&mut self, slot: Option<&Slot>, values: &[&Value<'_>], path: &str) {
        let Some(slot) = slot else {
            if !values.is_empty() {
                self.note(path, "is given", "nothing: the template takes none here");
            }
            return;
        };
        let most = if slot.kind == SlotKind::Call { 2 } else { 1 };
        if values.is_empty() && slot.is_required {
            self.note(path, "is missing", format!("one of {}", slot.kind.tags().join(", ")));
        }
        if values.len() > most && slot.kind != SlotKind::Unknown {
            self.note(path, format!("has {} values", values.len()), format!("at most {most}"));
        }
        for value in values {
            self.kind(slot, value, path);
        }
    }

    fn kind(&mut self, slot: &Slot, value: &Value<'_>, path: &str) {
        if let Some(tag) = value.tag()
            && slot.kind != SlotKind::Unknown
            && !slot.kind.tags().contains(&tag)
        {
            self.note(path, format!("is {tag}"), slot.kind.tags().join(", "));
        }
    }

    fn length<'v>(
        &mut self,
        text: &str,
        max: usize,
        path: &str,
        value_of: impl Fn(Placeholder<'_>) -> Option<&'v str>,
    ) {
        let length = replace(text, value_of).chars().count();
        if length > max {
            let problem = format!("has {length} characters with its values in place");
            self.note(path, problem, format!("at most {max} characters"));
        }
    }

    fn note(&mut self, path: &str, problem: impl Into<String>, limit: impl Into<String>) {
        self.out.push(Violation { path: path.to_owned(), problem: problem.into(), limit: limit.into() });
    }

    /// Adds what is wrong with the values themselves, where nothing is said of the same place yet.
    fn finish(mut self, filled: &message::Template) -> Vec<Violation> {
        let Err(error) = Content::from(filled.clone()).validate() else { return self.out };
        let known: Vec<_> = self.out.iter().map(|violation| violation.path.clone()).collect();
        for violation in error.violations() {
            let (place, rest) = self.place_of(&violation.path);
            // `body.name` says it all: the member of the value that is too long adds nothing.
            let is_leaf = rest.rfind(['.', '[']).is_some_and(|last| last == 0);
            let path = if is_leaf && !place.is_empty() { place.clone() } else { format!("{place}{rest}") };
            if !known.contains(&place) {
                self.out.push(Violation { path, ..violation.clone() });
            }
        }
        self.out
    }

    /// Which place of the template is meant by a path into the send's JSON, and what of the path is left.
    fn place_of(&self, path: &str) -> (String, String) {
        let rest = |json: &str| {
            path.strip_prefix(json).filter(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let found = self.places.iter().filter_map(|(json, place)| Some((json.len(), place, rest(json)?)));
        match found.max_by_key(|(length, ..)| *length) {
            Some((_, place, rest)) => (place.clone(), rest.to_owned()),
            None => (String::new(), path.strip_prefix("template.").unwrap_or(path).to_owned()),
        }
    }
}
