//! What the command line says.

use lexopt::{Arg, Parser, ValueExt};

pub(crate) const HELP: &str = "\
Meta on your machine: the Graph API, signed webhooks, and customers with phones in a browser.
Point an application at it, in any language and with any SDK, and talk to it.

Usage: simulator [--port N] [--webhook URL] [--seed N]

  --port N       where to listen, at 127.0.0.1 (default: 4004; 0 takes a free port)
  --webhook URL  where your application takes webhooks; asked again until it answers the handshake
  --seed N       ids repeat from run to run
  --help         this text

What the application needs to know is printed as lines for a shell. The template hello_world is
approved. Messages are delivered at once, and read when a person says so on the page.

Nothing leaves this machine: no account, no number, no tunnel.";

pub(crate) struct Arguments {
    pub(crate) port: u16,
    pub(crate) webhook: Option<String>,
    pub(crate) seed: Option<u64>,
}

/// The arguments, or `None` when help is asked for.
pub(crate) fn read() -> Result<Option<Arguments>, lexopt::Error> {
    let mut arguments = Arguments { port: 4004, webhook: None, seed: None };
    let mut parser = Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("port") => arguments.port = parser.value()?.parse()?,
            Arg::Long("webhook") => arguments.webhook = Some(parser.value()?.string()?),
            Arg::Long("seed") => arguments.seed = Some(parser.value()?.parse()?),
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(arguments))
}
