//! What fields are in columns.

use crate::{
    id::{AccountId, MediaId, MessageId, PhoneNumberId, TemplateId, TenantId},
    store::{
        AgentId, Approval, AuditEntryId, ConsentSource, ConsentState, ContactId, ConversationId,
        ConversationState, CustomerId, DeadLetterId, Direction, Identity, IdentityConflictId, JobId, JobKind,
        LeadId, MediaState, PersonHash, Presence, Purpose, Result, SendState, Sending, StoreError,
        StoredMessageId, StoredTemplateId, Subject, SubjectKind,
    },
    template::TemplateStatus,
    time::Timestamp,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{borrow::Cow, collections::BTreeMap};

/// What one column of one row is to hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) enum Value<'a> {
    Text(Option<Cow<'a, str>>),
    Int(Option<i64>),
    Bytes(Option<&'a [u8]>),
}

impl<'a> Value<'a> {
    pub(in crate::store) fn text(text: &'a str) -> Self {
        Self::Text(Some(Cow::Borrowed(text)))
    }

    pub(in crate::store) fn time(time: Timestamp) -> Self {
        Self::Int(Some(time.as_millis()))
    }

    /// A number that is known to fit.
    pub(in crate::store) fn count(count: u64) -> Self {
        Self::Int(Some(i64::try_from(count).unwrap_or(i64::MAX)))
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

/// A row that was read, column by column.
pub(in crate::store) trait Row<'r> {
    fn text(&mut self) -> Result<Option<Cow<'r, str>>>;
    fn int(&mut self) -> Result<Option<i64>>;
    fn bytes(&mut self) -> Result<Option<&'r [u8]>>;
}

/// Something that is in one column or several that follow each other.
pub(in crate::store) trait Columns: Sized {
    fn write<'a>(&'a self, row: &mut Vec<Value<'a>>);
    fn read<'r>(row: &mut impl Row<'r>) -> Result<Self>;
}

/// Something that is in one column, and may be missing where it is an `Option`.
trait Column: Sized {
    const NOTHING: Value<'static>;
    fn value(&self) -> Value<'_>;
    fn find<'r>(row: &mut impl Row<'r>) -> Result<Option<Self>>;
}

impl<T: Column> Columns for T {
    fn write<'a>(&'a self, row: &mut Vec<Value<'a>>) {
        row.push(self.value());
    }

    fn read<'r>(row: &mut impl Row<'r>) -> Result<Self> {
        T::find(row)?.ok_or(CORRUPT)
    }
}

impl<T: Column> Columns for Option<T> {
    fn write<'a>(&'a self, row: &mut Vec<Value<'a>>) {
        row.push(self.as_ref().map_or(T::NOTHING, T::value));
    }

    fn read<'r>(row: &mut impl Row<'r>) -> Result<Self> {
        T::find(row)
    }
}

/// What is in a column is not what a store put there.
const CORRUPT: StoreError = StoreError::Corrupt("row");

impl Column for String {
    const NOTHING: Value<'static> = Value::Text(None);

    fn value(&self) -> Value<'_> {
        Value::text(self)
    }

    fn find<'r>(row: &mut impl Row<'r>) -> Result<Option<Self>> {
        Ok(row.text()?.map(Cow::into_owned))
    }
}

/// Ids and words.
macro_rules! texts {
    ($($type:ident),+ $(,)?) => {$(
        impl Column for $type {
            const NOTHING: Value<'static> = Value::Text(None);

            fn value(&self) -> Value<'_> {
                Value::text(self.as_str())
            }

            fn find<'r>(row: &mut impl Row<'r>) -> Result<Option<Self>> {
                Ok(row.text()?.map(|text| Self::from(&*text)))
            }
        }
    )+};
}
texts!(
    AccountId,
    AgentId,
    Approval,
    AuditEntryId,
    ConsentSource,
    ConsentState,
    ContactId,
    ConversationId,
    ConversationState,
    CustomerId,
    DeadLetterId,
    Direction,
    IdentityConflictId,
    JobId,
    JobKind,
    LeadId,
    MediaId,
    MediaState,
    MessageId,
    PhoneNumberId,
    Presence,
    Purpose,
    SendState,
    StoredMessageId,
    StoredTemplateId,
    SubjectKind,
    TemplateId,
    TemplateStatus,
    TenantId,
);

impl Column for Timestamp {
    const NOTHING: Value<'static> = Value::Int(None);

    fn value(&self) -> Value<'_> {
        Value::time(*self)
    }

    fn find<'r>(row: &mut impl Row<'r>) -> Result<Option<Self>> {
        Ok(row.int()?.map(Self::from_millis))
    }
}

impl Column for i64 {
    const NOTHING: Value<'static> = Value::Int(None);

    fn value(&self) -> Value<'_> {
        (*self).into()
    }

    fn find<'r>(row: &mut impl Row<'r>) -> Result<Option<Self>> {
        row.int()
    }
}

impl Column for u32 {
    const NOTHING: Value<'static> = Value::Int(None);

