//! The life of conversations, and what people write on them.

use super::{ANA, BEN, DAY, HOUR, NUMBER, Office};
use ConversationState::{Active, Archived, Closed};
use std::{collections::BTreeSet, time::Duration};
use whatsapp_business::{
    ErrorKind,
    desk::{Policy, Search},
    message::Template,
    store::{ConversationState, Direction, PageRequest, StoredMessage},
};

#[tokio::test]
async fn a_message_to_a_closed_conversation_opens_another() {
    let office = Office::open(|desk| desk).await;
    let first = office.hears(ANA, "Hi").await;
    let closed = office.acme.close(&first.id, "bo").await.unwrap();
    assert_eq!((closed.state, closed.closed_at), (Closed, Some(office.now())));
    // Once more changes nothing.
    office.acme.close(&first.id, "bo").await.unwrap();
    assert_eq!(office.actions(&first.id).await, ["conversation.closed"]);
    let second = office.hears(ANA, "Hi again").await;
    assert_ne!(second.id, first.id);
    assert_eq!(second.state, Active);
}

#[tokio::test]
async fn a_message_soon_after_the_closing_reopens_the_conversation_where_the_policy_says_so() {
    let soon = Duration::from_secs(7200);
    let office = Office::open(|desk| desk.policy(move |_| Policy::new().reopen_within(soon))).await;
    let first = office.hears(ANA, "Hi").await;
    office.acme.close(&first.id, "bo").await.unwrap();
    office.pass(HOUR);
    let again = office.hears(ANA, "One more thing").await;
    assert_eq!((&again.id, again.state, again.closed_at), (&first.id, Active, None));
    assert_eq!(again.unread, 2);
    office.acme.close(&first.id, "bo").await.unwrap();
    // Our own messages reopen it, too.
    let receipt = office.acme.send(NUMBER, "+14155552671", "Sure").await.unwrap();
    assert_eq!(receipt.conversation, first.id);
    office.acme.close(&first.id, "bo").await.unwrap();
    office.pass(2 * HOUR);
    assert_ne!(office.hears(ANA, "Hello?").await.id, first.id);
    // What was put away stays there.
    let second = office.newest(ANA).await;
    office.acme.archive(&second.id, "bo").await.unwrap();
    assert_ne!(office.hears(ANA, "Hello??").await.id, second.id);
}

#[tokio::test]
async fn conversations_are_put_away_and_brought_back_by_people() {
    let office = Office::open(|desk| desk).await;
    let first = office.hears(ANA, "Hi").await.id;
    assert_eq!(office.acme.archive(&first, "bo").await.unwrap().state, Archived);
    let refusal = office.acme.close(&first, "bo").await.unwrap_err();
    assert!(matches!(refusal.kind(), ErrorKind::NotAllowed(_)));
    assert_eq!(office.acme.reopen(&first, "bo").await.unwrap().state, Active);
    office.acme.close(&first, "bo").await.unwrap();
    office.hears(ANA, "Hi again").await;
    let refusal = office.acme.reopen(&first, "bo").await.unwrap_err();
    assert!(matches!(refusal.kind(), ErrorKind::NotAllowed(_)), "{refusal}");
    let trail = office.trail(&first).await;
    assert!(trail.iter().all(|entry| entry.actor == "bo"));
    assert_eq!(
        office.actions(&first).await,
        ["conversation.archived", "conversation.reopened", "conversation.closed"]
    );
}

#[tokio::test]
async fn an_idle_conversation_is_closed_and_messages_postpone_that() {
    let policy = Policy::new().close_after(Duration::from_secs(86_400));
    let office = Office::open(|desk| desk.policy(move |_| policy)).await;
    let id = office.hears(ANA, "Hi").await.id;
    office.pass(DAY - 60);
    office.hears(ANA, "Hello?").await;
    office.pass(60);
    assert_eq!(office.desk.step().await.unwrap(), 1);
    assert_eq!(office.acme.conversation(&id).await.unwrap().state, Active);
    office.pass(DAY - 61);
    assert_eq!(office.desk.step().await.unwrap(), 0);
    office.pass(1);
    assert_eq!(office.desk.step().await.unwrap(), 1);
    assert_eq!(office.acme.conversation(&id).await.unwrap().state, Closed);
    let trail = office.trail(&id).await;
    assert_eq!((trail[0].actor.as_str(), trail[0].action.as_str()), ("desk", "conversation.closed"));
    office.pass(DAY);
    assert_eq!(office.desk.step().await.unwrap(), 0);
}

