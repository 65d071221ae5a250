//! The rows: [Meta's table](https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes)
//! and the codes its other pages and answers add.

use super::{Advice, Backoff, Class, Retry, Scope};
use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

const fn soon(first: u64, factor: u32, max: u64, tries: u32) -> Retry {
    Retry::Soon(Backoff { first: Duration::from_secs(first), factor, max: Duration::from_secs(max), tries })
}

const fn later(seconds: u64) -> Retry {
    Retry::Later(Duration::from_secs(seconds))
}

const NEVER: Retry = Retry::Never;
const ACTION: Retry = Retry::AfterAction;
/// For failures that may as well be permanent.
pub(super) const FEW: Retry = soon(1, 4, MINUTE, 2);
const SECONDS: Retry = soon(1, 2, MINUTE, 4);
const THROUGHPUT: Retry = soon(1, 2, MINUTE, 6);
/// The waits Meta gives for this code: 4^n seconds.
const PAIR: Retry = soon(1, 4, 256, 5);
const MAINTENANCE: Retry = soon(30, 2, 2 * MINUTE, 4);
const SYNCING: Retry = soon(MINUTE, 2, 4 * MINUTE, 4);
const DELETING: Retry = soon(5 * MINUTE, 1, 5 * MINUTE, 3);
/// Hourly budgets.
const USAGE: Retry = soon(MINUTE, 2, HOUR, 6);
const MINUTE_LATER: Retry = later(MINUTE);
const HOUR_LATER: Retry = later(HOUR);
const HOURS_LATER: Retry = later(4 * HOUR);
const DAY_LATER: Retry = later(DAY);
const DAYS_LATER: Retry = later(3 * DAY);
const WEEKS_LATER: Retry = later(28 * DAY);

/// Meta did not do what was asked.
const REFUSED: bool = false;
/// Meta may have done it, or a part of it.
const MAYBE: bool = true;

macro_rules! rows {
    ($($code:literal $class:ident $scope:ident $retry:ident $outcome:ident $hint:literal)*) => {
        &[$(($code, Advice {
            class: Class::$class,
            scope: Scope::$scope,
            retry: $retry,
            may_have_happened: $outcome,
            hint: $hint,
        })),*]
    };
}

/// Codes 200 to 299.
pub(super) const PERMISSION: Advice = Advice {
    class: Class::Permission,
    scope: Scope::Token,
    retry: ACTION,
    may_have_happened: REFUSED,
    hint: "send a valid access token that has the permission this call needs",
};

