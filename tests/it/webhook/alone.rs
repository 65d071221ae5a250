//! Events that are written down alone and read again.

use crate::webhook::{fixtures, read};
use whatsapp_business::webhook::{Call, Delivery, Event};

/// What is not told again: errors beside a call.
fn without_errors(mut event: Event) -> Event {
    if let Event::Call(call) = &mut event {
        let call: &mut Call = call;
        call.errors.clear();
    }
    if let Event::CallStatus(status) = &mut event {
        status.errors.clear();
    }
    event
}

#[test]
fn every_event_is_the_same_when_it_is_written_alone_and_read_again() {
    let mut count = 0;
    for (name, body) in fixtures() {
        for event in read(body) {
            let again = Delivery::unverified(event.to_body().as_bytes()).unwrap().into_events();
            assert_eq!(again.len(), 1, "{name}: {}", event.to_body());
            let again = again.into_iter().next().unwrap();
            if let Event::Unknown(_) = event {
                assert_eq!(again.key(), event.key(), "{name}");
            } else {
                assert_eq!(without_errors(again), without_errors(event), "{name}");
            }
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
}
