//! Reports of audits, and their proofs.
