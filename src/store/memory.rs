//! A store in memory: the reference of the contract, for tests and for trying things out.

/// Keeps everything in memory; what it holds is gone with the process.
#[derive(Debug, Default)]
pub struct MemoryStore;
