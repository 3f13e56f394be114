//! Keeps the corpora of the fuzz targets.
//!
//! ```text
//! cargo run --release -p svod-tests --bin fuzz-corpus -- seed                     honest inputs into tests/data/fuzz, beside what is there
//! cargo run --release -p svod-tests --bin fuzz-corpus -- unpack TARGET FOLDER     a corpus as one file an input, as libFuzzer wants it
//! cargo run --release -p svod-tests --bin fuzz-corpus -- pack TARGET FOLDER       and back
//! ```

#![expect(clippy::print_stdout, reason = "this is a command; it says what it did")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use svod_shared::id::{ChangeHash, sha256};
use svod_tests::fuzz::{TARGETS, corpus, seeds};
use svod_tests::tree;

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["seed"] => TARGETS.iter().try_for_each(|(target, _)| seed(target)),
        ["unpack", target, folder] => unpack(target, Path::new(folder)),
        ["pack", target, folder] => pack(target, Path::new(folder)),
        _ => Err(io::Error::other("seed | unpack TARGET FOLDER | pack TARGET FOLDER")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            println!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn file(target: &str) -> PathBuf {
    tree::root().join("tests/data/fuzz").join(target)
}

fn saved(target: &str) -> io::Result<Vec<Vec<u8>>> {
    match fs::read(file(target)) {
        Ok(bytes) => corpus::unpack(&bytes).map_err(io::Error::other),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(why) => Err(why),
    }
}

fn save(target: &str, inputs: Vec<Vec<u8>>) -> io::Result<()> {
    let packed = corpus::pack(inputs);
    let path = file(target);
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    fs::write(&path, &packed)?;
    let count = corpus::unpack(&packed).map_err(io::Error::other)?.len();
    println!("{target}: {count} inputs, {} bytes", packed.len());
    Ok(())
}

fn seed(target: &str) -> io::Result<()> {
    let mut inputs = saved(target)?;
    inputs.extend(seeds::of(target));
    save(target, inputs)
}

fn unpack(target: &str, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for input in saved(target)? {
        fs::write(folder.join(ChangeHash(sha256(&input)).to_string()), &input)?;
    }
    Ok(())
}

fn pack(target: &str, folder: &Path) -> io::Result<()> {
    let mut inputs = Vec::new();
    for entry in fs::read_dir(folder)? {
        inputs.push(fs::read(entry?.path())?);
    }
    save(target, inputs)
}
