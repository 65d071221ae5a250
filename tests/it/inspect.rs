//! The example `inspect`, as people run it.
#![expect(clippy::unwrap_used, reason = "what helps a test fails like a test")]

use serde_json::{Value, json};
use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::OnceLock,
};
use whatsapp_business::Webhook;

/// The built example, beside this test: Cargo builds examples for `cargo test`, but not for `cargo test --test it`.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let deps = env::current_exe().unwrap();
        let profile = deps.parent().and_then(Path::parent).unwrap();
        let program = profile.join("examples").join("inspect").with_extension(env::consts::EXE_EXTENSION);
        if !program.exists() {
            let mut build = Command::new(env!("CARGO"));
            build.args(["build", "--quiet", "--no-default-features", "--example", "inspect"]);
            if !cfg!(debug_assertions) {
                build.arg("--release");
            }
            assert!(build.current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap().success());
        }
        program
    })
}

struct Ran {
    status: i32,
    lines: Vec<Value>,
    out: String,
    err: Vec<String>,
}

fn run(args: &[&str], input: &str) -> Ran {
    let mut command = Command::new(program());
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that does not read its input may be gone by now.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let out = String::from_utf8(stdout).unwrap();
    Ran {
        status: status.code().unwrap(),
        lines: out.lines().map_while(|line| serde_json::from_str(line).ok()).collect(),
        out,
        err: String::from_utf8(stderr).unwrap().lines().map(str::to_owned).collect(),
    }
}

/// A folder with these files, and their paths.
fn files<const N: usize>(bodies: [&str; N]) -> (tempfile::TempDir, [String; N]) {
    let folder = tempfile::tempdir().unwrap();
    let mut number = 0;
    let paths = bodies.map(|body| {
        number += 1;
        let path = folder.path().join(format!("{number}.json"));
        fs::write(&path, body).unwrap();
        path.to_str().unwrap().to_owned()
    });
    (folder, paths)
}

/// A delivery of these messages and statuses.
fn delivery(messages: &Value, statuses: &Value) -> String {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": {
        "messaging_product": "whatsapp", "metadata": {"phone_number_id": "106"},
        "messages": messages, "statuses": statuses}}]}]})
    .to_string()
}

fn text(id: &str) -> Value {
    json!({"id": id, "from": "14155550001", "timestamp": "1", "type": "text", "text": {"body": "Hi"}})
}

#[test]
fn each_event_of_a_webhook_is_one_line() {
    let body = delivery(
        &json!([
            text("wamid.1"),
            {"id": "wamid.2", "from_user_id": "US.134", "timestamp": "1", "type": "interactive",
             "interactive": {"type": "button_reply", "button_reply": {"id": "keep", "title": "Keep"}}},
            {"id": "wamid.3", "from": "14155550001", "timestamp": "1", "type": "hologram", "hologram": {}},
            {"id": "wamid.4", "from": "14155550001", "timestamp": "1", "type": "interactive",
             "interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": "{}"}}},
            {"id": "wamid.7", "from": "14155550001", "timestamp": "1", "type": "interactive",
             "interactive": {"type": "hologram_reply", "hologram_reply": {}}},
        ]),
        &json!([
            {"id": "wamid.5", "status": "delivered", "timestamp": "1", "recipient_id": "14155550002"},
            {"id": "wamid.6", "status": "teleported", "timestamp": "1", "recipient_user_id": "US.135"},
            {"id": "wamid.8", "type": "payment", "status": "captured", "timestamp": "1", "recipient_id": "14155550002",
             "payment": {"reference_id": "ref-1"}},
        ]),
    );
    let ran = run(&["webhook"], &body);
    let line = |event: &str, kind: &str, id: &str, from: &str, unknown: bool| {
        json!({"file": "-", "event": event, "kind": kind, "id": id, "from": from, "phone_number_id": "106",
            "unknown": unknown, "reason": null})
    };
    assert_eq!(
        ran.lines,
        [
            line("message", "text", "wamid.1", "14155550001", false),
            line("message", "interactive/button_reply", "wamid.2", "US.134", false),
            line("message", "hologram", "wamid.3", "14155550001", true),
            line("message", "interactive/nfm_reply", "wamid.4", "14155550001", false),
            line("message", "interactive/hologram_reply", "wamid.7", "14155550001", true),
            line("status", "delivered", "wamid.5", "14155550002", false),
            line("status", "teleported", "wamid.6", "US.135", true),
            line("payment", "captured", "wamid.8", "14155550002", false),
        ]
    );
    assert_eq!((ran.status, ran.err.len()), (0, 0));
    let start = r#"{"file":"-","event":"message","kind":"text","id":"wamid.1","from":"14155550001","#;
    assert!(ran.out.starts_with(start), "{}", ran.out);
}

