//! What a worker costs that has nothing to do.

use crate::{cpu, place::Place};
use std::time::Duration;
use whatsapp_business::Desk;

const SPAN: Duration = Duration::from_secs(20);

pub(crate) async fn measure<P: Place>(place: P) {
    let desk = Desk::builder(place.open().await.store).build();
    let (own, server) = (cpu::of_this_process(), place.worked());
    desk.run(tokio::time::sleep(SPAN)).await.unwrap();
    let (own, server) = (cpu::of_this_process() - own, place.worked() - server);
    println!(
        "an idle worker on {} takes {own:?} of a processor in {SPAN:?}, and {server:?} of the server",
        P::NAME
    );
}
