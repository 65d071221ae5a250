//! One message of every kind and variant: how each is written, how it looks in JSON, and what Meta says to it.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to the person who runs it")]

mod arguments;
mod commerce;
mod exhibit;
mod interactive;
mod simple;
mod stage;
mod template;

use arguments::Arguments;
use exhibit::{Call, Exhibit, Stage};
use std::{error::Error, process::ExitCode};
use whatsapp_business::{client::Sent, simulator::Simulator};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match arguments::read() {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            println!("{}", arguments::HELP);
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("error: {problem}\nTry --help.");
            return ExitCode::from(2);
        }
    };
    let sends = arguments.send || arguments.look;
    let done = if sends { send(&arguments).await } else { print(&arguments) };
    match done {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::from(2)
        }
    }
}

/// The messages that were asked for.
fn exhibits(stage: &Stage, arguments: &Arguments) -> Result<Vec<Exhibit>, Box<dyn Error>> {
    let mut all = simple::exhibits(stage)?;
    all.extend(interactive::exhibits(stage));
    all.extend(commerce::exhibits(stage));
    all.extend(template::exhibits(stage));
    let words = &arguments.words;
    all.retain(|exhibit| {
        let name = exhibit.name.to_lowercase();
        words.is_empty() || words.iter().any(|word| name.contains(word))
    });
    if all.is_empty() { Err("no message has such a name; --list shows the names".into()) } else { Ok(all) }
}

fn print(arguments: &Arguments) -> Result<usize, Box<dyn Error>> {
    for exhibit in exhibits(&stage::nowhere()?, arguments)? {
        if arguments.list {
            println!("{}", exhibit.name);
            continue;
        }
        let request = match exhibit.call {
            Call::Message(call) => call.request()?,
            Call::Marketing(call) => call.request()?,
        };
        println!("{}", std::str::from_utf8(request.body())?);
    }
    Ok(0)
}

/// Sends the messages one after the other and counts those that are refused.
async fn send(arguments: &Arguments) -> Result<usize, Box<dyn Error>> {
    let simulator = Simulator::start().await?;
    let real = if arguments.look { None } else { stage::real().await? };
    let stage = match real {
        Some(real) => real,
        None => stage::simulated(&simulator).await?,
    };
    let (mut accepted, mut refused) = (0, 0);
    for exhibit in exhibits(&stage, arguments)? {
        let answer = match exhibit.call {
            Call::Message(call) => call.await,
            Call::Marketing(call) => call.await,
        };
        match answer {
            Ok(sent) => {
                accepted += 1;
                println!("{}: {}", exhibit.name, told(&sent));
            }
            Err(error) => {
                refused += 1;
                println!("{}: REFUSED: {error}", exhibit.name);
            }
        }
    }
    println!("{accepted} accepted, {refused} refused");
    if arguments.look {
        println!("see them at {}", simulator.page_url());
        tokio::signal::ctrl_c().await?;
    }
    Ok(refused)
}

fn told(sent: &Sent) -> String {
    let status = sent.status.as_ref().map(|status| format!(" ({status})")).unwrap_or_default();
    format!("accepted{status} as {}", sent.message_id)
}
