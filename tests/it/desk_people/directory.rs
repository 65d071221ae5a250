//! Owners that the host's directory names, and directories that do not answer as they should.

use super::{ANA, Office, routing::phone};
use async_trait::async_trait;
use std::time::Duration;
use whatsapp_business::{
    ErrorKind,
    desk::{Directory, Strategy},
    id::TenantId,
    store::{AgentId, CustomerId, LeadId},
};

#[derive(Debug)]
struct Panics;

#[async_trait]
impl Directory for Panics {
    async fn owner_of_customer(
        &self,
        _: &TenantId,
        _: &CustomerId,
    ) -> whatsapp_business::Result<Option<AgentId>> {
        panic!("a mistake of the host")
    }
}

#[tokio::test]
async fn a_directory_that_panics_keeps_nobody_waiting() {
    let strategy = Strategy::owner().or(Strategy::least_loaded());
    let office = Office::open(|desk| desk.routing(strategy).directory(Panics)).await;
    office.hires("bo", 5).await;
    let id = office.hears(ANA, "Hi").await.id;
    office.acme.link_customer(&id, Some("7".into()), "crm").await.unwrap();
    office.works().await;
    assert_eq!(office.has(&id).await.as_deref(), Some("bo"));
}

#[tokio::test]
async fn a_directory_that_fails_keeps_nobody_waiting() {
    let strategy = Strategy::owner().or(Strategy::least_loaded());
    let office = Office::open(|desk| desk.routing(strategy).directory(Owned)).await;
    office.hires("bo", 5).await;
    let id = office.hears(ANA, "Hi").await.id;
    office.acme.link_lead(&id, Some("L9".into()), "crm").await.unwrap();
    office.works().await;
    assert_eq!(office.has(&id).await.as_deref(), Some("bo"));
}

#[derive(Debug)]
pub(super) struct Owned;

#[async_trait]
impl Directory for Owned {
    async fn owner_of_customer(
        &self,
        _: &TenantId,
        customer: &CustomerId,
    ) -> whatsapp_business::Result<Option<AgentId>> {
        Ok((customer.as_str() == "7").then(|| "cy".into()))
    }

    async fn owner_of_lead(&self, _: &TenantId, _: &LeadId) -> whatsapp_business::Result<Option<AgentId>> {
        Err(whatsapp_business::Error::new(ErrorKind::Timeout))
    }
}

#[derive(Debug)]
struct Hangs;

#[async_trait]
impl Directory for Hangs {
    async fn owner_of_customer(
        &self,
        _: &TenantId,
        _: &CustomerId,
    ) -> whatsapp_business::Result<Option<AgentId>> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_directory_that_hangs_keeps_nobody_waiting_for_good() {
    let strategy = Strategy::owner().or(Strategy::least_loaded());
    let office = Office::open(|desk| desk.routing(strategy).directory(Hangs)).await;
    office.hires("bo", 5).await;
    let id = office.hears(ANA, "Hi").await.id;
    office.acme.link_customer(&id, Some("7".into()), "crm").await.unwrap();
    tokio::time::pause();
    tokio::time::timeout(Duration::from_secs(60), office.works()).await.unwrap();
    assert_eq!(office.has(&id).await.as_deref(), Some("bo"));
}

#[tokio::test]
async fn a_directory_that_hangs_is_not_waited_for_by_one_after_the_other() {
    let strategy = Strategy::owner().or(Strategy::least_loaded());
    let office = Office::open(|desk| desk.routing(strategy).directory(Hangs)).await;
    for n in 0..9 {
        let id = office.hears(&phone(n), "Hi").await.id;
        office.acme.link_customer(&id, Some("7".into()), "crm").await.unwrap();
    }
    office.works().await;
    office.hires("bo", 9).await;
    tokio::time::pause();
    tokio::time::timeout(Duration::from_secs(60), office.works()).await.unwrap();
    assert_eq!(office.load("bo").await, 9);
}

#[tokio::test]
async fn the_owner_of_a_customer_gets_the_conversation() {
    let strategy = Strategy::owner().or(Strategy::least_loaded());
    let office = Office::open(|desk| desk.routing(strategy).directory(Owned)).await;
    for agent in ["bo", "cy"] {
        office.hires(agent, 5).await;
    }
    let id = office.hears(ANA, "Hi").await.id;
    office.acme.link_customer(&id, Some("7".into()), "crm").await.unwrap();
    office.works().await;
    assert_eq!(office.has(&id).await.as_deref(), Some("cy"));
}
