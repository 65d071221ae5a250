//! Functions in the database that find records, each a transaction of its own: one statement, which PostgreSQL need not read and
//! plan each time. Several go out in one round trip.

use super::{
    connection::{Answer, Beginning, Running, execute_prepared, name_of, poll_all},
    rows,
    tenants::allowed,
    value::{Param, Value},
};
use crate::{
    id::TenantId,
    store::{Key, tables::Table},
};
use deadpool_postgres::ClientWrapper;
use std::future::poll_fn;

/// A call of one of them.
pub(super) struct Call<'a> {
    sql: String,
    params: Vec<Param<'a>>,
    /// How a connection that keeps it tells it from others.
    guard: String,
    name: Param<'static>,
}

impl<'a> Call<'a> {
    /// Finds the records of a table by keys of one kind, of which `columns` has one array for each column. Behind the columns of
    /// a record is its place among the keys.
    pub(super) fn find(
        beginning: &'a Beginning,
        tenants: impl IntoIterator<Item = &'a TenantId>,
        (table, key): (Table, &Key),
        columns: Vec<Param<'a>>,
    ) -> Self {
        let (schema, function) = (&beginning.schema, function(table, key));
        let mut params =
            vec![allowed(tenants), Param::text(&beginning.search_path), Param::text(&beginning.timeout)];
        params.extend(columns);
        let arguments = (1..=params.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
        let select = rows::select_found(table);
        let sql = format!("SELECT {select}, place FROM {schema}.{function}({arguments})");
        let name = name_of(&sql);
        let guard = format!(" WHERE {schema}.is_ours(${}, {name})", params.len() + 1);
        Self { sql, params, guard, name: Value::from(name).into() }
    }

    /// Makes it. A connection that keeps it for the next time asks whether it is this one: behind a proxy that hands connections
    /// around, another process may have left another statement under the same name.
    pub(super) async fn make(&self, client: &ClientWrapper, kept: bool) -> Answer {
        if kept {
            let params: Vec<_> = self.params.iter().chain([&self.name]).map(Param::typed).collect();
            return execute_prepared(client, &format!("{}{}", self.sql, self.guard), &params).await;
        }
        let params: Vec<_> = self.params.iter().map(Param::typed).collect();
        client.query_typed(&self.sql, &params).await
    }
}

/// The function that finds what a key is of.
fn function(table: Table, key: &Key) -> String {
    match key {
        Key::ContactOf(_) => "find_contacts_by_identity".to_owned(),
        Key::ActiveConversation(..) => "find_active_conversations".to_owned(),
        Key::MessageOf(_) => "find_messages_by_wamid".to_owned(),
        Key::TemplateOf(..) => "find_templates_by_name".to_owned(),
        _ => format!("find_{}", table.name()),
    }
}

/// Makes calls at once, and gives the answers in order.
pub(super) async fn make_all(calls: &[Call<'_>], client: &ClientWrapper, kept: bool) -> Vec<Answer> {
    let mut running: Running<'_> = Vec::new();
    for call in calls {
        running.push(Box::pin(call.make(client, kept)));
    }
    let mut answers: Vec<Option<Answer>> = calls.iter().map(|_| None).collect();
    poll_fn(|cx| poll_all(&mut running, &mut answers, cx)).await
}
