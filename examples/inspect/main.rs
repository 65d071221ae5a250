//! Shows what is in payloads of the WhatsApp Business Platform: webhooks, message bodies, template bodies.
//!
//! `cargo run --example inspect -- --help` explains.
#![expect(clippy::print_stderr, reason = "it is a tool of the command line")]

mod args;
mod outgoing;
mod people;
mod webhook;

use args::{Args, Command, HELP};
use std::{
    ffi::OsStr,
    fs,
    io::{self, Read, Write},
    path::Path,
    process::ExitCode,
};
use whatsapp_business::{message::Message, template::Definition};

/// What came of one input.
#[derive(Default)]
struct Report {
    /// For standard output: one JSON text a line.
    lines: Vec<String>,
    /// For standard error.
    notes: Vec<String>,
}

fn main() -> ExitCode {
    let args = match args::parse() {
        Ok(Some(args)) => args,
        Ok(None) => return done(write(&[HELP.trim_end().to_owned()])),
        Err(problem) => {
            eprintln!("inspect: {problem}\nTry inspect --help");
            return ExitCode::from(2);
        }
    };
    let mut status = ExitCode::SUCCESS;
    for file in &args.files {
        let report = inspect(&args, file).unwrap_or_else(|problem| {
            status = ExitCode::FAILURE;
            Report { notes: vec![problem], ..Report::default() }
        });
        let prefix = if args.files.len() > 1 { format!("{}: ", name(file)) } else { String::new() };
        for note in report.notes {
            eprintln!("{prefix}{note}");
        }
        if let Err(error) = write(&report.lines) {
            return done(Err(error));
        }
    }
    status
}

fn inspect(args: &Args, file: &OsStr) -> Result<Report, String> {
    let body = read(file).map_err(|error| format!("cannot be opened: {error}"))?;
    match &args.command {
        Command::Webhook { signed } => webhook::inspect(&body, &name(file), signed.as_ref()),
        Command::Message => outgoing::inspect(&body, "a message", Message::validate),
        Command::Template => outgoing::inspect(&body, "a template", Definition::validate),
    }
}

/// How a file is called in lines and notes; standard input is `-`.
fn name(file: &OsStr) -> String {
    Path::new(file).display().to_string()
}

fn read(file: &OsStr) -> io::Result<Vec<u8>> {
    if file == "-" {
        let mut body = Vec::new();
        io::stdin().lock().read_to_end(&mut body)?;
        return Ok(body);
    }
    fs::read(file)
}

fn write(lines: &[String]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    out.flush()
}

/// A reader that has seen enough, such as `head`, is no failure.
fn done(written: io::Result<()>) -> ExitCode {
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("inspect: cannot write: {error}");
            ExitCode::FAILURE
        }
    }
}
