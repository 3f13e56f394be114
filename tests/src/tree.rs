//! The files of this repository, as the tests about the tree read them.

use std::fs;
use std::path::{Path, PathBuf};

/// The folders that hold our own text; what is built or fetched lies elsewhere.
const FOLDERS: [&str; 7] = ["node", "relay", "shared", "tests", "docs", ".ci", ".config"];

/// One text file of the tree.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its path from the root, with forward slashes.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The root of the repository.
pub fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("the package lies in the root").to_owned()
}

/// Every text file of the tree, by path.
pub fn sources() -> Vec<Source> {
    let root = root();
    let mut paths = Vec::new();
    for entry in fs::read_dir(&root).expect("the root is readable") {
        let path = entry.expect("an entry of the root").path();
        // In a linked work tree `.git` is a file that names a folder of the machine.
        if path.is_file() && path.file_name().is_some_and(|it| it != ".git") {
            paths.push(path);
        }
    }
    for folder in FOLDERS {
        walk(&root.join(folder), &mut paths);
    }
    let mut sources: Vec<_> = paths.iter().filter_map(|path| read(&root, path)).collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

/// The sources whose names end so.
pub fn sources_ending(ending: &str) -> Vec<Source> {
    sources().into_iter().filter(|it| it.path.ends_with(ending)).collect()
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("an entry of the tree").path();
        if path.is_dir() {
            walk(&path, paths);
        } else {
            paths.push(path);
        }
    }
}

/// The file if it is text.
fn read(root: &Path, path: &Path) -> Option<Source> {
    let text = String::from_utf8(fs::read(path).ok()?).ok()?;
    let path = path.strip_prefix(root).expect("it lies in the root");
    Some(Source { path: path.to_string_lossy().replace('\\', "/"), text })
}

impl Source {
    /// Whether the whole file is for tests only.
    pub fn is_test_file(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        self.path.starts_with("tests/")
            || self.path.contains("/tests/")
            || name == "tests.rs"
            || name == "testing.rs"
            || name.ends_with("_tests.rs")
    }

    /// The lines with their numbers that are neither comment nor inside the module of tests.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let tests = self.first_test_line();
        self.numbered().take_while(move |(number, _)| *number < tests).filter(|(_, line)| is_code(line))
    }

    /// The lines with their numbers that only run in tests.
    pub fn test_code(&self) -> impl Iterator<Item = (usize, &str)> {
        let tests = if self.is_test_file() { 0 } else { self.first_test_line() };
        self.numbered().skip_while(move |(number, _)| *number < tests).filter(|(_, line)| is_code(line))
    }

    /// Where the module of tests begins, which is the last thing in a file.
    fn first_test_line(&self) -> usize {
        let mut lines = self.numbered().zip(self.text.lines().skip(1));
        let found = lines.find(|((_, line), next)| *line == "#[cfg(test)]" && next.ends_with('{'));
        found.map_or(usize::MAX, |((number, _), _)| number)
    }

    fn numbered(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}

fn is_code(line: &str) -> bool {
    !line.trim_start().starts_with("//")
}
