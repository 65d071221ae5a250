//! Lists have one order and are read a page at a time.

use super::{acme, assert_fails, at, at_once, batch, contact, conversation, make, message, pause};
use crate::store::{
    Change, Contact, Conversation, ConversationId, Cursor, DeadLetter, DeliveryFailure, Identity, Key,
    PageRequest, Query, Record, Store, TenantStore, TenantStoreExt,
};
use std::pin::Pin;

fn thread() -> ConversationId {
    "conversation".into()
}

/// Writes messages named by letters, each at a second.
async fn write(tenant: &dyn TenantStore, messages: &[(&str, i64)]) {
    let changes = messages.iter().fold(batch(), |batch, (id, second)| batch.insert(message(id, *second)));
    assert_eq!(tenant.apply(changes).await.unwrap(), crate::store::Applied::Done);
}

/// The ids on one page, one after the other, and the cursor to the next.
async fn page(tenant: &dyn TenantStore, request: PageRequest) -> (String, Option<Cursor>) {
    let page = tenant.messages(&thread(), request).await.unwrap();
    (page.items.iter().map(|message| message.id.as_str()).collect(), page.next)
}

/// A list goes by time, then by id as text, from its newest end or from its oldest.
pub async fn a_list_is_read_from_either_end(store: &dyn Store) {
    let acme = acme(store);
    write(&*acme, &[("c", 2), ("b", 1), ("a", 2), ("B", 2), ("d", -3)]).await;
    assert_eq!(page(&*acme, PageRequest::newest(9)).await, ("caBbd".into(), None));
    assert_eq!(page(&*acme, PageRequest::oldest(9)).await, ("dbBac".into(), None));
}

/// Every list goes by time, and within a time by the bytes of the ids: not as a language sorts them.
pub async fn lists_go_by_time_and_then_by_the_bytes_of_the_id(store: &dyn Store) {
    let acme = acme(store);
    let ids = [
        "", " ", "-1", "1", "10", "9", "A", "B", "Z", "_", "a", "a ", "a\0", "aa", "b", "é", "ß", "\u{ffff}",
        "😀",
    ];
    let codes = [i64::MIN, -2, 0, 1, 10, 131_026, 2, i64::MAX];
    let mut changes = batch();
    for id in ids.iter().rev() {
        changes = changes
            .insert(Contact::new(*id, [], at(0)))
            .insert(Conversation::new(*id, *id, *id, at(0)))
            .insert(message(id, 0))
            .insert(DeadLetter::new(*id, at(0), "odd", *b"{}"));
    }
    for code in codes {
        changes = changes.insert(DeliveryFailure::new("wamid.1", at(0), code, "no"));
    }
    make(&acme, changes).await;
    for query in [
        Query::Contacts,
        Query::Conversations,
        Query::Messages(thread()),
        Query::AllMessages,
        Query::DeadLetters,
        Query::Failures("wamid.1".into()),
    ] {
        let mut ids = if let Query::Failures(_) = query {
            codes.map(|code| code.to_string()).to_vec()
        } else {
            ids.map(str::to_owned).to_vec()
        };
        ids.sort_unstable();
        let oldest = PageRequest::oldest(2);
        assert_eq!(pages(&*acme, &query, oldest).await, ids, "{query:?}");
        ids.reverse();
        assert_eq!(pages(&*acme, &query, PageRequest::newest(2)).await, ids, "{query:?}");
    }
}

/// The ids of all records of a list, read page by page.
async fn pages(tenant: &dyn TenantStore, query: &Query, first: PageRequest) -> Vec<String> {
    let (mut ids, mut next) = (Vec::new(), None);
    loop {
        let page = tenant.list(query.clone(), first.clone().after(next)).await.unwrap();
        ids.extend(page.items.iter().map(|record| record.order(query).1));
        next = page.next;
        if next.is_none() {
            return ids;
        }
    }
}

/// Page after page gives each record once; the last page says that it is the last.
pub async fn pages_hold_each_record_once(store: &dyn Store) {
    let acme = acme(store);
    // Many at one second: a cursor must hold the id as well as the time.
    write(&*acme, &[("a", 1), ("b", 1), ("c", 1), ("d", 1), ("e", 2), ("f", 3)]).await;
    for (limit, pages) in [(1, 6), (2, 3), (4, 2), (6, 1), (0, 6)] {
        for (first, all) in [(PageRequest::newest(limit), "fedcba"), (PageRequest::oldest(limit), "abcdef")] {
            let (mut ids, mut next) = page(&*acme, first.clone()).await;
            let mut count = 1;
            while let Some(cursor) = next {
                // A cursor survives being written out.
                let cursor = Cursor::from_text(cursor.as_str());
                let (more, after) = page(&*acme, first.clone().after(cursor)).await;
                ids += &more;
                next = after;
                count += 1;
            }
            assert_eq!((ids.as_str(), count), (all, pages), "pages of {limit}");
        }
    }
}

