//! Conversations, given to the agents who answer them.
//!
//! A [`Strategy`] picks an agent from a [`Snapshot`]; that the pick holds is seen to by the write: conversation and agent must
//! both be as they were in the snapshot, or it is looked at again. So no conversation is given to two agents, and no agent has
//! more than they can take, however many processes do it at once.

mod agents;
mod assign;
mod backlog;
mod strategy;

pub use agents::Agents;
pub(super) use assign::{freed, seated};
pub(super) use backlog::{route, work};
pub use strategy::{Previous, Snapshot, Strategy};

use crate::{
    error::Result,
    id::TenantId,
    store::{AgentId, CustomerId, LeadId},
};
use async_trait::async_trait;
use std::fmt;

/// Who owns customers and leads, as the host knows.
///
/// An answer that takes more than 10 seconds is given up, and the conversation is routed as if nobody was the owner, and
/// so are the others that are given out with it; a panic is a failure like any other.
#[async_trait]
pub trait Directory: fmt::Debug + Send + Sync + 'static {
    /// The agent who owns a customer. Nobody unless told otherwise.
    ///
    /// # Errors
    /// Any; the conversation is routed as if nobody was the owner.
    async fn owner_of_customer(&self, tenant: &TenantId, customer: &CustomerId) -> Result<Option<AgentId>> {
        let _ = (tenant, customer);
        Ok(None)
    }

    /// The agent who owns a lead. Nobody unless told otherwise.
    ///
    /// # Errors
    /// Any; the conversation is routed as if nobody was the owner.
    async fn owner_of_lead(&self, tenant: &TenantId, lead: &LeadId) -> Result<Option<AgentId>> {
        let _ = (tenant, lead);
        Ok(None)
    }
}

/// A directory that knows nobody.
#[derive(Debug)]
pub(super) struct Nobody;

#[async_trait]
impl Directory for Nobody {}
