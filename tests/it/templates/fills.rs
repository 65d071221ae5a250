//! What fills a template in with success is taken, and each way to spoil it is refused: by the crate and by the simulator.
//!
//! The template is created at the simulator, read back, and filled in as it was read.

use super::{
    anything::{HANDLE, definitions, filled, unpooled, with_handle},
    spoilings::{Spoiling, of_buttons, of_cards_and_codes, of_sends, of_texts},
};
use crate::simulator::{
    definitions::{list_of, sample},
    graph, read,
};
use proptest::{
    prelude::*,
    test_runner::{TestCaseResult, TestRunner},
};
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeSet};
use whatsapp_business::{
    message,
    simulator::Simulator,
    template::{Definition, Template},
};

/// What a spoilt send is refused with.
const CODES: [i64; 8] = [100, 131_008, 131_009, 132_000, 132_001, 132_005, 132_012, 132_018];

/// Creates templates, fills them in, and spoils that in every way, until each has occurred.
fn hold(spoilings: &[Spoiling]) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let http = unpooled();
    let left = RefCell::new(spoilings.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>());
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(16);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    for _ in 0..30 {
        // One that has run all its cases would try no more.
        let mut runner = TestRunner::new(config.clone());
        let tried = runner.run(&(definitions(), any::<bool>()), |(definition, all)| {
            runtime.block_on(agree(&http, &definition, all, spoilings, &left))
        });
        if let Err(failure) = tried {
            panic!("{failure}");
        }
        if left.borrow().is_empty() {
            return;
        }
    }
    panic!("never tried: {:?}", left.borrow());
}

async fn agree(
    http: &reqwest::Client,
    definition: &Definition,
    all: bool,
    spoilings: &[Spoiling],
    left: &RefCell<BTreeSet<&str>>,
) -> TestCaseResult {
    let simulator = Simulator::start().await.unwrap();
    let definition = with_handle(definition, &sample(&simulator).await);
    let json = serde_json::to_string(&definition).unwrap();
    prop_assert!(definition.validate().is_ok(), "{:?} of {}", definition.validate(), json);
    prop_assert!(!json.contains(HANDLE), "{}", json);
    let post = async |path: &str, body: &Value| {
        let request = http.post(graph(&simulator, path)).bearer_auth(simulator.access_token()).json(body);
        read(request.send().await.unwrap()).await
    };
    let (status, answer) = post(&list_of(&simulator), &serde_json::to_value(&definition).unwrap()).await;
    prop_assert_eq!(status.as_u16(), 200, "{} was refused: {}", json, answer);
    let path = format!(
        "{}?fields=name,language,category,sub_category,parameter_format,components",
        answer["id"].as_str().unwrap()
    );
    let (_, kept) = crate::simulator::get(&simulator, &path).await;
    let kept: Template = serde_json::from_value(kept).unwrap();

    let filled = filled(&kept.definition, all);
    prop_assert!(filled.is_ok(), "{:?} of {}", filled, json);
    let filled = serde_json::to_value(filled.unwrap()).unwrap();
    let messages = format!("{}/messages", simulator.phone_number_id());
    let send = async |template: &Value| {
        let send = json!({"messaging_product": "whatsapp", "to": "+14155550132", "type": "template", "template": template});
        post(&messages, &send).await
    };
    let (status, answer) = send(&filled).await;
    prop_assert_eq!(status.as_u16(), 200, "{} of {} was refused: {}", filled, json, answer);
    let mut wrong = Vec::new();
    for (name, spoil) in spoilings {
        let Some(spoilt) = spoil(&filled) else { continue };
        left.borrow_mut().remove(name);
        let ours = serde_json::from_value::<message::Template>(spoilt.clone());
        if ours.is_ok_and(|spoilt| kept.definition.check(&spoilt).is_ok()) {
            wrong.push(format!("the crate takes {name}: {spoilt}"));
        }
        let (status, answer) = send(&spoilt).await;
        let code = answer["error"]["code"].as_i64().unwrap_or_default();
        if status.is_success() || !CODES.contains(&code) {
            wrong.push(format!("the simulator answers {name} with {answer}: {spoilt}"));
        }
    }
    prop_assert!(wrong.is_empty(), "{} of {}", wrong.join("\n"), json);
    Ok(())
}

#[test]
fn every_template_can_be_filled_in_and_each_spoiling_of_that_is_refused() {
    hold(&[of_sends(), of_texts(), of_buttons(), of_cards_and_codes()].concat());
}
