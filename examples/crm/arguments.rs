//! What the command line says.

use lexopt::{Arg, Parser, ValueExt};
use std::path::PathBuf;

pub(crate) const HELP: &str = "\
The help desk of a CRM: two installers of solar panels, their agents and their customers, over a
simulator of Meta. It tells what happens as it happens, and prints both desks at the end.

Usage: crm [--store FOLDER] [--postgres URL]

  --store FOLDER  where the SQLite file desk.db and the files of customers are kept (default: a
                  folder that goes with the program); a second run prints what the first one left
  --postgres URL  keeps the desks in PostgreSQL instead of SQLite; makes the tables
  --help          this text

Nothing leaves this machine: no account, no token, no network.";

pub(crate) struct Arguments {
    pub(crate) store: Option<PathBuf>,
    pub(crate) postgres: Option<String>,
}

/// The arguments, or `None` when help is asked for.
pub(crate) fn read() -> Result<Option<Arguments>, lexopt::Error> {
    let mut arguments = Arguments { store: None, postgres: None };
    let mut parser = Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("store") => arguments.store = Some(parser.value()?.parse()?),
            Arg::Long("postgres") => arguments.postgres = Some(parser.value()?.string()?),
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(arguments))
}
