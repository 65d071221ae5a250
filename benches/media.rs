//! What a file of 100 MB costs in memory on its way up and down.
//!
//! A child process of this program stands in for Meta, so that nothing of it is counted. The peak of what this process had
//! in memory is the kernel's own count (`VmHWM`). Exits with 1 when it grew by more than the limit.
//!
//! `cargo bench --bench media`
#![expect(clippy::unwrap_used, reason = "a bench that cannot run must stop")]
#![expect(clippy::print_stdout, reason = "the figures are the result")]

use sha2::{Digest, Sha256};
use std::{
    env, fs,
    io::{BufRead, BufReader},
    process::{Child, Command, ExitCode, Stdio},
    time::Instant,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
};
use whatsapp_business::{Client, message::Upload};

/// The size of the file: the largest that Meta takes.
const SIZE: usize = 100 * 1024 * 1024;
/// The most that the peak of memory may grow.
const LIMIT: u64 = 16 * 1024;
/// What tells the child that it is one.
const CHILD: &str = "MEDIA_BENCH_SERVER";

fn main() -> ExitCode {
    let runtime = Runtime::new().unwrap();
    if env::var_os(CHILD).is_some() {
        runtime.block_on(serve());
        return ExitCode::SUCCESS;
    }
    if peak().is_none() {
        println!("this system does not tell the peak of memory in /proc/self/status; nothing was measured");
        return ExitCode::SUCCESS;
    }
    let (mut child, address) = start();
    let has_passed = runtime.block_on(measure(&address));
    child.kill().unwrap();
    child.wait().unwrap();
    if has_passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn measure(address: &str) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let (offer, copy) = (folder.path().join("offer.pdf"), folder.path().join("copy.pdf"));
    let mut pdf = fs::File::create(&offer).unwrap();
    std::io::Write::write_all(&mut pdf, b"%PDF-1.7").unwrap();
    pdf.set_len(SIZE.try_into().unwrap()).unwrap();
    let client = Client::builder("token").graph_url(address).build().unwrap();
    let media = client.phone("1").media();

    let begun = peak().unwrap();
    let mut has_passed = true;
    for round in ["up from a path", "up from a reader", "down to a path", "down to a writer"] {
        let (before, clock) = (peak().unwrap(), Instant::now());
        match round {
            "up from a path" => drop(media.upload(Upload::path(&offer)).await.unwrap()),
            "up from a reader" => {
                let reader = tokio::fs::File::open(&offer).await.unwrap();
                let length = SIZE.try_into().unwrap();
                drop(media.upload(Upload::reader("offer.pdf", length, reader)).await.unwrap());
            }
            "down to a path" => drop(media.download("55").to_path(&copy).await.unwrap()),
            _ => drop(media.download("55").to_writer(tokio::io::sink()).await.unwrap()),
        }
        let (after, seconds) = (peak().unwrap(), clock.elapsed().as_secs_f64());
        println!("{round}: {seconds:.2} s, peak {after} kB, grown by {} kB", after - before);
        has_passed &= after - begun <= LIMIT;
    }
    println!("in all the peak grew by {} kB; at most {LIMIT} kB are allowed", peak().unwrap() - begun);
    has_passed
}

/// The most memory that this process ever had, in kB.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

fn start() -> (Child, String) {
    let mut child =
        Command::new(env::current_exe().unwrap()).env(CHILD, "1").stdout(Stdio::piped()).spawn().unwrap();
    let mut address = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
    (child, address.trim().to_owned())
}

/// Takes any upload, and holds one file: 100 MB of zeros.
async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    println!("{address}");
    let zeros = [0; 64 * 1024];
    let mut digest = Sha256::new();
    (0..SIZE / zeros.len()).for_each(|_| digest.update(zeros));
    let sha256: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let info = format!(
        r#"{{"id": "55", "url": "{address}/file", "mime_type": "application/pdf", "sha256": "{sha256}", "file_size": {SIZE}}}"#
    );
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        answer(stream, &info).await;
    }
}

async fn answer(mut stream: TcpStream, info: &str) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let mut buffer = vec![0; 64 * 1024];
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut left: usize = length.map_or(0, |length| length.parse().unwrap());
    while left > 0 {
        left -= stream.read(&mut buffer).await.unwrap();
    }
    if head.starts_with("GET /file") {
        let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {SIZE}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        buffer.fill(0);
        for _ in 0..SIZE / buffer.len() {
            stream.write_all(&buffer[..]).await.unwrap();
        }
        return;
    }
    let body = if head.starts_with("GET") { info } else { r#"{"id": "55"}"# };
    let length = body.len();
    let answer = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    stream.write_all(answer.as_bytes()).await.unwrap();
}
