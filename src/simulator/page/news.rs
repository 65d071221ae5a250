//! What a page knows, and what is news to it.

use serde_json::Value;
use std::{
    collections::{HashMap, HashSet, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
};

/// Something the page shows.
pub(super) enum Item<'a> {
    /// It is as it was told.
    Told,
    /// This is how it looks now, be it as before or not.
    Now(Value),
    /// It has come to the state with this digest: how it looks then takes time to find out, and no lock.
    Later(u64, Box<dyn FnOnce() -> Value + 'a>),
}

/// What a page knows: a digest of the state in which each item was told.
#[derive(Default)]
pub(super) struct Known(HashMap<String, u64>);

impl Known {
    /// An item that is made by what `make` gives, unless it was told in this state.
    pub(super) fn or_later<'a>(
        &self,
        key: &str,
        state: &impl Hash,
        make: impl FnOnce() -> Box<dyn FnOnce() -> Value + 'a>,
    ) -> Item<'a> {
        let state = digest(state);
        if self.0.get(key) == Some(&state) { Item::Told } else { Item::Later(state, make()) }
    }

    /// What has changed, as JSON: a list of `[key, item]`; the item is `null` when it is gone.
    pub(super) fn news(&mut self, items: Vec<(String, Item<'_>)>) -> String {
        let mut news = Vec::new();
        let mut here = HashSet::with_capacity(items.len());
        for (key, item) in items {
            here.insert(key.clone());
            let (state, item) = match item {
                Item::Told => continue,
                Item::Now(item) => {
                    let item = item.to_string();
                    (digest(&item), item)
                }
                Item::Later(state, make) => (state, make().to_string()),
            };
            if self.0.get(&key) != Some(&state) {
                news.push(format!("[{},{item}]", Value::from(key.as_str())));
                self.0.insert(key, state);
            }
        }
        self.0.retain(|key, _| {
            let stays = here.contains(key);
            if !stays {
                news.push(format!("[{},null]", Value::from(key.as_str())));
            }
            stays
        });
        format!("[{}]", news.join(","))
    }
}

fn digest(state: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    state.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::{Item, Known};
    use serde_json::json;

    #[test]
    fn only_what_is_new_changed_or_gone_is_told() {
        let item = |key: &str, value: i32| (key.to_owned(), Item::Now(json!(value)));
        let mut known = Known::default();
        assert_eq!(known.news(vec![item("a", 1), item("b", 2)]), r#"[["a",1],["b",2]]"#);
        assert_eq!(known.news(vec![item("a", 1), item("b", 2)]), "[]");
        assert_eq!(known.news(vec![item("a", 3), item("c", 4)]), r#"[["a",3],["c",4],["b",null]]"#);
        assert_eq!(known.news(vec![("a".to_owned(), Item::Told), item("c", 4)]), "[]");
    }
}
