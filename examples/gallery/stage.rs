//! Where the messages go: nowhere, to a simulator, or to a real number.

use crate::{
    exhibit::{Files, Stage},
    template,
};
use std::{env, error::Error, path::Path};
use whatsapp_business::{
    Client,
    message::{Message, Upload},
    simulator::{ApprovedTemplate, Simulator},
    template::Definition,
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// For messages that are only shown: ids stand for what does not exist.
pub(crate) fn nowhere() -> Result<Stage> {
    let client = Client::builder("none").graph_url("http://127.0.0.1:1").build()?;
    Ok(Stage {
        phone: client.phone("106540352242922"),
        customer: "+14155552671".into(),
        user: Some("US.13491208655302741918".into()),
        group: Some(("Y2FwaV9ncm91cDox".into(), "wamid.GROUP".into())),
        quoted: "wamid.QUOTED".into(),
        files: Files {
            image: "1001".into(),
            video: "1002".into(),
            audio: "1003".into(),
            voice: "1004".into(),
            document: "1005".into(),
            sticker: "1006".into(),
        },
    })
}

/// A simulator in which the gallery's templates are approved and the customer has just written.
pub(crate) async fn simulated(simulator: &Simulator) -> Result<Stage> {
    let ana = simulator.user("+14155552671").named("Ana");
    let quoted = ana.says("Hello").await?;
    let phone = simulator.phone();
    let group = simulator.group().id().clone();
    let pinned = phone.send(group.clone(), "Rules of this group").await?.message_id;
    let stage = Stage {
        phone,
        customer: ana.wa_id().into(),
        user: Some(ana.user_id()),
        group: Some((group, pinned)),
        quoted,
        files: uploads(),
    };
    for definition in template::definitions(&stage) {
        let definition: Definition = serde_json::from_value(definition)?;
        definition.validate()?;
        simulator.approve_template(ApprovedTemplate::from(definition));
    }
    Ok(stage)
}

/// The number that the environment names, if it does.
pub(crate) async fn real() -> Result<Option<Stage>> {
    let optional = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let required = |name: &str| optional(name).ok_or(format!("the environment variable {name} is not set"));
    let Some(customer) = optional("WHATSAPP_TO") else { return Ok(None) };
    let mut client = Client::builder(required("WHATSAPP_ACCESS_TOKEN")?);
    if let Some(url) = optional("WHATSAPP_GRAPH_URL") {
        client = client.graph_url(url);
    }
    let phone = client.build()?.phone(required("WHATSAPP_PHONE_NUMBER_ID")?);
    let hello = Message::new(&*customer, "Hello from the gallery of messages");
    let quoted = phone.send_message(hello).await?.message_id;
    Ok(Some(Stage { phone, customer: customer.into(), user: None, group: None, quoted, files: uploads() }))
}

/// Files that are uploaded on the way, each time one is sent.
fn uploads() -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/gallery/files");
    let upload = |name: &str| Upload::path(folder.join(name)).into();
    Files {
        image: upload("roof.png"),
        video: upload("clip.mp4"),
        audio: upload("tone.mp3"),
        voice: upload("voice.ogg"),
        document: upload("offer.pdf"),
        sticker: upload("sticker.webp"),
    }
}