#[tokio::test]
async fn messages_are_unread_until_somebody_saw_them_and_meta_may_be_told() {
    let office = Office::open(|desk| desk).await;
    let id = office.hears(ANA, "Hi").await.id;
    office.pass(1);
    assert_eq!(office.hears(ANA, "Hello?").await.unread, 2);
    for _ in 0..2 {
        office.acme.mark_read(&id).await.unwrap();
        assert_eq!(office.acme.conversation(&id).await.unwrap().unread, 0);
    }
    assert_eq!(office.posts().await, 0);
    office.acme.mark_read_and_tell(&id).await.unwrap();
    let told: serde_json::Value = office.meta.received_requests().await.unwrap()[0].body_json().unwrap();
    assert_eq!((&told["status"], &told["message_id"]), (&"read".into(), &"wamid.IN1".into()));
}

#[tokio::test]
async fn colleagues_find_tags_and_notes_on_a_conversation() {
    let office = Office::open(|desk| desk).await;
    let id = office.hears(ANA, "Hi").await.id;
    for word in ["vip", "roof", "vip"] {
        office.acme.tag(&id, word, "bo").await.unwrap();
    }
    office.acme.untag(&id, "roof", "bo").await.unwrap();
    office.acme.untag(&id, "never there", "bo").await.unwrap();
    let tags = office.acme.tags(&id, PageRequest::oldest(9)).await.unwrap().items;
    assert_eq!(tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["vip"]);
    office.acme.note(&id, "Wants a flat roof", "bo").await.unwrap();
    let notes = office.acme.notes(&id, PageRequest::oldest(9)).await.unwrap().items;
    assert_eq!(notes.len(), 1);
    assert_eq!((notes[0].author.as_str(), notes[0].text.as_str()), ("bo", "Wants a flat roof"));
    assert!(!format!("{notes:?}").contains("flat roof"));
    let tagged = ["conversation.tagged", "conversation.tagged", "conversation.untagged", "conversation.note"];
    assert_eq!(office.actions(&id).await, tagged);
    assert!(office.acme.note(&"nobody".into(), "x", "bo").await.is_err());
}

/// So that a person who is being erased gets no words any more: they would stay.
#[tokio::test]
async fn a_tag_is_put_on_a_conversation_as_it_was_read() {
    let office = Office::open(|desk| desk).await;
    let id = office.hears(ANA, "Hi").await.id;
    let version = async || office.acme.conversation(&id).await.unwrap().version;
    let before = version().await;
    office.acme.tag(&id, "vip", "bo").await.unwrap();
    assert_eq!(version().await, before + 1);
    office.acme.tag(&id, "vip", "bo").await.unwrap();
    assert_eq!(version().await, before + 1, "one that is there stays");
}

#[tokio::test]
async fn a_conversation_remembers_values_and_whom_it_is_about() {
    let office = Office::open(|desk| desk).await;
    let id = office.hears(ANA, "Hi").await.id;
    office.acme.set_context(&id, "roof", Some("flat"), "bo").await.unwrap();
    office.acme.set_context(&id, "roof", Some("flat"), "bo").await.unwrap();
    office.acme.link_customer(&id, Some("7".into()), "bo").await.unwrap();
    office.acme.link_lead(&id, Some("L9".into()), "bo").await.unwrap();
    let conversation = office.acme.conversation(&id).await.unwrap();
    assert_eq!(conversation.context["roof"], "flat");
    assert_eq!((conversation.customer, conversation.lead), (Some("7".into()), Some("L9".into())));
    office.acme.set_context(&id, "roof", None, "bo").await.unwrap();
    office.acme.link_lead(&id, None, "bo").await.unwrap();
    let conversation = office.acme.conversation(&id).await.unwrap();
    assert!(conversation.context.is_empty() && conversation.lead.is_none());
    assert_eq!(office.trail(&id).await.len(), 5);
}

