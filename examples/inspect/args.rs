//! The command line.

use lexopt::{Arg, Parser, ValueExt as _};
use std::ffi::OsString;
use whatsapp_business::Webhook;

pub(crate) const HELP: &str = r#"Shows what is in payloads of the WhatsApp Business Platform.

Usage:
  inspect webhook  [--secret SECRET --signature SIGNATURE] [FILE]...
  inspect message  [FILE]...
  inspect template [FILE]...

Without a FILE, or where FILE is -, standard input is read.

Commands:
  webhook   What Meta POSTs to a webhook. Prints one JSON line per event:
              file             where it was read from; - is standard input
               event            message, status, payment, user_action, error, notice, standby,
                                call, call_status, group, history, history_media, echo,
                                app_state, preference, user_id_change, automatic_event
                                or unknown
               kind             message: its type (text, interactive/button_reply, ...);
                                status: sent, delivered, read, ...; error: its code;
                                notice and unknown: the field; standby: that of what it
                                holds, or echo; others: what happened, in Meta's words
               id               the id of the message (wamid), call or group
              from             message: the sender, by phone number or else by user id;
                               status: the recipient, likewise, or the group;
                               others: the person, if the delivery tells of them
              phone_number_id  the business number it came to, or was sent from
              unknown          true when it is kept as it came: the library has no type
                               for it, or it could not be read
              reason           why a thing of a known type could not be read
            What is not there is null.
  message   The body of a request to send a message. Prints it as one JSON line, the way
            this library writes it, and each broken limit on standard error, as
            path: what is wrong (the limit).
  template  The same for the body of a request to create a template.

Options:
  --secret SECRET        the app secret to verify webhooks with
  --signature SIGNATURE  the X-Hub-Signature-256 header they came with: sha256=...
  -h, --help             this text

Output holds phone numbers, names and texts: this is a tool for looking into payloads of
your own, so it hides nothing. Do not send its output to a log that others read.

Exit status: 0 when all could be read, whether or not limits are broken; 1 when an input
could not be opened, read or verified (the others still are); 2 for wrong arguments.

Examples:
  inspect webhook deliveries/*.json
  inspect webhook --secret "$APP_SECRET" --signature sha256=5f0c... body.json
  inspect webhook stored.json | jq 'select(.unknown)'
  echo '{"to":"+14155552671","type":"text","text":{"body":"Hi"}}' | inspect message
  inspect template offer.json
"#;

/// What to do.
pub(crate) struct Args {
    pub(crate) command: Command,
    /// Never empty.
    pub(crate) files: Vec<OsString>,
}

pub(crate) enum Command {
    Webhook { signed: Option<Signed> },
    Message,
    Template,
}

/// How to verify a webhook.
pub(crate) struct Signed {
    pub(crate) webhook: Webhook,
    pub(crate) signature: String,
}

/// Reads the arguments; nothing means that help is wanted.
pub(crate) fn parse() -> Result<Option<Args>, lexopt::Error> {
    let mut parser = Parser::from_env();
    let (mut command, mut files) = (None, Vec::new());
    let (mut secret, mut signature) = (None, None);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            Arg::Long("secret") => secret = Some(parser.value()?.string()?),
            Arg::Long("signature") => signature = Some(parser.value()?.string()?),
            Arg::Value(word) if command.is_none() => command = Some(word.string()?),
            Arg::Value(file) => files.push(file),
            other => return Err(other.unexpected()),
        }
    }
    let signed = signed(secret, signature)?;
    let command = match command.as_deref() {
        Some("webhook") => Command::Webhook { signed },
        Some("message" | "template") if signed.is_some() => {
            return Err("only webhooks are signed: --secret and --signature go with webhook".into());
        }
        Some("message") => Command::Message,
        Some("template") => Command::Template,
        Some(other) => return Err(format!("there is no command {other:?}").into()),
        None => return Err("a command is missing: webhook, message or template".into()),
    };
    if files.is_empty() {
        files.push("-".into());
    }
    Ok(Some(Args { command, files }))
}

fn signed(secret: Option<String>, signature: Option<String>) -> Result<Option<Signed>, lexopt::Error> {
    match (secret, signature) {
        (None, None) => Ok(None),
        (Some(secret), Some(signature)) => {
            // The verify token is for setting a webhook up, which nobody does here.
            let webhook = Webhook::new(secret, "unused").map_err(|error| error.to_string())?;
            Ok(Some(Signed { webhook, signature }))
        }
        (Some(_), None) => Err("--secret needs the --signature to verify".into()),
        (None, Some(_)) => Err("--signature needs the --secret to verify it with".into()),
    }
}
