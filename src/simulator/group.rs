//! Groups that the business is in.

use crate::{id::GroupId, recipient::Recipient};

/// A group of the business; made by [`Simulator::group`](super::Simulator::group).
///
/// ```
/// # use whatsapp_business::simulator::Simulator;
/// # #[tokio::main] async fn main() -> whatsapp_business::Result<()> {
/// let simulator = Simulator::start().await?;
/// let crew = simulator.group();
/// let sent = simulator.phone().send(&crew, "We meet at seven.").await?;
/// assert_eq!(sent.group_id.as_ref(), Some(crew.id()));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    id: GroupId,
}

impl Group {
    pub(super) fn new(id: GroupId) -> Self {
        Self { id }
    }

    /// Its id: what `to` names.
    #[must_use]
    pub fn id(&self) -> &GroupId {
        &self.id
    }
}

impl From<&Group> for Recipient {
    fn from(group: &Group) -> Self {
        group.id().into()
    }
}
