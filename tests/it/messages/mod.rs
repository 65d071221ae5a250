//! What the client lets through and what Meta takes, for every kind of message.
//!
//! The checks of the client and those of the simulator are written apart from each other, so that they can be held
//! against each other: random messages, mostly good ones, are checked by [`Message::validate`] and sent as they are to a
//! simulator, which has to think the same of them. The tables in [`limits`] say so for each limit by its name.
//!
//! Left out is what one side cannot know: ids that do not exist, templates that are not approved as they are filled in,
//! and what has no type here and is passed on as it is (`Raw` content, raw payment settings, unknown values of enums).

mod agreement;
mod bills;
mod commerce;
mod interactive;
mod lab;
mod leaves;
mod limits;
mod nulls;
mod simple;
mod taps;
mod template;
