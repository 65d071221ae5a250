//! Programs that tests run: the examples, and tests of this binary in a process of their own.
#![allow(dead_code, reason = "which of them are needed depends on the features")]

use std::{io::Write as _, path::PathBuf, process::Command};

/// An example, which `cargo test` builds beside the tests.
pub(crate) fn example(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let program = tests.parent().unwrap().parent().unwrap().join("examples").join(name);
    assert!(program.exists(), "build the examples first: cargo build --examples --all-features");
    program
}

/// A test of this binary, by its whole path.
pub(crate) fn child(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]);
    command
}

/// The same where no file may grow large. Without the signal a write past the limit is an error, as on a full disk.
pub(crate) fn child_without_room(test: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -S -f 2000; exec \"$0\" \"$@\""]);
    command.arg(std::env::current_exe().unwrap()).args(["--exact", test, "--nocapture"]);
    command
}

/// Says something to the parent in one write, so that no line is cut.
pub(crate) fn say(line: &str) {
    let _ = std::io::stdout().write_all(format!("\n{line}\n").as_bytes());
}
