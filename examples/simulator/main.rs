//! The simulator as a program: Meta for whatever application you point at it, and a page to talk to it with.
//!
//! Run it with `cargo run --example simulator --features simulator`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to the person who runs it")]

mod arguments;

use arguments::Arguments;
use std::{error::Error, future::pending, process::ExitCode, time::Duration};
use whatsapp_business::simulator::{ApprovedTemplate, Pace, Simulator};

/// How long an application gets to start before it is asked again.
const PAUSE: Duration = Duration::from_millis(500);

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
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let mut builder = Simulator::builder().port(arguments.port).pace(Pace::instant().never_read());
    if let Some(seed) = arguments.seed {
        builder = builder.seed(seed);
    }
    let simulator = builder.start().await?;
    let welcome = "Welcome and congratulations! This message shows that you can send templates.";
    simulator.approve_template(
        ApprovedTemplate::new("hello_world", "en_US", welcome).header_text("Hello World").footer("Simulator"),
    );
    let serve = async {
        introduce(&simulator);
        if let Some(webhook) = arguments.webhook {
            subscribe(&simulator, &webhook).await;
        }
        pending::<()>().await;
    };
    tokio::select! {
        // First, so that whoever reads the first line can interrupt in good order.
        biased;
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        () = serve => {}
    }
    simulator.stop().await;
    Ok(())
}

/// Prints what an application needs to know, as lines that a shell can run.
fn introduce(simulator: &Simulator) {
    for (name, value) in [
        ("WHATSAPP_GRAPH_URL", simulator.graph_url()),
        ("WHATSAPP_ACCESS_TOKEN", simulator.access_token()),
        ("WHATSAPP_PHONE_NUMBER_ID", simulator.phone_number_id().as_str()),
        ("WHATSAPP_ACCOUNT_ID", simulator.account_id().as_str()),
        ("WHATSAPP_APP_ID", simulator.app_id().as_str()),
        ("WHATSAPP_APP_SECRET", simulator.app_secret()),
        ("WHATSAPP_VERIFY_TOKEN", simulator.verify_token()),
    ] {
        println!("export {name}={value}");
    }
    println!("# phones and inspector: {}", simulator.page_url());
}

/// Asks the application for its handshake until it gives it.
async fn subscribe(simulator: &Simulator, webhook: &str) {
    let mut told = false;
    while let Err(error) = simulator.subscribe(webhook).await {
        if !told {
            eprintln!("# waiting for {webhook}: {error}");
            told = true;
        }
        tokio::time::sleep(PAUSE).await;
    }
    println!("# webhooks go to {webhook}");
}