    fn value(&self) -> Value<'_> {
        i64::from(*self).into()
    }

    fn find<'r>(row: &mut impl Row<'r>) -> Result<Option<Self>> {
        row.int()?.map(Self::try_from).transpose().map_err(|_| CORRUPT)
    }
}

/// A number that is checked before it comes here, or stops where a column ends.
impl Column for u64 {
    const NOTHING: Value<'static> = Value::Int(None);

    fn value(&self) -> Value<'_> {
        Value::count(*self)
    }

    fn find<'r>(row: &mut impl Row<'r>) -> Result<Option<Self>> {
        row.int()?.map(Self::try_from).transpose().map_err(|_| CORRUPT)
    }
}

impl Column for Vec<u8> {
    const NOTHING: Value<'static> = Value::Bytes(None);

    fn value(&self) -> Value<'_> {
        Value::Bytes(Some(self))
    }

    fn find<'r>(row: &mut impl Row<'r>) -> Result<Option<Self>> {
        Ok(row.bytes()?.map(<[u8]>::to_vec))
    }
}

impl Column for PersonHash {
    const NOTHING: Value<'static> = Value::Bytes(None);

    fn value(&self) -> Value<'_> {
        Value::Bytes(Some(self.as_bytes()))
    }

    fn find<'r>(row: &mut impl Row<'r>) -> Result<Option<Self>> {
        row.bytes()?.map(|bytes| bytes.try_into().map(Self::from_bytes)).transpose().map_err(|_| CORRUPT)
    }
}

/// Lists and maps, as JSON.
impl Column for Vec<String> {
    const NOTHING: Value<'static> = Value::Text(None);

    fn value(&self) -> Value<'_> {
        json(self)
    }

    fn find<'r>(row: &mut impl Row<'r>) -> Result<Option<Self>> {
        from_json(row)
    }
}

impl Column for BTreeMap<String, String> {
    const NOTHING: Value<'static> = Value::Text(None);

    fn value(&self) -> Value<'_> {
        json(self)
    }

    fn find<'r>(row: &mut impl Row<'r>) -> Result<Option<Self>> {
        from_json(row)
    }
}

impl Column for Vec<Timestamp> {
    const NOTHING: Value<'static> = Value::Text(None);

    fn value(&self) -> Value<'_> {
        json(&self.iter().map(|time| time.as_millis()).collect::<Vec<_>>())
    }

    fn find<'r>(row: &mut impl Row<'r>) -> Result<Option<Self>> {
        let times: Option<Vec<i64>> = from_json(row)?;
        Ok(times.map(|times| times.into_iter().map(Timestamp::from_millis).collect()))
    }
}

fn json(value: &impl Serialize) -> Value<'static> {
    // Lists of texts and numbers are always JSON.
    Value::Text(Some(Cow::Owned(serde_json::to_string(value).unwrap_or_default())))
}

fn from_json<'r, T: DeserializeOwned>(row: &mut impl Row<'r>) -> Result<Option<T>> {
    row.text()?.map(|text| serde_json::from_str(&text)).transpose().map_err(|_| CORRUPT)
}

impl Columns for Identity {
    fn write<'a>(&'a self, row: &mut Vec<Value<'a>>) {
        row.extend([self.kind(), self.value()].map(Value::text));
    }

    fn read<'r>(row: &mut impl Row<'r>) -> Result<Self> {
        let (kind, value) = (String::read(row)?, String::read(row)?);
        Self::from_parts(&kind, &value).ok_or(StoreError::Corrupt("identity"))
    }
}

impl Columns for Subject {
    fn write<'a>(&'a self, row: &mut Vec<Value<'a>>) {
        row.extend([self.kind.value(), self.id.value()]);
    }

    fn read<'r>(row: &mut impl Row<'r>) -> Result<Self> {
        Ok(Self { kind: Columns::read(row)?, id: Columns::read(row)? })
    }
}

/// Without a state there is no sending.
impl Columns for Option<Sending> {
    fn write<'a>(&'a self, row: &mut Vec<Value<'a>>) {
        let sending = self.as_ref();
        row.extend([
            sending.map_or(SendState::NOTHING, |sending| sending.state.value()),
            sending.map_or(u32::NOTHING, |sending| sending.attempts.value()),
            Value::Int(sending.and_then(|sending| sending.error_code)),
            sending.and_then(|sending| sending.error.as_ref()).map_or(String::NOTHING, String::value),
            sending
                .and_then(|sending| sending.attempted_at.as_ref())
                .map_or(Timestamp::NOTHING, Timestamp::value),
        ]);
    }

    fn read<'r>(row: &mut impl Row<'r>) -> Result<Self> {
        let state: Option<SendState> = Columns::read(row)?;
        let attempts: Option<u32> = Columns::read(row)?;
        let (error_code, error) = (Columns::read(row)?, Columns::read(row)?);
        let attempted_at = Columns::read(row)?;
        let sending = |state| Some(Sending { state, attempts: attempts?, error_code, error, attempted_at });
        state.map(|state| sending(state).ok_or(CORRUPT)).transpose()
    }
}