/// However many are wanted, a page holds at most [`PageRequest::MAX_LIMIT`].
pub async fn a_page_holds_no_more_than_the_most(store: &dyn Store) {
    let acme = acme(store);
    let most = PageRequest::MAX_LIMIT;
    make(&acme, (0..=most).fold(batch(), |batch, n| batch.insert(message(&format!("{n:04}"), 0)))).await;
    let all = acme.messages(&thread(), PageRequest::oldest(usize::MAX)).await.unwrap();
    assert_eq!((all.items.len(), all.next.is_some()), (most, true));
    let rest = PageRequest::oldest(usize::MAX).after(all.next);
    assert_eq!(page(&*acme, rest).await, (format!("{most:04}"), None));
}

/// A page is of one moment: it holds all of a batch or nothing, also while others write.
pub async fn a_page_is_of_one_moment(store: &dyn Store) {
    let acme = acme(store);
    let named = |n: i64| {
        let mut contact = Contact::new("a", [Identity::Phone(n.to_string().into())], at(0));
        contact.name = Some(n.to_string());
        contact
    };
    make(&acme, batch().insert(named(1))).await;
    let write = async {
        for n in 1..50 {
            // One message at each end of the list.
            let changes = batch().insert(message(&format!("-{n}"), -n)).insert(message(&format!("{n}"), n));
            let mut renamed = named(n + 1);
            renamed.version = n.unsigned_abs();
            make(&acme, changes.update(renamed)).await;
            pause().await;
        }
    };
    let read = async {
        for _ in 1..50 {
            let messages = acme.messages(&thread(), PageRequest::oldest(200)).await.unwrap().items;
            assert_eq!(messages.len() % 2, 0, "half a batch");
            let contacts = acme.list(Query::Contacts, PageRequest::oldest(1)).await.unwrap().items;
            let Some(Record::Contact(contact)) = contacts.first() else { panic!("no contact") };
            assert_eq!(contact.name.as_deref(), contact.identities.first().map(Identity::value));
            pause().await;
        }
    };
    let both: [Pin<Box<dyn Future<Output = ()> + Send + '_>>; 2] = [Box::pin(read), Box::pin(write)];
    at_once(both).await;
}

/// Going on from a cursor repeats and skips nothing that was there, whatever was added meanwhile.
pub async fn a_cursor_neither_repeats_nor_skips_while_records_are_added(store: &dyn Store) {
    let acme = acme(store);
    write(&*acme, &[("b", 2), ("d", 4), ("f", 6), ("h", 8)]).await;
    let newest = PageRequest::newest(2);
    let (ids, cursor) = page(&*acme, newest.clone()).await;
    assert_eq!(ids, "hf");
    write(&*acme, &[("a", 1), ("c", 3), ("e", 5), ("g", 7), ("i", 9)]).await;
    let (ids, cursor) = page(&*acme, newest.clone().after(cursor)).await;
    assert_eq!(ids, "ed");
    let (ids, cursor) = page(&*acme, newest.clone().after(cursor)).await;
    assert_eq!(ids, "cb");
    assert_eq!(page(&*acme, newest.after(cursor)).await, ("a".into(), None));
}

/// A cursor is a place, not a record: it is good even if the record is gone.
pub async fn a_cursor_behind_a_removed_record_goes_on(store: &dyn Store) {
    let acme = acme(store);
    write(&*acme, &[("a", 1), ("b", 2), ("c", 3)]).await;
    let (ids, cursor) = page(&*acme, PageRequest::oldest(2)).await;
    assert_eq!(ids, "ab");
    make(&acme, batch().with(Change::Delete(Key::Message("b".into()), 1))).await;
    assert_eq!(page(&*acme, PageRequest::oldest(2).after(cursor)).await, ("c".into(), None));
}

/// What comes behind a cursor is what is there when the page is read: records that were changed meanwhile as they are,
/// those that were removed or moved before it no more, those that were moved behind it again.
pub async fn a_cursor_keeps_its_place_while_records_are_removed_and_changed(store: &dyn Store) {
    let acme = acme(store);
    write(&*acme, &[("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 5), ("f", 6), ("g", 7)]).await;
    let (ids, cursor) = page(&*acme, PageRequest::oldest(2)).await;
    assert_eq!(ids, "ab");
    let changed = |id: &str, second| {
        let mut message = message(id, second);
        message.version = 1;
        message.text = Some("changed".into());
        message
    };
    let mut elsewhere = changed("f", 6);
    elsewhere.conversation = "another".into();
    let changes = batch()
        .with(Change::Delete(Key::Message("c".into()), 1))
        .update(changed("a", 8))
        .update(changed("d", 0))
        .update(changed("e", 5))
        .update(elsewhere);
    make(&acme, changes).await;
    let rest = acme.messages(&thread(), PageRequest::oldest(9).after(cursor)).await.unwrap();
    let found: Vec<_> =
        rest.items.iter().map(|message| (message.id.as_str(), message.text.is_some())).collect();
    assert_eq!(found, [("e", true), ("g", false), ("a", true)]);
}

/// A cursor of another tenant, list or order, or one that was made up, is refused.
pub async fn a_cursor_is_good_for_its_own_list_only(store: &dyn Store) {
    let (acme, globex) = (acme(store), store.tenant(&"globex".into()));
    write(&*acme, &[("a", 1), ("b", 2)]).await;
    write(&*globex, &[("a", 1), ("b", 2)]).await;
    let (_, cursor) = page(&*acme, PageRequest::newest(1)).await;
    let cursor = cursor.expect("there are two messages");
    let newest = PageRequest::newest(1).after(cursor.clone());
    assert_fails!(globex.messages(&thread(), newest.clone()).await, BadCursor);
    assert_fails!(acme.messages(&"another".into(), newest.clone()).await, BadCursor);
    assert_fails!(acme.list(Query::Contacts, newest.clone()).await, BadCursor);
    assert_fails!(acme.messages(&thread(), PageRequest::oldest(1).after(cursor.clone())).await, BadCursor);
    let cut = cursor.as_str().split('.').next().unwrap_or_default();
    let long = "9".repeat(1 << 20);
    let longer = format!("{long}.{}", cursor.as_str());
    for text in ["", ".", "...", "x", "0.0.a", "' OR 1=1 --", "\0", "é.é.é", cut, &long, &longer] {
        let made_up = PageRequest::newest(1).after(Cursor::from_text(text));
        assert_fails!(acme.messages(&thread(), made_up).await, BadCursor);
    }
    assert_eq!(page(&*acme, newest).await.0, "a");
}

/// A record is in the list it belongs to and in no other.
pub async fn each_list_holds_its_own_records(store: &dyn Store) {
    let acme = acme(store);
    let mut elsewhere = message("elsewhere", 0);
    elsewhere.conversation = "another".into();
    let contact = contact("a");
    let conversation = conversation("c");
    let failures = [
        // Codes go as text, like any id.
        DeliveryFailure::new("wamid.1", at(1), 131_026, "first"),
        DeliveryFailure::new("wamid.1", at(1), 9, "second"),
        DeliveryFailure::new("wamid.1", at(2), 131_026, "third"),
    ];
    let letter = DeadLetter::new("l", at(0), "odd", *b"{}");
    let mut changes = batch()
        .insert(contact.clone())
        .insert(conversation.clone())
        .insert(message("m", 0))
        .insert(elsewhere)
        .insert(letter.clone())
        .insert(DeliveryFailure::new("wamid.2", at(1), 1, "other"));
    for failure in failures.clone() {
        changes = changes.insert(failure);
    }
    make(&acme, changes).await;

    let keys = |query: Query| {
        let acme = acme.clone();
        async move {
            let page = acme.list(query, PageRequest::oldest(9)).await.unwrap();
            page.items.iter().map(|record| record.key()).collect::<Vec<_>>()
        }
    };
    assert_eq!(keys(Query::Contacts).await, [Key::Contact(contact.id)]);
    assert_eq!(keys(Query::Conversations).await, [Key::Conversation(conversation.id)]);
    assert_eq!(keys(Query::Messages(thread())).await, [Key::Message("m".into())]);
    assert_eq!(keys(Query::Messages("another".into())).await, [Key::Message("elsewhere".into())]);
    assert_eq!(keys(Query::Messages("nowhere".into())).await, []);
    assert_eq!(keys(Query::DeadLetters).await, [Key::DeadLetter(letter.id)]);
    let [first, second, third] = failures;
    let list = acme.list(Query::Failures("wamid.1".into()), PageRequest::oldest(9)).await.unwrap();
    assert_eq!(list.items, [first.into(), second.into(), third.into()]);
    let first = acme.list(Query::Failures("wamid.1".into()), PageRequest::oldest(1)).await.unwrap();
    let request = PageRequest::oldest(9).after(first.next);
    assert_eq!(acme.list(Query::Failures("wamid.1".into()), request).await.unwrap().items, list.items[1..]);
}

/// A record whose time or list changes is found at its new place and no more at its old one.
pub async fn a_changed_record_moves_in_its_list(store: &dyn Store) {
    let acme = acme(store);
    write(&*acme, &[("a", 1), ("b", 2)]).await;
    let mut later = acme.message(&"a".into()).await.unwrap().unwrap();
    later.at = at(3);
    make(&acme, batch().update(later)).await;
    assert_eq!(page(&*acme, PageRequest::newest(9)).await.0, "ab");
    let mut moved = acme.message(&"a".into()).await.unwrap().unwrap();
    moved.conversation = "another".into();
    make(&acme, batch().update(moved)).await;
    assert_eq!(page(&*acme, PageRequest::newest(9)).await.0, "b");
    assert_eq!(acme.messages(&"another".into(), PageRequest::newest(9)).await.unwrap().items.len(), 1);
}
