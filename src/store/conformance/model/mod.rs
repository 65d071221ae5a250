//! Random programs, which a store must answer as the memory store does.
//!
//! They find what no rule thought of: what becomes of a cursor when its record moved, of a lease when its job was removed
//! and enqueued again. A program that two stores answer differently is made as small as it gets and printed.

mod list;
mod program;
mod random;
mod run;

use crate::store::Store;
use program::Step;
use run::disagreement;
use std::future::Future;

/// Runs new programs at each call, a few dozen of them. Each is given an empty store of its own.
///
/// # Panics
/// If the store answers one of them as [`MemoryStore`](crate::store::MemoryStore) does not.
pub async fn random_programs_agree_with_memory<S, G, F>(new_store: impl Fn() -> F)
where
    S: Store,
    F: Future<Output = (S, G)>,
{
    let first = fastrand::u64(..u64::MAX / 2);
    agrees_with_memory(new_store, first..first + 24, 100).await;
}

/// Runs the programs of some seeds, each of so many steps: for long nights, or to see again what was printed.
///
/// ```
/// # use whatsapp_business::store::{MemoryStore, conformance::model::agrees_with_memory};
/// # async fn new_store() -> (MemoryStore, ()) { (MemoryStore::new(), ()) }
/// # async fn every_night() {
/// agrees_with_memory(new_store, 0..10_000, 50).await;
/// # }
/// ```
///
/// # Panics
/// If the store answers one of them as [`MemoryStore`](crate::store::MemoryStore) does not.
pub async fn agrees_with_memory<S, G, F>(
    new_store: impl Fn() -> F,
    seeds: impl IntoIterator<Item = u64>,
    steps: usize,
) where
    S: Store,
    F: Future<Output = (S, G)>,
{
    for seed in seeds {
        let program = random::program(seed, steps);
        if answers(&new_store, &program).await.is_none() {
            continue;
        }
        let program = smallest(&new_store, program).await;
        let difference = answers(&new_store, &program).await.unwrap_or_else(|| "nothing this time".into());
        let listing: Vec<String> =
            program.iter().enumerate().map(|(n, step)| format!("{:3}. {step:?}", n + 1)).collect();
        panic!(
            "the store does not answer this program as memory does:\n{}\n{difference}\n\
            It is what is left of agrees_with_memory(new_store, [{seed}], {steps}).",
            listing.join("\n")
        );
    }
}

/// How a new store and memory answer a program differently.
async fn answers<S, G, F>(new_store: &impl Fn() -> F, program: &[Step]) -> Option<String>
where
    S: Store,
    F: Future<Output = (S, G)>,
{
    let (store, _guard) = new_store().await;
    disagreement(&store, program).await
}

/// Leaves out of a program all that it can do without: many steps at once, then fewer, then changes of batches; and again,
/// until nothing more can go.
async fn smallest<S, G, F>(new_store: &impl Fn() -> F, mut program: Vec<Step>) -> Vec<Step>
where
    S: Store,
    F: Future<Output = (S, G)>,
{
    let mut size = program.len();
    while size > 0 {
        let mut smaller = false;
        let mut start = 0;
        while start < program.len() {
            let mut less = program.clone();
            less.drain(start..(start + size).min(program.len()));
            if answers(new_store, &less).await.is_some() {
                (program, smaller) = (less, true);
            } else {
                start += size;
            }
        }
        if size > 1 {
            size /= 2;
            continue;
        }
        for step in 0..program.len() {
            for simpler in program[step].simpler() {
                let mut less = program.clone();
                less[step] = simpler;
                if answers(new_store, &less).await.is_some() {
                    (program, smaller) = (less, true);
                    break;
                }
            }
        }
        size = usize::from(smaller);
    }
    program
}