/// By `code`, in ascending order.
#[rustfmt::skip]
pub(super) static CODES: &[(i64, Advice)] = rows! {
    0 Auth Token ACTION REFUSED "issue a new access token"
    1 Unavailable Request FEW MAYBE "check the request, then try again a few times; for a message wait for its status first"
    2 Unavailable App SECONDS MAYBE "try again shortly; for a message wait for its status first"
    3 Permission Token ACTION REFUSED "grant the app and its token the permission this call needs"
    4 Throttled App USAGE REFUSED "slow down every call of this app until its usage window clears"
    10 Permission Token ACTION REFUSED "grant the permission, or have the number allowed for this endpoint"
    17 Throttled Token USAGE REFUSED "slow down every call made with this token"
    33 NotFound Number NEVER REFUSED "check the id of the phone number: it is wrong or was deleted"
    100 Parameter Request NEVER REFUSED "mend the parameter that the details name"
    102 Auth Token ACTION REFUSED "issue a new access token"
    104 Auth Token ACTION REFUSED "send an access token"
    190 Auth Token ACTION REFUSED "issue a new access token"
    200 Permission Token ACTION REFUSED "send a valid access token that has the permission this call needs"
    368 Integrity Account NEVER REFUSED "see the account's policy violations in Meta Business Support"
    613 Throttled Request USAGE REFUSED "ask less often: this operation has a limit of its own"
    803 NotFound Request NEVER REFUSED "check the id, and that the token may see what it names"
    80007 Throttled Account USAGE REFUSED "slow down the calls about this account until its hourly window clears"
    130403 Block Pair ACTION REFUSED "unblock the customer first"
    130429 Throttled Number THROUGHPUT REFUSED "send more slowly from this number"
    130472 MarketingLimit Recipient NEVER REFUSED "do not send marketing to this person: Meta's experiment holds it back"
    130497 Integrity Recipient NEVER REFUSED "do not send to this country: the account may not"
    130501 Unsupported Request NEVER REFUSED "ask the customer to send it in another way: this type is not delivered"
    131000 Unavailable Request SECONDS MAYBE "wait for the message's status before sending again: it may have gone out"
    131005 Permission Token ACTION REFUSED "grant the permission this call needs"
    131008 Parameter Request NEVER REFUSED "add the parameter that the details name"
    131009 Parameter Request NEVER REFUSED "mend the value that the details name"
    131016 Unavailable Request SECONDS MAYBE "wait for the message's status before sending again: it may have gone out"
    131020 Group Group NEVER REFUSED "add participants: the group has a single member"
    131021 Recipient Recipient NEVER REFUSED "send to another number than the sender's own"
    131026 Recipient Recipient NEVER REFUSED "use another channel: WhatsApp can not deliver to this person"
    131030 Recipient Recipient ACTION REFUSED "add the recipient to the test number's list of allowed recipients"
    131031 Integrity Account NEVER REFUSED "check the account's health status and the data sent, such as the PIN"
    131037 Account Number ACTION REFUSED "have a display name approved for this number"
    131041 Group Group NEVER REFUSED "check the id of the group"
    131042 Payment Account ACTION REFUSED "mend the account's payment method or credit line"
    131044 Payment Account ACTION REFUSED "add a valid payment method for calls"
    131045 Registration Number ACTION REFUSED "register the number again"
    131047 Window Pair NEVER REFUSED "send a template: the customer last wrote more than 24 hours ago"
    131048 Throttled Number HOURS_LATER REFUSED "stop campaigns from this number: its messages were reported as spam"
    131049 MarketingLimit Recipient DAY_LATER REFUSED "do not send marketing to this person for at least 24 hours"
    131050 OptedOut Recipient NEVER REFUSED "stop marketing to this person: they opted out"
    131051 Unsupported Request NEVER REFUSED "send a type of message that is supported"
    131052 Media Request NEVER REFUSED "ask the customer to send the file again: Meta could not fetch it"
    131053 Media Request NEVER REFUSED "check the file's type, size and link"
    131055 Unsupported Request NEVER REFUSED "use the endpoint or the kind of message the details name"
    131056 Throttled Pair PAIR REFUSED "send more slowly to this recipient"
    131057 Unavailable Number MAINTENANCE REFUSED "wait for the maintenance of the account or number to end"
    131059 Paging Request ACTION REFUSED "start again from the first page, without a cursor"
    131060 Unsupported Request NEVER REFUSED "ask the customer to send the message again"
    131062 Recipient Recipient NEVER REFUSED "send this message to a phone number, not to a user id"
    131063 Unsupported Account NEVER REFUSED "send marketing through marketing_messages: the account asks for it"
    131064 Throttled Account DAY_LATER REFUSED "wait for the limit to lift, and give templates their right category"
    131201 Group Group NEVER MAYBE "see in the answer which part failed, and repeat only that"
    131202 Group Group NEVER REFUSED "name each participant once"
    131203 Group Recipient NEVER REFUSED "leave this person out: they have not accepted WhatsApp's terms"
    131204 Group Group NEVER REFUSED "name fewer participants"
    131207 Group Group NEVER REFUSED "leave the group alone: Meta suspended it"
    131208 Group Request USAGE REFUSED "change groups of this number less often"
    131209 Group Request NEVER REFUSED "use a square picture"
    131210 Group Request NEVER REFUSED "use a picture of at least 192 by 192 pixels"
    131211 Group Number NEVER REFUSED "delete a group before making another"
    131212 Group Group NEVER REFUSED "name people who are in the group"
    131213 Group Group NEVER REFUSED "read the join requests again: this one is gone"
    131214 Group Account DAY_LATER REFUSED "make groups later, and send less marketing inside service windows"
    131215 Group Number NEVER REFUSED "use a number that may have groups"
    132000 Template Request NEVER REFUSED "give as many parameters as the template has placeholders"
    132001 Template Template NEVER REFUSED "check the template's name and language, and that it is approved"
    132005 Template Request NEVER REFUSED "shorten the parameters: the filled-in text is too long"
    132007 Template Template NEVER REFUSED "change the template: its content breaks a policy"
    132008 Template Request NEVER REFUSED "mend the value of the parameter that the details name"
    132012 Template Request NEVER REFUSED "give the parameters in the format the template has"
    132015 Template Template ACTION REFUSED "improve the template, and wait until it is no longer paused"
    132016 Template Template NEVER REFUSED "make a new template: this one is disabled for its quality"
    132018 Template Request NEVER REFUSED "mend the template's parameters as the details say"
    132068 Flow Flow ACTION REFUSED "mend the Flow: it is blocked"
    132069 Throttled Flow HOUR_LATER REFUSED "mend the Flow's endpoint: sends are limited to 10 an hour until then"
    133000 Registration Number ACTION REFUSED "deregister the number again, then register it"
    133004 Unavailable Request SECONDS MAYBE "see the details, then try again shortly"
    133005 Registration Number NEVER REFUSED "give the right PIN, or reset it"
    133006 Registration Number ACTION REFUSED "verify the number first"
    133008 Registration Number HOUR_LATER REFUSED "wait as long as the details say: too many wrong PINs"
    133009 Registration Number MINUTE_LATER REFUSED "wait as long as the details say before giving the PIN again"
    133010 Registration Number ACTION REFUSED "register the number first"
    133015 Registration Number DELETING REFUSED "wait five minutes: the number is still being deleted"
    133016 Registration Number DAYS_LATER REFUSED "wait 72 hours: the number was registered too often"
    134011 Account Account ACTION REFUSED "accept the payments terms of service"
    134100 Unsupported Request NEVER REFUSED "send only marketing templates through marketing_messages"
    134101 Template Template SYNCING REFUSED "wait up to ten minutes until the template is synchronised"
    134102 Template Template NEVER REFUSED "use another template: this one is not available for marketing_messages"
    135000 Parameter Request NEVER REFUSED "check every parameter of the request"
    137000 Identity Recipient ACTION REFUSED "confirm who the customer is, then acknowledge the new identity"
    138000 Calling Number ACTION REFUSED "enable calling for this number"
    138001 Calling Recipient NEVER REFUSED "use another channel: this person can not be called"
    138002 Calling Number SECONDS REFUSED "wait until other calls have ended"
    138003 Calling Pair NEVER REFUSED "end the call that is already running"
    138004 Calling Request SECONDS MAYBE "see whether the call came about, then try again"
    138005 Calling Number SECONDS REFUSED "place calls more slowly"
    138006 Calling Pair ACTION REFUSED "ask the customer for permission to call"
    138007 Calling Request SECONDS MAYBE "see whether the call came about, then try again"
    138009 Calling Pair DAY_LATER REFUSED "do not ask this person again for permission to call for now"
    138012 Calling Pair DAY_LATER REFUSED "do not call this person again within 24 hours"
    138013 Calling Number NEVER REFUSED "let the customer call: this number may not"
    138014 Calling Number DAY_LATER REFUSED "wait until Meta allows calls again, and ask customers before calling"
    138015 Calling Number NEVER REFUSED "reach a messaging limit of 2,000 first"
    138017 Calling Pair NEVER REFUSED "call: the customer has given permission for good"
    138018 Calling Number ACTION REFUSED "meet the technical prerequisites for calling"
    138019 Calling Request FEW REFUSED "call again: the connection was not set up"
    138020 Calling Request FEW REFUSED "call again: the relay failed"
    138021 Calling Request NEVER REFUSED "check that your side sends media"
    138022 Calling Request FEW REFUSED "call again: media stopped flowing"
    138023 Calling Request NEVER REFUSED "check that your side sends and accepts media"
    139000 Flow Flow NEVER REFUSED "see the account's policy violations: the Flow is blocked by integrity rules"
    139001 Flow Flow NEVER REFUSED "mend what the details name, then update the Flow again"
    139002 Flow Flow NEVER REFUSED "mend what the details name, then publish the Flow again"
    139003 Flow Flow NEVER REFUSED "only a published Flow can be deprecated"
    139004 Flow Flow NEVER REFUSED "only a draft can be deleted"
    139006 Flow Flow NEVER REFUSED "ask for metrics once the Flow has 250 requests"
    139100 Block Request NEVER MAYBE "see in the answer which people failed, and why"
    139101 Block Number NEVER REFUSED "unblock someone first: the list is full"
    139102 Block Number SECONDS REFUSED "try again: the list was being changed by another request"
    139103 Block Request SECONDS MAYBE "try again shortly"
    139200 TemplateDefinition Account NEVER REFUSED "use an approved template: access to generated ones is blocked"
    147001 Username Number NEVER REFUSED "choose another username"
    147002 Username Number NEVER REFUSED "reach a higher messaging limit first"
    147003 Username Number ACTION REFUSED "link the Facebook page that has this name"
    147004 Username Number ACTION REFUSED "link the Instagram account that has this name"
    147005 Username Number ACTION REFUSED "ask for the transfer of the username (transfer_action is force_transfer)"
    200005 TemplateDefinition Template NEVER REFUSED "do without insights for this template"
    200006 TemplateDefinition Account NEVER REFUSED "leave template insights on: they can not be disabled"
    200007 TemplateDefinition Account ACTION REFUSED "enable template insights first"
};

