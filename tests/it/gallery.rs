//! The `gallery` example: every kind of message, shown and sent.

use crate::programs::example;
use std::{collections::BTreeSet, process::Output};
use tokio::process::Command;
use whatsapp_business::{
    message::{Content, Message},
    simulator::Simulator,
};

fn gallery() -> Command {
    let mut command = Command::new(example("gallery"));
    command.env_remove("WHATSAPP_TO");
    command
}

fn lines(output: &Output) -> Vec<String> {
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn every_kind_is_shown_as_one_line_of_json_that_reads_back() {
    let shown = gallery().output().await.unwrap();
    assert!(shown.status.success(), "{shown:?}");
    let (mut kinds, mut variants) = (BTreeSet::new(), BTreeSet::new());
    for line in lines(&shown) {
        let message: Message = serde_json::from_str(&line).unwrap();
        let json: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(serde_json::to_value(&message).unwrap(), json);
        let content = format!("{:?}", message.content());
        kinds.insert(content.split(['(', ' ']).next().unwrap().to_owned());
        assert!(variants.insert(line), "the same message twice");
    }
    assert!(variants.len() >= 45, "{}", variants.len());
    let all = "AddressRequest Audio Buttons CallButton CallPermissionRequest Catalog ContactInfoRequest Contacts Document \
        Flow Image LinkButton List Location LocationRequest MediaCarousel OrderDetails OrderStatus Pin Product \
        ProductCarousel ProductList Reaction Sticker Template Text Video";
    // None is Raw: each was read as what it is.
    assert_eq!(kinds, all.split_whitespace().map(str::to_owned).collect());
}

#[tokio::test]
async fn every_message_is_sent_and_accepted() {
    let sent = gallery().arg("--send").output().await.unwrap();
    let told = lines(&sent);
    assert!(sent.status.success(), "{told:#?}");
    let names = lines(&gallery().arg("--list").output().await.unwrap());
    assert_eq!(told.len(), names.len() + 1);
    for (line, name) in told.iter().zip(&names) {
        assert!(line.starts_with(&format!("{name}: accepted")), "{line}");
    }
    assert_eq!(told.last().unwrap(), &format!("{} accepted, 0 refused", names.len()));
}

#[tokio::test]
async fn a_number_of_the_environment_gets_them_and_refusals_are_told() {
    let simulator = Simulator::start().await.unwrap();
    let ana = simulator.user("+14155552671");
    ana.says("Hi").await.unwrap();
    let real = |words: &[&str]| {
        let mut command = gallery();
        command
            .arg("--send")
            .args(words)
            .env("WHATSAPP_TO", "+14155552671")
            .env("WHATSAPP_ACCESS_TOKEN", simulator.access_token())
            .env("WHATSAPP_PHONE_NUMBER_ID", simulator.phone_number_id().as_str())
            .env("WHATSAPP_GRAPH_URL", simulator.graph_url());
        command
    };
    let voice = real(&["voice"]).output().await.unwrap();
    assert!(voice.status.success(), "{voice:?}");
    assert_eq!(simulator.sent().last().unwrap().body["audio"]["voice"], true);
    let template = real(&["coupon"]).output().await.unwrap();
    assert_eq!(template.status.code(), Some(1));
    assert!(lines(&template)[0].starts_with("template with a coupon: REFUSED"), "{template:?}");
    let unset = real(&[]).env_remove("WHATSAPP_ACCESS_TOKEN").output().await.unwrap();
    assert_eq!(unset.status.code(), Some(2));
}

#[tokio::test]
async fn what_cannot_be_done_is_said() {
    for (arguments, said) in [
        (&["--colour"][..], "--colour"),
        (&["--send", "--list"], "do not go together"),
        (&["hologram"], "no message has such a name"),
    ] {
        let output = gallery().args(arguments).output().await.unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(said), "{output:?}");
    }
    let help = gallery().arg("--help").output().await.unwrap();
    assert!(help.status.success() && lines(&help)[0].starts_with("Every kind of message"));
    let carousels = lines(&gallery().arg("carousel").output().await.unwrap());
    assert!(!carousels.is_empty());
    for line in carousels {
        let message = serde_json::from_str::<Message>(&line).unwrap();
        let content = message.content();
        let is_one = matches!(content, Content::MediaCarousel(_) | Content::ProductCarousel(_));
        assert!(is_one || matches!(content, Content::Template(_)), "{line}");
    }
}
