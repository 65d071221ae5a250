//! The `send` example against the simulator.

use crate::programs::example;
use std::{
    process::{Output, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
    time::timeout,
};
use whatsapp_business::simulator::{ApprovedTemplate, Pace, Simulator};

fn send(simulator: &Simulator) -> Command {
    let mut command = Command::new(example("send"));
    command
        .env("WHATSAPP_ACCESS_TOKEN", simulator.access_token())
        .env("WHATSAPP_PHONE_NUMBER_ID", simulator.phone_number_id().as_str())
        .env("WHATSAPP_BUSINESS_ACCOUNT_ID", simulator.account_id().as_str())
        .env("WHATSAPP_APP_SECRET", simulator.app_secret())
        .env("WHATSAPP_WEBHOOK_VERIFY_TOKEN", simulator.verify_token())
        .env("WHATSAPP_GRAPH_URL", simulator.graph_url());
    command
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn texts_and_templates_are_sent() {
    let simulator = Simulator::start().await.unwrap();
    simulator.approve_template(ApprovedTemplate::new("order", "en_US", "Hello {{1}}, order {{2}} is here."));
    let ana = simulator.user("+14155552671");
    ana.says("Hi").await.unwrap();
    assert!(send(&simulator).args(["+14155552671", "Hello"]).output().await.unwrap().status.success());
    assert_eq!(ana.newest().unwrap().text.as_deref(), Some("Hello"));
    let template = ["+14155552671", "--template", "order", "Ana", "A-42"];
    assert!(send(&simulator).args(template).output().await.unwrap().status.success());
    assert_eq!(ana.newest().unwrap().text.as_deref(), Some("Hello Ana, order A-42 is here."));
}

#[tokio::test]
async fn statuses_are_waited_for() {
    // Time enough to subscribe the example's webhook before the first status.
    let pace = Pace::instant().sent(Duration::from_secs(1));
    let simulator = Simulator::builder().pace(pace).start().await.unwrap();
    simulator.user("+14155552671").says("Hi").await.unwrap();
    let mut command = send(&simulator);
    let mut child = command
        .args(["+14155552671", "Hello", "--listen", "0"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines.next_line().await.unwrap().unwrap();
    let port = address.trim_end_matches('/').rsplit(':').next().unwrap().to_owned();
    simulator.subscribe(format!("http://127.0.0.1:{port}/")).await.unwrap();
    let mut told = Vec::new();
    while let Some(line) =
        timeout(Duration::from_secs(30), lines.next_line()).await.expect("it hangs").unwrap()
    {
        told.push(line);
    }
    assert!(child.wait().await.unwrap().success());
    assert!(told.iter().any(|line| line.starts_with("delivered at ")), "{told:?}");
    assert!(told.last().unwrap().starts_with("read at "), "{told:?}");
}

#[tokio::test]
async fn what_is_missing_or_refused_is_said() {
    let simulator = Simulator::start().await.unwrap();
    let unset = send(&simulator)
        .env_remove("WHATSAPP_ACCESS_TOKEN")
        .args(["+14155552671", "x"])
        .output()
        .await
        .unwrap();
    assert_eq!(unset.status.code(), Some(2));
    assert!(stderr(&unset).contains("WHATSAPP_ACCESS_TOKEN"));
    let no_text = send(&simulator).arg("+14155552671").output().await.unwrap();
    assert_eq!(no_text.status.code(), Some(2));
    let bad_token =
        send(&simulator).env("WHATSAPP_ACCESS_TOKEN", "wrong").args(["+14155552671", "x"]).output().await;
    let bad_token = bad_token.unwrap();
    assert_eq!(bad_token.status.code(), Some(1));
    assert!(stderr(&bad_token).contains("190"), "{}", stderr(&bad_token));
}