#[test]
fn events_beside_messages_and_statuses_have_names_of_their_own() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/webhooks");
    for (name, event, kind, id, from) in [
        (
            "call_connect",
            "call",
            json!("connect"),
            json!("wacid.ABGGFjFVU2AfAgo6V-Hc5eCgK5Gh"),
            json!("10005550101"),
        ),
        ("group_create", "group", json!("group_create"), json!("Y2FwaV9ncm91cDox"), json!(null)),
        ("history_chunk", "history", json!(null), json!(null), json!(null)),
        ("echo_text", "echo", json!("text"), json!("wamid.ECHO00000001"), json!("10005550101")),
        ("preference_stop", "preference", json!("stop"), json!(null), json!("US.1000000000000001")),
    ] {
        let file = folder.join(name).with_extension("json");
        let file = file.to_str().unwrap();
        let line = json!({"file": file, "event": event, "kind": kind, "id": id, "from": from,
            "phone_number_id": "106540352242922", "unknown": false, "reason": null});
        assert_eq!(run(&["webhook", file], "").lines, [line]);
    }
}

/// Fixtures whose point is that nobody knows what is in them, or has said what it looks like.
const UNKNOWN: &[&str] = &[
    "echo_of_another_app",
    "group_of_another_kind",
    "message_interactive_of_another_kind",
    "message_of_another_type",
    "raw_business_status_update",
    "raw_campaign_status_update",
    "raw_consumer_profile",
    "raw_tracking_events",
    "standby_empty",
    "status_of_another_kind",
];

#[test]
fn nothing_that_meta_documents_is_unknown() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/webhooks");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let mut args = vec!["webhook"];
    args.extend(files.iter().map(|file| file.to_str().unwrap()));
    let ran = run(&args, "");
    assert_eq!((ran.status, ran.err.len()), (0, 0), "{:?}", ran.err);
    let name = |line: &Value| Path::new(line["file"].as_str().unwrap()).file_stem().unwrap().to_owned();
    let mut read: Vec<_> = ran.lines.iter().map(name).collect();
    read.dedup();
    assert_eq!(read.len(), files.len(), "each file has a line at least");
    let mut unknown: Vec<_> = ran.lines.iter().filter(|line| line["unknown"] == true).map(name).collect();
    unknown.dedup();
    assert_eq!(unknown, UNKNOWN);
}

