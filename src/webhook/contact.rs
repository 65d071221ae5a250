//! Who a message came from or a status is about.

use crate::{
    id::{UserId, WaId},
    webhook::{
        cursor::{Cursor, filled, once},
        lenient,
    },
    wire::quiet_debug,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{
    cell::{Cell, OnceCell},
    collections::HashMap,
    sync::Arc,
};

/// A person, as a delivery describes them.
///
/// People with a username may hide their phone number: then there is no [`wa_id`](Self::wa_id). Neither name nor
/// username tells who somebody is; two people may share one.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Contact {
    /// The name they gave themselves.
    pub name: Option<String>,
    /// Their username as Meta spelled it; they may change it at any time.
    pub username: Option<String>,
    /// Their phone number, when Meta shares it.
    pub wa_id: Option<WaId>,
    /// Their id within the business portfolio.
    pub user_id: Option<UserId>,
    /// Their id across portfolios that belong together.
    pub parent_user_id: Option<UserId>,
    /// Changes when they register WhatsApp anew; only with the identity check switched on.
    pub identity_key_hash: Option<String>,
    raw: Box<str>,
}
quiet_debug!(Contact { wa_id, user_id, parent_user_id });

impl Contact {
    /// What the delivery tells of them, as it came, byte for byte.
    ///
    /// Meta adds members here now and then, and they stand in no other event.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    pub(super) fn read(raw: &RawValue) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(default, deserialize_with = "lenient::object")]
            profile: Profile,
            /// The history of an app has it here.
            #[serde(default, deserialize_with = "lenient::any_text")]
            username: Option<String>,
            #[serde(default, deserialize_with = "lenient::optional")]
            wa_id: Option<WaId>,
            #[serde(default, deserialize_with = "lenient::optional")]
            user_id: Option<UserId>,
            #[serde(default, deserialize_with = "lenient::optional")]
            parent_user_id: Option<UserId>,
            #[serde(default, deserialize_with = "lenient::optional")]
            identity_key_hash: Option<String>,
        }
        #[derive(Default, Deserialize)]
        struct Profile {
            #[serde(default, deserialize_with = "lenient::any_text")]
            name: Option<String>,
            #[serde(default, deserialize_with = "lenient::any_text")]
            username: Option<String>,
        }
        let Wire { profile, username, wa_id, user_id, parent_user_id, identity_key_hash } =
            lenient::parse(raw)?;
        let Profile { name, username: in_profile } = profile;
        Ok(Self {
            name,
            username: in_profile.or(username),
            wa_id,
            user_id,
            parent_user_id,
            identity_key_hash,
            raw: raw.get().into(),
        })
    }

    /// Reads one with nothing but a name and ids, which nearly all are.
    pub(super) fn read_plain(cursor: &mut Cursor<'_>) -> Option<Self> {
        let (mut profile, mut name, mut wa_id, mut user_id) = (None, None, None, None);
        let ((), raw) = cursor.with_text(|cursor| {
            cursor.members(|cursor, member| match member {
                "profile" => once(
                    &mut profile,
                    cursor.members(|cursor, member| match member {
                        "name" => once(&mut name, cursor.word()),
                        _ => None,
                    }),
                ),
                "wa_id" => once(&mut wa_id, cursor.word()),
                "user_id" => once(&mut user_id, cursor.word()),
                _ => None,
            })
        })?;
        Some(Self {
            name: filled(name),
            username: None,
            wa_id: filled(wa_id),
            user_id: filled(user_id),
            parent_user_id: None,
            identity_key_hash: None,
            raw: raw.into(),
        })
    }

    /// Everything they can be recognised by.
    pub(super) fn ids(&self) -> [Option<&str>; 3] {
        ids(self.user_id.as_ref(), self.wa_id.as_ref(), self.parent_user_id.as_ref())
    }
}

