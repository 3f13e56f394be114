//! The program as it is started: that it is wired to its commands. What they do is tested beside them.
//!
//! Because this test exists, cargo builds `svod-relay` before the tests of the whole workspace run: `svod-tests` needs
//! it.

use std::process::Command;

#[test]
fn the_key_is_made_once_and_stays() {
    let folder = tempfile::tempdir().expect("makes");
    let key = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_svod-relay"));
        command.args(["key", "--data"]).arg(folder.path());
        let output = command.output().expect("starts");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("is hexadecimal")
    };
    let first = key();
    assert_eq!((first.trim().len(), key()), (64, first));
}
