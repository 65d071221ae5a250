//! The `simulator` example: the simulator as a program, and the script that talks to it with curl.

use super::receiver::Receiver;
use serde_json::{Value, json};
use std::{collections::HashMap, path::Path, process::Stdio};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};
use whatsapp_business::simulator::Simulator;

/// The program, running.
struct Program {
    child: Child,
    told: Lines<BufReader<ChildStdout>>,
    /// The variables that it prints for a shell.
    variables: HashMap<String, String>,
}

fn simulator() -> Command {
    let mut command = Command::new(crate::programs::example("simulator"));
    command.kill_on_drop(true).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Program {
    async fn start(arguments: &[&str]) -> Self {
        let mut child = simulator().args(["--port", "0"]).args(arguments).spawn().unwrap();
        let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut variables = HashMap::new();
        while let Some(line) = told.next_line().await.unwrap() {
            let Some(variable) = line.strip_prefix("export ") else { break };
            let (name, value) = variable.split_once('=').unwrap();
            variables.insert(name.to_owned(), value.to_owned());
        }
        Self { child, told, variables }
    }

    fn variable(&self, name: &str) -> &str {
        &self.variables[name]
    }

    /// What is printed next.
    async fn tells(&mut self) -> String {
        self.told.next_line().await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn the_script_sends_with_curl_what_the_program_prints() {
    let program = Program::start(&["--seed", "7"]).await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/simulator/curl.sh");
    let run = Command::new("bash").arg(script).envs(&program.variables).output().await.unwrap();
    assert!(run.status.success(), "{run:?}");
    let answers = String::from_utf8(run.stdout).unwrap();
    let answers: Vec<Value> = answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 5, "{answers:?}");
    assert_eq!(answers[0]["messages"][0]["message_status"], "accepted");
    assert!(answers[4]["id"].as_str().unwrap().starts_with("wamid."));
}

#[tokio::test]
async fn a_seed_makes_the_ids_of_two_runs_the_same() {
    let mut ids = Vec::new();
    for seed in ["7", "7", "8"] {
        let program = Program::start(&["--seed", seed]).await;
        let act = format!("{}/simulator/act", program.variable("WHATSAPP_GRAPH_URL"));
        let said = json!({"act": "say", "person": "14155550132", "text": "Hi"});
        let answer = reqwest::Client::new().post(act).json(&said).send().await.unwrap();
        ids.push(answer.json::<Value>().await.unwrap());
    }
    assert!(ids[0] == ids[1] && ids[1] != ids[2], "{ids:?}");
}

#[tokio::test]
async fn an_application_that_starts_later_is_subscribed_when_it_is_up() {
    // A second simulator lends the tokens that the receiver of these tests checks.
    let lender = Simulator::start().await.unwrap();
    let receiver = Receiver::that_knows("another token").await;
    let mut program = Program::start(&["--webhook", &receiver.url()]).await;
    let mut problems = BufReader::new(program.child.stderr.take().unwrap()).lines();
    let problem = problems.next_line().await.unwrap().unwrap();
    assert!(problem.starts_with("# waiting for http://127.0.0.1"), "{problem}");
    receiver.knows(lender.verify_token()).await;
    assert!(program.tells().await.starts_with("# webhooks go to"));
}

#[tokio::test]
async fn an_interrupt_ends_it_in_good_order() {
    let mut program = Program::start(&[]).await;
    let id = program.child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().await.unwrap().success());
    assert!(program.child.wait().await.unwrap().success());
}

#[tokio::test]
async fn help_explains_and_a_wrong_argument_is_named() {
    let help = simulator().arg("--help").output().await.unwrap();
    assert!(help.status.success() && String::from_utf8_lossy(&help.stdout).contains("Usage: simulator"));
    let wrong = simulator().args(["--prot", "1"]).output().await.unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("--prot"));
}