#[test]
fn what_cannot_be_read_says_why_and_other_fields_are_named() {
    let ran = run(
        &["webhook", "-"],
        &delivery(&json!([{"id": "wamid.1", "from": "1", "timestamp": "1", "type": "text"}, 7]), &json!([])),
    );
    assert_eq!(ran.status, 0);
    assert_eq!(ran.lines.len(), 2);
    assert_eq!((&ran.lines[0]["event"], &ran.lines[0]["kind"]), (&json!("message"), &json!("text")));
    assert!(ran.lines[0]["reason"].is_string() && ran.lines[0]["unknown"] == true, "{}", ran.out);
    assert_eq!((&ran.lines[1]["event"], &ran.lines[1]["kind"]), (&json!("unknown"), &json!("messages")));
    assert!(ran.lines[1]["reason"].is_string() && ran.lines[1]["unknown"] == true, "{}", ran.out);

    let rest = json!({"field": "messages", "value": {"errors": [{"code": 130_429, "title": "Rate limit hit"}],
        "user_actions": [{"action_type": "marketing_messages_link_click", "timestamp": "1"}]}});
    let ran = run(&["webhook"], &rest.to_string());
    let line = |event: &str, kind: &str| {
        json!({"file": "-", "event": event, "kind": kind, "id": null, "from": null, "phone_number_id": null,
            "unknown": false, "reason": null})
    };
    assert_eq!(ran.lines, [line("user_action", "marketing_messages_link_click"), line("error", "130429")]);

    let field = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [
        {"field": "added_in_2031", "value": {"x": 1}}]}]});
    let ran = run(&["webhook"], &field.to_string());
    assert_eq!(
        ran.lines,
        [json!({"file": "-", "event": "unknown", "kind": "added_in_2031", "id": null, "from": null,
            "phone_number_id": null, "unknown": true, "reason": null})]
    );
}

#[test]
fn notices_and_what_other_apps_answer_are_told_from_messages() {
    let standby = json!({"metadata": {"phone_number_id": "106"}, "standby": {
        "messages": [text("wamid.1")], "message_echoes": [{"id": "wamid.2", "timestamp": "1", "message": {}}]}});
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [
        {"field": "account_review_update", "value": {"decision": "APPROVED"}},
        {"field": "standby", "value": standby}]}]});
    let ran = run(&["webhook"], &body.to_string());
    let line = |event: &str, kind: &str, id: Option<&str>, from: Option<&str>, number: Option<&str>| {
        json!({"file": "-", "event": event, "kind": kind, "id": id, "from": from, "phone_number_id": number,
            "unknown": false, "reason": null})
    };
    assert_eq!(
        ran.lines,
        [
            line("notice", "account_review_update", None, None, None),
            line("standby", "text", Some("wamid.1"), Some("14155550001"), Some("106")),
            line("standby", "echo", Some("wamid.2"), None, Some("106")),
        ]
    );
}

#[test]
fn a_file_that_is_no_webhook_does_not_stop_the_others() {
    let good = delivery(&json!([text("wamid.1")]), &json!([]));
    let (_folder, [a, bad, b]) = files([&good, "not JSON", &good]);
    let ran = run(&["webhook", &a, &bad, "/nowhere/at/all.json", &b], "");
    assert_eq!(ran.status, 1);
    let read: Vec<_> = ran.lines.iter().map(|line| line["file"].as_str().unwrap()).collect();
    assert_eq!(read, [&a, &b]);
    assert_eq!(ran.err.len(), 2, "{:?}", ran.err);
    assert!(ran.err[0].starts_with(&format!("{bad}: not a webhook")), "{:?}", ran.err);
    assert!(ran.err[1].starts_with("/nowhere/at/all.json: cannot be opened"), "{:?}", ran.err);

    let alone = run(&["webhook", &bad], "");
    assert_eq!((alone.status, alone.lines.len()), (1, 0));
    assert!(alone.err[0].starts_with("not a webhook"), "no prefix for one file: {:?}", alone.err);
}

#[test]
fn webhooks_are_verified_when_a_secret_and_a_signature_are_given() {
    let body = delivery(&json!([text("wamid.1")]), &json!([]));
    let signature = Webhook::new("app-secret", "token").unwrap().sign(body.as_bytes());
    let good = run(&["webhook", "--secret", "app-secret", "--signature", &signature], &body);
    assert_eq!((good.status, good.lines.len()), (0, 1));
    let equals = [format!("--secret={}", "app-secret"), format!("--signature={signature}")];
    assert_eq!(run(&["webhook", &equals[0], &equals[1]], &body).status, 0);

    let changed = body.replace("Hi", "Ho");
    for (secret, signature, body) in [
        ("other-secret", signature.as_str(), body.as_str()),
        ("app-secret", &signature, &changed),
        ("app-secret", "sha256=00", &body),
    ] {
        let ran = run(&["webhook", "--secret", secret, "--signature", signature], body);
        assert_eq!((ran.status, ran.out.as_str()), (1, ""));
        assert_eq!(ran.err.len(), 1);
        assert!(!ran.err[0].contains("app-secret") && !ran.err[0].contains(&signature[7..]), "{:?}", ran.err);
    }
}

