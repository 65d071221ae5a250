//! The example `crm` on each store that it takes: it tells the same on all of them.

use crate::programs::example;
use std::process::{Command, Output};

/// What it tells, to the last word.
const TOLD: &str = include_str!("../fixtures/crm.txt");

fn crm() -> Command {
    Command::new(example("crm"))
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Both desks, as they are printed at the end.
fn desks() -> &'static str {
    &TOLD[TOLD.find("\n\nAcme Solar\n").unwrap() + 1..]
}

#[test]
fn the_story_is_told_on_sqlite_and_a_second_run_finds_what_it_left() {
    let folder = tempfile::tempdir().unwrap();
    let run = || text(&crm().arg("--store").arg(folder.path()).output().unwrap());
    assert_eq!(run(), TOLD);
    assert_eq!(run(), format!("\nThis is what an earlier run left\n{}", desks()));
}

#[cfg(all(feature = "conformance", unix))]
#[tokio::test]
async fn the_story_is_told_on_postgresql_and_a_second_run_finds_what_it_left() {
    use crate::store::postgres::server::{OWNER, Server};
    let database = Server::shared().await.empty().await;
    let url = database.url(OWNER);
    let run = async || {
        let output = tokio::process::Command::from(crm()).arg("--postgres").arg(&url).output().await;
        text(&output.unwrap())
    };
    assert_eq!(run().await, TOLD);
    assert_eq!(run().await, format!("\nThis is what an earlier run left\n{}", desks()));
}

#[test]
fn help_explains_and_a_wrong_argument_is_named() {
    assert!(text(&crm().arg("--help").output().unwrap()).contains("Usage: crm"));
    let wrong = crm().arg("--postgress").output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("--postgress"));
}
