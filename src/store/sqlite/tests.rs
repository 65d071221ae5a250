//! What is asked often must not look at every row.

use super::{connect, jobs, read};
use crate::store::{PageRequest, Query};

/// How SQLite would go about a query.
fn plan(connection: &rusqlite::Connection, sql: &str) -> String {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let mut rows = statement.raw_query();
    let mut plan = String::new();
    while let Some(row) = rows.next().unwrap() {
        plan += &row.get::<_, String>(3).unwrap();
        plan.push('\n');
    }
    plan
}

#[test]
fn lists_follow_an_index() {
    let directory = tempfile::tempdir().unwrap();
    let connection = connect::writer(&directory.path().join("store.db")).unwrap();
    for (query, index) in [
        (Query::Contacts, "contacts_by_time (tenant_id=?"),
        (Query::Conversations, "conversations_by_time (tenant_id=?"),
        (Query::ConversationsWith("p".into()), "conversations_by_contact (tenant_id=? AND contact_id=?"),
        (Query::Messages("c".into()), "messages_by_conversation (tenant_id=? AND conversation_id=?"),
        (Query::AllMessages, "messages_by_time (tenant_id=?"),
        (Query::DeadLetters, "dead_letters_by_time (tenant_id=?"),
        (Query::IdentityConflicts, "identity_conflicts_by_time (tenant_id=?"),
        (Query::OptOuts, "opt_outs_by_time (tenant_id=?"),
    ] {
        for page in [PageRequest::newest(10), PageRequest::oldest(10)] {
            for goes_on in [false, true] {
                let plan = plan(&connection, &read::list_sql(&query, &page, goes_on).0);
                assert!(
                    plan.contains(index) && !plan.contains("SCAN") && !plan.contains("TEMP B-TREE"),
                    "{plan}"
                );
                // Going on means to begin at the place, not to skip what comes before it.
                assert_eq!(plan.contains(">(?,?)") || plan.contains("<(?,?)"), goes_on, "{plan}");
            }
        }
    }
}

#[test]
fn claims_look_at_due_heads_only() {
    let directory = tempfile::tempdir().unwrap();
    let connection = connect::writer(&directory.path().join("store.db")).unwrap();
    let plan = plan(&connection, jobs::CLAIM);
    assert!(plan.contains("job USING INDEX jobs_due (due<?)"), "{plan}");
    assert!(plan.contains("jobs_leased (tenant_id=? AND group_name=? AND lease_until>?)"), "{plan}");
    assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
}