#[test]
fn a_message_is_written_again_and_its_broken_limits_are_listed() {
    let ran = run(&["message"], r#"{"to": 14155552671, "text": {"body": "", "preview_url": true}}"#);
    assert_eq!(
        ran.out,
        concat!(
            r#"{"messaging_product":"whatsapp","recipient_type":"individual","to":"14155552671","type":"text","#,
            r#""text":{"body":"","preview_url":true}}"#,
            "\n"
        )
    );
    assert_eq!(ran.err, ["text.body: is empty or missing (1 to 4096 characters)"]);
    assert_eq!(ran.status, 0, "broken limits alone are no failure");
}

#[test]
fn a_template_is_written_again_and_its_broken_limits_are_listed() {
    let good = r#"{"name":"a","language":"en","category":"utility","components":[{"type":"body","text":"Hi","example":null}]}"#;
    let bad = r#"{"name":"A","language":"en","category":"UTILITY","components":[]}"#;
    let (_folder, [good, bad, broken]) = files([good, bad, r#"{"name": []}"#]);
    let ran = run(&["template", &good, &bad, &broken], "");
    assert_eq!(
        ran.lines,
        [
            json!({"name": "a", "language": "en", "category": "UTILITY", "components": [{"type": "BODY", "text": "Hi"}]}),
            json!({"name": "A", "language": "en", "category": "UTILITY"}),
        ]
    );
    assert_eq!(
        ran.err,
        [
            format!("{bad}: name: has other characters (lower-case letters, digits and _)"),
            format!(
                "{bad}: components: has no BODY (one BODY, except in authentication and library templates)"
            ),
            format!("{broken}: cannot be read as the body of a template: name is not text"),
        ]
    );
    assert_eq!(ran.status, 1);
    assert_eq!(run(&["template", &bad], "").status, 0);
}

#[test]
fn a_body_that_cannot_be_read_is_a_failure() {
    for (command, body) in
        [("message", "{}"), ("message", "[1"), ("template", "[]"), ("template", ""), ("webhook", "{}")]
    {
        let ran = run(&[command], body);
        assert_eq!((ran.status, ran.out.as_str(), ran.err.len()), (1, "", 1), "{command} {body}");
    }
}

#[test]
fn help_explains_with_examples() {
    for args in [["--help"].as_slice(), &["-h"], &["webhook", "--help"]] {
        let ran = run(args, "");
        assert_eq!((ran.status, ran.err.len()), (0, 0));
        for word in
            ["webhook", "message", "template", "--secret", "Examples:", "Exit status:", "phone numbers"]
        {
            assert!(ran.out.contains(word), "{word}");
        }
    }
}

#[test]
fn wrong_arguments_are_explained() {
    let cases: [(&[&str], &str); 8] = [
        (&[], "a command is missing"),
        (&["inspect"], "there is no command \"inspect\""),
        (&["webhook", "--colour"], "--colour"),
        (&["webhook", "--secret"], "--secret"),
        (&["webhook", "--secret", "s"], "--secret needs the --signature"),
        (&["webhook", "--signature", "s"], "--signature needs the --secret"),
        (&["webhook", "--secret", "", "--signature", "s"], "secret"),
        (&["message", "--secret", "s", "--signature", "s"], "only webhooks are signed"),
    ];
    for (args, problem) in cases {
        let ran = run(args, "");
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{args:?}");
        assert!(ran.err[0].contains(problem), "{args:?}: {:?}", ran.err);
        assert!(ran.err[1].contains("--help"), "{args:?}: {:?}", ran.err);
    }
}
