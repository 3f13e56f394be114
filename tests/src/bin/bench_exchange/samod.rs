//! samod's rows, by a program that is built on its own.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::corpus::{Corpus, News};
use crate::{Cost, Failure};

/// The node has all but the news, as everywhere; `None` where samod was not built.
pub(crate) fn reconnect(corpus: &Corpus, news: &News) -> Result<Option<Cost>, Failure> {
    let program: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "bench-samod/target/release/bench-samod"].iter().collect();
    if !program.exists() {
        return Ok(None);
    }
    let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut input = std::io::BufWriter::new(child.stdin.take().ok_or("no input")?);
    let mut changes = vec![Vec::new(); corpus.documents.len()];
    for change in &news.changes {
        changes.get_mut(change.document).ok_or("no such document")?.push(&change.bytes);
    }
    for (document, changes) in corpus.documents.iter().zip(changes) {
        put(&mut input, &document.saved)?;
        input.write_all(&u32::try_from(changes.len())?.to_be_bytes())?;
        for change in changes {
            put(&mut input, change)?;
        }
    }
    input.flush()?;
    drop(input);
    let output = child.wait_with_output()?;
    if !output.status.success() {
        return Err(format!("samod has failed: {}", output.status).into());
    }
    let row: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let number = |key| row.get(key).and_then(serde_json::Value::as_u64).ok_or("samod's row lacks a number");
    Ok(Some(Cost {
        up: number("up")?,
        down: number("down")?,
        turns: number("round_trips")?,
        cpu: Duration::from_micros(number("cpu_us")?),
    }))
}

fn put(output: &mut impl Write, bytes: &[u8]) -> Result<(), Failure> {
    output.write_all(&u32::try_from(bytes.len())?.to_be_bytes())?;
    Ok(output.write_all(bytes)?)
}
