//! Templates: what the client asks of Meta, and sends that fit.

#[cfg(feature = "simulator")]
mod agreement;
#[cfg(feature = "simulator")]
pub(crate) mod anything;
mod calls;
#[cfg(feature = "simulator")]
mod fills;
#[cfg(feature = "simulator")]
mod lifecycle;
mod lists;
#[cfg(feature = "simulator")]
mod programs;
#[cfg(feature = "simulator")]
mod spoilings;
#[cfg(feature = "simulator")]
mod wire;

use std::time::Duration;
use whatsapp_business::{
    Client,
    client::{RetryPolicy, Templates},
    template::{Category, Definition},
};
use wiremock::MockServer;

fn client(server: &MockServer) -> Client {
    let quick = RetryPolicy::default().first_wait(Duration::from_millis(1));
    Client::builder("EAAGsecret").graph_url(server.uri()).retry(quick).build().unwrap()
}

fn templates(server: &MockServer) -> Templates {
    client(server).account("102290129340398").templates()
}

fn definition() -> Definition {
    Definition::new("order_update", "en_US", Category::Utility)
        .body("Hello {{name}}, your order is on its way.")
        .example("name", "Ana")
}
