//! The house rules that no compiler knows: modules look down only, files stay short, exceptions say why.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has to fail, in its helpers too")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// The floors, lowest first. A room may use the floors below its own; rooms of one floor do not know each other.
const FLOORS: &[&[&str]] = &[
    &["error", "open", "wire"],
    &["category", "check", "id", "payload", "secret", "time"],
    &["recipient"],
    &["phone"],
    &["flow", "message", "webhook"],
    &["template"],
    &["client", "store"],
    &["desk", "simulator"],
    &["axum"],
];

/// Most lines of a file; `tests.rs` beside a module may be longer.
const MAX_LINES: usize = 500;

#[test]
fn modules_look_down_only() {
    let house = House::of(&sources("src"));
    assert_eq!(house.breaches(), [""; 0]);
    assert!(house.rooms.len() > 10, "the sources were not found");
}

#[test]
fn a_look_up_or_sideways_is_seen_however_it_is_written() {
    for (file, code) in [
        ("src/message/text.rs", "use crate::client::Client;"),
        ("src/message/mod.rs", "use crate::{\n    error::{Error, Result},\n    client::{Body, Client},\n};"),
        ("src/message/mod.rs", "fn f() -> crate::Desk { todo() }"),
        ("src/message/mod.rs", "crate::store_conformance!(new);"),
        ("src/message/mod.rs", "use super::webhook::Event;"),
        ("src/message/media.rs", "use super::super::{id::MediaId, webhook::Event};"),
        ("src/store/mod.rs", "use crate::client::Client;"),
        ("src/wire.rs", "use crate::open::open_enum;"),
        ("src/cellar.rs", "// on no floor"),
        ("src/desk/mod.rs", "use crate::cellar::Wine;"),
        ("src/desk/mod.rs", "use crate::*;"),
    ] {
        let lib = "pub use desk::Desk;\npub use client::{Body, Client};".to_owned();
        let suite = "#[macro_export]\nmacro_rules! store_conformance {}".to_owned();
        let house = House::of(&[
            (PathBuf::from("src/lib.rs"), lib),
            (PathBuf::from("src/store/suite.rs"), suite),
            (PathBuf::from(file), code.to_owned()),
        ]);
        assert_eq!(house.breaches().len(), 1, "{file}: {code}: {:?}", house.breaches());
    }
}

#[test]
fn a_look_down_or_at_the_own_room_is_no_breach() {
    for (file, code) in [
        ("src/desk/send.rs", "use crate::{client::Client, store::{self, Store}};\nuse super::webhook;"),
        ("src/desk/send.rs", "use crate::Client;\nuse crate::desk::Tenant;"),
        ("src/message/mod.rs", "//! Sent by [`Client`](crate::client::Client)."),
        ("src/store/mod.rs", "pub(crate) use ext::one;"),
    ] {
        let lib = "pub use client::Client;".to_owned();
        let house = House::of(&[(PathBuf::from("src/lib.rs"), lib), (file.into(), code.to_owned())]);
        assert_eq!(house.breaches(), [""; 0], "{file}: {code}");
    }
}

#[test]
fn numbering_plans_are_read_in_the_phone_room_only() {
    let readers: Vec<_> = sources("src").into_iter().filter(|(file, text)| reads_plans(file, text)).collect();
    assert!(readers.is_empty(), "{:?}", readers.iter().map(|(file, _)| file).collect::<Vec<_>>());
    for (file, code, expected) in [
        ("src/desk/send.rs", "use crate::phone::{PhoneNumber, match_keys};", true),
        ("src/desk/send.rs", "use crate::phone;\nfn f() { phone::PhoneNumber::parse(text, None); }", true),
        ("src/webhook/mod.rs", "fn f() { phonenumber::parse(None, text); }", true),
        ("src/desk/contact.rs", "use crate::phone::match_keys;\nuse crate::id::PhoneNumberId;", false),
        ("src/template/button.rs", "ButtonKind::PhoneNumber", false),
        ("src/phone/plan.rs", "use phonenumber::Mode;", false),
    ] {
        assert_eq!(reads_plans(Path::new(file), code), expected, "{file}: {code}");
    }
}

#[test]
fn no_file_is_too_long_to_read() {
    for (file, text) in all_sources() {
        let lines = text.lines().count();
        let is_tests = file.ends_with("tests.rs");
        assert!(is_tests || lines <= MAX_LINES, "{} has {lines} lines", file.display());
    }
}

