//! What the command line says.

use lexopt::{Arg, Parser, ValueExt};

pub(crate) const HELP: &str = "\
Every kind of message: prints each as the JSON that Meta gets, one a line.

Usage: gallery [--send | --look] [WORD…]

  WORD    only messages whose name has one of these words, such as carousel
  --send  sends each message and says what came back: to a simulator that is started for it, or
          to a real number when the environment names one
  --look  sends each message to a simulator and keeps it running, to look at them in a browser
  --list  prints the names only
  --help  this text

Environment, for a real number, which must have written within 24 hours:
  WHATSAPP_TO               the number to send to, with + and country code
  WHATSAPP_ACCESS_TOKEN     token of a system user
  WHATSAPP_PHONE_NUMBER_ID  id of the sending number
  WHATSAPP_GRAPH_URL        another address of the Graph API, such as a proxy's (optional)

Without --send nothing leaves this machine, and without WHATSAPP_TO neither.
Templates, catalogs and flows of a real account are not those shown here: Meta will refuse them.

Exit status: 0 all accepted, 1 some refused, 2 wrong arguments or environment.";

#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) send: bool,
    pub(crate) look: bool,
    pub(crate) list: bool,
    pub(crate) words: Vec<String>,
}

/// The arguments, or `None` when help is asked for.
pub(crate) fn read() -> Result<Option<Arguments>, lexopt::Error> {
    let mut arguments = Arguments::default();
    let mut parser = Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("send") => arguments.send = true,
            Arg::Long("look") => arguments.look = true,
            Arg::Long("list") => arguments.list = true,
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            Arg::Value(word) => arguments.words.push(word.string()?.to_lowercase()),
            other => return Err(other.unexpected()),
        }
    }
    if [arguments.send, arguments.look, arguments.list].into_iter().filter(|given| *given).count() > 1 {
        return Err("--send, --look and --list do not go together".into());
    }
    Ok(Some(arguments))
}
