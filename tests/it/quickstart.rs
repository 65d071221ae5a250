//! The quickstart as a person runs it, and as a crash interrupts it.

use crate::programs::example;
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Output, Stdio},
};

fn quickstart(file: &Path) -> Command {
    let mut command = Command::new(example("quickstart"));
    command.arg("--file").arg(file);
    command
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// How many messages each side has in the conversation that is printed at the end.
fn messages(output: &str) -> (usize, usize) {
    let count = |who: &str| output.lines().filter(|line| line.contains(&format!("  {who} "))).count();
    (count("Ana"), count("Acme"))
}

#[test]
fn a_run_prints_the_conversation_and_a_second_run_goes_on_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desk.db");
    let first = text(&quickstart(&file).arg("--fast").output().unwrap());
    assert_eq!(messages(&first), (3, 4), "{first}");
    for said in
        ["Hello Ana, let me look.  (read;", "[Yes] [Another day]", "delivery_day", "tapped [Yes]", "desk.db"]
    {
        assert!(first.contains(said), "{said} is not in {first}");
    }
    let second = text(&quickstart(&file).arg("--fast").output().unwrap());
    assert_eq!(messages(&second), (6, 8), "{second}");
}

#[test]
fn a_killed_run_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desk.db");
    let mut acknowledged = 0;
    for sends in 1..=4 {
        let mut run = quickstart(&file).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let output = BufReader::new(run.stdout.take().unwrap());
        let told =
            output.lines().map(Result::unwrap).filter(|line| line.starts_with("sent ")).take(sends).count();
        run.kill().unwrap();
        run.wait().unwrap();
        assert_eq!(told, sends);
        acknowledged += sends;
    }
    let last = text(&quickstart(&file).arg("--fast").output().unwrap());
    let (received, sent) = messages(&last);
    // Each killed run had answered 200 to one message at least, and may have recorded one send more than it told of.
    assert!(received >= 4 + 3, "{last}");
    assert!((acknowledged + 4..=acknowledged + 4 + 4).contains(&sent), "{sent} of {acknowledged}: {last}");
}

#[test]
fn help_explains_and_a_wrong_argument_is_named() {
    let file = Path::new("unused.db");
    assert!(text(&quickstart(file).arg("--help").output().unwrap()).contains("Usage: quickstart"));
    let wrong = quickstart(file).arg("--fats").output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("--fats"));
}