#[test]
fn every_exception_from_a_lint_has_a_reason() {
    for (file, text) in product() {
        for opening in ["#[allow(", "#[expect(", "#![allow(", "#![expect(", "#[cfg_attr(", "#![cfg_attr("] {
            for attribute in text.split(opening).skip(1).filter_map(|rest| rest.split(")]").next()) {
                let excuses = !opening.contains("cfg_attr")
                    || attribute.contains("allow(")
                    || attribute.contains("expect(");
                assert!(
                    !excuses || attribute.contains("reason = \""),
                    "{}: {opening}{attribute}",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn nothing_is_left_to_be_done() {
    for (file, text) in product() {
        for word in ["todo!", "unimplemented!", "TODO", "FIXME", "XXX"] {
            assert!(!text.contains(word), "{word} in {}", file.display());
        }
    }
}

/// What each room of the crate names of the others.
struct House {
    /// Every file's room, with the names it uses at the root of the crate.
    rooms: BTreeMap<String, Vec<String>>,
    /// The room of what `lib.rs` re-exports and of exported macros.
    homes: BTreeMap<String, String>,
}

impl House {
    fn of(sources: &[(PathBuf, String)]) -> Self {
        let (mut rooms, mut homes) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::new());
        for (file, text) in sources {
            let code = without_comments(text);
            let room = room(file);
            for part in code.split("#[macro_export]").skip(1) {
                let name = part.split("macro_rules!").nth(1).map(|rest| word(rest.trim_start()));
                homes.extend(name.map(|name| (name, room.clone())));
            }
            if room == "lib" {
                for part in code.split("pub use ").skip(1) {
                    let (home, names) = part.split_once("::").unwrap();
                    let names = heads(names.split(';').next().unwrap());
                    homes.extend(names.into_iter().map(|name| (name, home.to_owned())));
                }
                continue;
            }
            // As many `super`s as the file lies deep lead to the root, too.
            let up = "super::".repeat(depth(file));
            let by_super = code.split(&up).skip(1).flat_map(heads).filter(|name| floor(name).is_some());
            let by_crate = code.split("crate::").skip(1).flat_map(heads);
            rooms.entry(room).or_default().extend(by_crate.chain(by_super));
        }
        Self { rooms, homes }
    }

    fn breaches(&self) -> Vec<String> {
        let mut breaches = Vec::new();
        for (room, names) in &self.rooms {
            let Some(here) = floor(room) else {
                breaches.push(format!("{room} is on no floor"));
                continue;
            };
            for name in names {
                let used = self.homes.get(name).unwrap_or(name);
                match floor(used) {
                    _ if used == room => {}
                    Some(there) if there < here => {}
                    Some(_) => breaches.push(format!("{room} looks up or sideways at {used}")),
                    None => breaches.push(format!("{room} uses {name}, which is on no floor")),
                }
            }
        }
        breaches
    }
}

/// Whether a file outside the phone room uses what reads the world's numbering plans: the first time that takes a tenth of
/// a second, which no send and no webhook may wait for.
fn reads_plans(file: &Path, text: &str) -> bool {
    let code = without_comments(text);
    let of_phone = code.split("phone::").skip(1).flat_map(heads).any(|name| name == "PhoneNumber");
    room(file) != "phone" && (of_phone || code.contains("phonenumber::"))
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// The module right below the root that a file belongs to: `message` for `src/message/text.rs`.
fn room(file: &Path) -> String {
    Path::new(file.iter().nth(1).unwrap()).file_stem().unwrap().to_str().unwrap().to_owned()
}

/// How many modules lead from the root to a file's own.
fn depth(file: &Path) -> usize {
    let parts = file.iter().count() - 1;
    if file.ends_with("mod.rs") { parts - 1 } else { parts }
}

/// The first names of a path's rest: `a` of `a::b`, `a` and `c` of `{a::{b}, c}`.
fn heads(rest: &str) -> Vec<String> {
    let Some(group) = rest.strip_prefix('{') else { return vec![word(rest)] };
    let (mut heads, mut depth, mut is_head) = (Vec::new(), 0, true);
    for (at, c) in group.char_indices() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => is_head = true,
            c if is_head && !c.is_whitespace() => {
                heads.push(word(&group[at..]));
                is_head = false;
            }
            _ => {}
        }
    }
    heads
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Links in documentation may lead anywhere.
fn without_comments(text: &str) -> String {
    let code = |line: &str| match line.find("//") {
        Some(at) if !line[..at].ends_with(':') => line[..at].to_owned(),
        _ => line.to_owned(),
    };
    text.lines().map(code).collect::<Vec<_>>().join("\n")
}

/// What is not a test: tests may hold the words that are looked for.
fn product() -> impl Iterator<Item = (PathBuf, String)> {
    all_sources().into_iter().filter(|(file, _)| !file.iter().any(|part| part == "tests"))
}

fn all_sources() -> Vec<(PathBuf, String)> {
    ["src", "tests", "examples", "benches"].into_iter().flat_map(sources).collect()
}

/// Every Rust file below a folder of the crate, by its path in the crate.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        // Some folders come later.
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path.strip_prefix(root).unwrap().to_owned(), text));
            }
        }
    }
    files
}