#[tokio::test]
async fn conversations_are_found_by_what_describes_them() {
    let office = Office::open(|desk| desk).await;
    let ana = office.hears(ANA, "Where is my INVOICE?").await;
    office.pass(1);
    let ben = office.hears(BEN, "Hi").await;
    office.acme.tag(&ana.id, "vip", "bo").await.unwrap();
    office.acme.tag(&ben.id, "vip", "bo").await.unwrap();
    office.acme.link_customer(&ben.id, Some("7".into()), "bo").await.unwrap();
    office.acme.close(&ben.id, "bo").await.unwrap();
    let found = async |search: Search| -> BTreeSet<_> {
        let page = office.acme.search(&search, PageRequest::newest(9)).await.unwrap();
        assert!(page.next.is_none());
        page.items.into_iter().map(|conversation| conversation.id).collect()
    };
    let (only_ana, only_ben) = (BTreeSet::from([ana.id.clone()]), BTreeSet::from([ben.id.clone()]));
    let both = BTreeSet::from([ana.id, ben.id]);
    assert_eq!(found(Search::new()).await, both);
    assert_eq!(found(Search::new().tag("vip")).await, both);
    assert_eq!(found(Search::new().text("invoice")).await, only_ana);
    assert_eq!(found(Search::new().text("invoice").state(Closed)).await, BTreeSet::new());
    assert_eq!(found(Search::new().tag("vip").state(Closed)).await, only_ben);
    assert_eq!(found(Search::new().contact(ben.contact)).await, only_ben);
    assert_eq!(found(Search::new().customer("7")).await, only_ben);
    assert_eq!(found(Search::new().unassigned(true)).await, only_ana);
    assert_eq!(found(Search::new().state(Active)).await, only_ana);
    assert_eq!(found(Search::new().assignee("bo")).await, BTreeSet::new());
    assert_eq!(found(Search::new().lead("L9")).await, BTreeSet::new());
}

#[tokio::test]
async fn a_search_goes_on_where_its_page_ended() {
    let office = Office::open(|desk| desk.window(false)).await;
    for person in 0..7 {
        let to = format!("+1415555000{person}");
        let receipt = office.acme.send(NUMBER, &*to, Template::new("hello", "en_US")).await.unwrap();
        if person % 2 == 0 {
            office.acme.close(&receipt.conversation, "bo").await.unwrap();
        }
        office.pass(1);
    }
    let search = Search::new().state(Closed);
    let (mut page, mut pages, mut found) = (PageRequest::oldest(3), Vec::new(), Vec::new());
    loop {
        let next = office.acme.search(&search, page.clone()).await.unwrap();
        pages.push(next.items.len());
        found.extend(next.items.into_iter().map(|conversation| conversation.opened_at));
        match next.next {
            Some(cursor) => page = page.after(cursor),
            None => break,
        }
    }
    assert_eq!(pages, [3, 1]);
    assert!(found.is_sorted());
    let other = PageRequest::oldest(3).after(whatsapp_business::store::Cursor::from_text("odd"));
    assert!(office.acme.search(&search, other).await.is_err());
}

#[tokio::test]
async fn a_search_by_text_reads_so_much_for_a_page_and_goes_on_from_there() {
    let office = Office::open(|desk| desk).await;
    let ana = office.hears(ANA, "Where is my invoice?").await;
    for n in 0..Search::MAX_LOOKED_AT {
        office.pass(1);
        let id = format!("m{n}");
        let mut newer = StoredMessage::new(id, &ana.id, Direction::Inbound, office.now(), "text", *b"{}");
        newer.text = Some("Hello?".to_owned());
        office.keep(newer).await;
    }
    let search = Search::new().text("INVOICE");
    let first = office.acme.search(&search, PageRequest::newest(9)).await.unwrap();
    assert_eq!(first.items, []);
    let rest = PageRequest::newest(9).after(first.next.expect("there are older messages"));
    let second = office.acme.search(&search, rest).await.unwrap();
    assert_eq!((second.items.len(), second.next), (1, None));
}
