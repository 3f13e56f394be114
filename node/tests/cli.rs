//! The program as it is started: that it is wired to its commands. What they do is tested beside them.
//!
//! Because this test exists, cargo builds `svod` before the tests of the whole workspace run: `svod-tests` needs it.

use std::process::Command;

#[test]
fn the_program_names_its_commands() {
    let output = Command::new(env!("CARGO_BIN_EXE_svod")).arg("--help").output().expect("starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    for command in [
        "init", "join", "invite", "exclude", "serve", "exchange", "status", "import", "export", "report",
        "demo",
    ] {
        assert!(text.contains(command), "{command} is missing: {text}");
    }
}