/// Ids to look somebody up by, the surest first.
pub(super) fn ids<'a>(
    user_id: Option<&'a UserId>,
    wa_id: Option<&'a WaId>,
    parent_user_id: Option<&'a UserId>,
) -> [Option<&'a str>; 3] {
    [user_id.map(UserId::as_str), wa_id.map(WaId::as_str), parent_user_id.map(UserId::as_str)]
}

/// The people in a `contacts` list; those that cannot be read are left out.
pub(super) fn read(items: &[&RawValue]) -> Vec<Arc<Contact>> {
    items.iter().filter_map(|item| Contact::read(item).ok().map(Arc::new)).collect()
}

/// The people of one value, to look up by id: the lists of contacts and of messages need not run in parallel.
pub(super) struct Contacts<'a> {
    people: &'a [Arc<Contact>],
    /// Where to look first: as a rule, the lists do run in parallel.
    next: Cell<usize>,
    /// Only filled where searching the list would be slow.
    by_id: OnceCell<HashMap<&'a str, &'a Arc<Contact>>>,
}

impl<'a> Contacts<'a> {
    /// Up to so many, comparing is faster than hashing.
    const FEW: usize = 8;

    pub(super) fn new(people: &'a [Arc<Contact>]) -> Self {
        Self { people, next: Cell::new(0), by_id: OnceCell::new() }
    }

    /// The person, when there is but one: for items that name nobody.
    pub(super) fn only(&self) -> Option<Arc<Contact>> {
        match self.people {
            [person] => Some(Arc::clone(person)),
            _ => None,
        }
    }

    /// Who has one of these ids.
    pub(super) fn find(&self, ids: [Option<&str>; 3]) -> Option<Arc<Contact>> {
        let surest = ids.into_iter().flatten().next()?;
        let next = self.next.get();
        let person = match self.people.get(next) {
            Some(person) if person.ids().into_iter().flatten().next() == Some(surest) => Some(person),
            _ => self.search(ids),
        };
        self.next.set(next + 1);
        person.cloned()
    }

    fn search(&self, ids: [Option<&str>; 3]) -> Option<&Arc<Contact>> {
        let mut ids = ids.into_iter().flatten();
        if self.people.len() <= Self::FEW {
            return ids.find_map(|id| self.people.iter().find(|person| person.ids().contains(&Some(id))));
        }
        let by_id = self.by_id.get_or_init(|| {
            let mut by_id = HashMap::with_capacity(2 * self.people.len());
            for person in self.people {
                for id in person.ids().into_iter().flatten() {
                    by_id.entry(id).or_insert(person);
                }
            }
            by_id
        });
        ids.find_map(|id| by_id.get(id).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::{Contact, Contacts};
    use std::sync::Arc;

    /// Every second one has a user id as well.
    fn person(n: usize) -> Arc<Contact> {
        let user_id = n.is_multiple_of(2).then(|| format!("US.{n}"));
        let json = serde_json::json!({"wa_id": n.to_string(), "user_id": user_id}).to_string();
        Arc::new(Contact::read(serde_json::from_str(&json).unwrap()).unwrap())
    }

    #[test]
    fn people_are_found_by_any_id_in_any_order() {
        for count in [3, Contacts::FEW, Contacts::FEW + 1, 50] {
            let people: Vec<_> = (0..count).map(person).collect();
            let contacts = Contacts::new(&people);
            let orders: [Vec<usize>; 3] =
                [(0..count).collect(), (0..count).rev().collect(), (0..count).map(|n| n / 3).collect()];
            for n in orders.concat() {
                let (number, user_id) = (n.to_string(), format!("US.{n}"));
                let by_number = contacts.find([None, Some(&number), None]).unwrap();
                assert!(Arc::ptr_eq(&by_number, &people[n]));
                let by_both = contacts.find([Some(&user_id), Some(&number), None]).unwrap();
                assert!(Arc::ptr_eq(&by_both, &people[n]));
            }
            assert!(contacts.find([Some("US.x"), Some("x"), None]).is_none());
            assert!(contacts.find([None; 3]).is_none());
        }
    }
}
