//! What the command line says.

use lexopt::{Arg, Parser, ValueExt};
use std::path::PathBuf;

pub(crate) const HELP: &str = "\
A first look at whatsapp-business: sends messages to a simulator of Meta, receives its signed
webhooks over HTTP, keeps the conversation in an SQLite file, and prints it.

Usage: quickstart [--file FILE] [--fast]

  --file FILE  where the conversation is kept (default: quickstart.db in this folder);
               a second run goes on with it
  --fast       the customer reads and answers at once, instead of within seconds
  --help       this text

Nothing leaves this machine: no account, no token, no network.";

pub(crate) struct Arguments {
    pub(crate) file: PathBuf,
    pub(crate) fast: bool,
}

/// The arguments, or `None` when help is asked for.
pub(crate) fn read() -> Result<Option<Arguments>, lexopt::Error> {
    let mut arguments = Arguments { file: PathBuf::from("quickstart.db"), fast: false };
    let mut parser = Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("file") => arguments.file = parser.value()?.parse()?,
            Arg::Long("fast") => arguments.fast = true,
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(arguments))
}