/// By `error_subcode` under a code that tells nothing, or by `code`, in ascending order.
#[rustfmt::skip]
pub(super) static SUBCODES: &[(i64, Advice)] = rows! {
    1349174 Permission Token ACTION REFUSED "grant the permission this call needs"
    1349175 Permission Token ACTION REFUSED "grant the permission this call needs"
    1349176 Permission Token ACTION REFUSED "grant the permission this call needs"
    1752041 Account Account NEVER REFUSED "nothing: the account's onboarding was already asked for"
    2388001 Registration Number NEVER REFUSED "mend what the details name, then move the number again"
    2388012 Registration Number NEVER REFUSED "mend what the details name, then move the number again"
    2388019 TemplateDefinition Account ACTION REFUSED "delete a template first: the account has as many as it may"
    2388023 TemplateDefinition Template WEEKS_LATER REFUSED "use another name: this one and its language are being deleted for 4 weeks"
    2388024 TemplateDefinition Template NEVER REFUSED "use another name: the template exists in this language"
    2388039 TemplateDefinition Template DAY_LATER REFUSED "wait until the review is over and the day's edits are not used up"
    2388040 TemplateDefinition Request NEVER REFUSED "shorten the text that the details name"
    2388047 TemplateDefinition Request NEVER REFUSED "mend the format of the header"
    2388072 TemplateDefinition Request NEVER REFUSED "mend the format of the body"
    2388073 TemplateDefinition Request NEVER REFUSED "mend the format of the footer"
    2388091 Registration Number NEVER REFUSED "mend what the details name, then move the number again"
    2388093 Registration Number NEVER REFUSED "mend what the details name, then move the number again"
    2388103 Registration Number NEVER REFUSED "mend what the details name, then move the number again"
    2388273 TemplateDefinition Request NEVER REFUSED "add an example to the header"
    2388293 TemplateDefinition Request NEVER REFUSED "use fewer placeholders or a longer text"
    2388299 TemplateDefinition Request NEVER REFUSED "put text before the first and after the last placeholder"
    2388318 TemplateDefinition Template NEVER REFUSED "leave the template as it is: generated ones can not be edited"
    2388330 TemplateDefinition Template NEVER REFUSED "leave the template: generated ones can not be deleted"
    2494100 Unavailable Number MAINTENANCE REFUSED "wait for the maintenance of the account or number to end"
    2494164 Signup Request NEVER REFUSED "check the id of the sign-up"
    2494165 Signup Request NEVER REFUSED "use another sign-up: this one is not available"
    2494166 Signup Request NEVER REFUSED "use only placeholders that the sign-up has"
    2494167 Signup Request NEVER REFUSED "give a value for every placeholder"
    2494168 Signup Account ACTION REFUSED "accept the terms of service for sign-ups"
    2494176 Signup Account NEVER REFUSED "nothing: the terms of service are already accepted"
    2494177 Signup Request NEVER REFUSED "use an address for the terms of service that is allowed"
    2494179 Signup Request NEVER REFUSED "use an address with a scheme that is allowed, such as https"
    2494191 Permission Pair NEVER REFUSED "let the app that owns the conversation pass it on"
    2593079 Registration Account NEVER REFUSED "mend what the details name, then onboard the account again"
    2593085 Registration Account NEVER REFUSED "mend what the details name, then onboard the account again"
    2593107 Registration Number HOUR_LATER REFUSED "ask for the synchronisation less often"
    2593108 Registration Number NEVER REFUSED "onboard the number again: it synchronises only within 24 hours of that"
    2593109 Registration Number NEVER REFUSED "do without the history: the business did not share it"
    4233041 Flow Flow NEVER REFUSED "check the Flow's name, and that the target account has none of that name"
};
