//! How long processors have worked, as Linux counts it.

use std::{fs, time::Duration};

/// One of `/proc/<pid>/stat`, which counts in hundredths of a second.
struct Stat(Vec<String>);

impl Stat {
    fn of(process: &str) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The name before it may hold anything.
        Some(Self(stat.rsplit(')').next()?.split_whitespace().map(str::to_owned).collect()))
    }

    fn number(&self, field: usize) -> u64 {
        self.0.get(field).and_then(|field| field.parse().ok()).unwrap_or_default()
    }

    #[cfg(all(feature = "postgres", unix))]
    fn parent(&self) -> u64 {
        self.number(1)
    }

    fn worked(&self) -> u64 {
        self.number(11) + self.number(12)
    }

    /// What its children did that have ended.
    #[cfg(all(feature = "postgres", unix))]
    fn children_worked(&self) -> u64 {
        self.number(13) + self.number(14)
    }
}

fn time(hundredths: u64) -> Duration {
    Duration::from_millis(10 * hundredths)
}

/// By this process, without its children.
pub(crate) fn of_this_process() -> Duration {
    time(Stat::of("self").unwrap().worked())
}

/// By the server that one of its processes belongs to, whose number this is: by all of them.
#[cfg(all(feature = "postgres", unix))]
pub(crate) fn of_server(server: u64) -> Duration {
    let all =
        fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let children = all.filter_map(|process| Stat::of(&process)).filter(|stat| stat.parent() == server);
    let server = Stat::of(&server.to_string()).unwrap();
    time(server.worked() + server.children_worked() + children.map(|stat| stat.worked()).sum::<u64>())
}

/// Whose child a process is.
#[cfg(all(feature = "postgres", unix))]
pub(crate) fn parent(process: i32) -> u64 {
    Stat::of(&process.to_string()).unwrap().parent()
}
