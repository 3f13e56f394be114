//! What a panic says: where it happened. Its own words may quote what somebody typed, as those of a cut inside a letter
//! do, so they are told to nobody.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic;

/// From now on a panic is logged with its place, and with the calls that led there if `RUST_BACKTRACE` asks for them.
pub fn tell_the_place_only() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let calls = Backtrace::capture();
        if calls.status() == BacktraceStatus::Captured {
            tracing::error!(%place, "panic\n{calls}");
        } else {
            tracing::error!(%place, "panic");
        }
    }));
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const IS_CHILD: &str = "SVOD_TEST_PANICS";

    /// The hook is the whole process's, so the panic happens in a process of its own.
    #[test]
    fn a_panic_tells_its_place_and_not_its_words() {
        let typed = "Канарейкин";
        if std::env::var_os(IS_CHILD).is_some() {
            tracing_subscriber::fmt().with_writer(std::io::stderr).init();
            let cut = |hook: &str| assert!(panic::catch_unwind(|| typed[1..].len()).is_err(), "{hook}");
            cut("the usual one");
            tracing::error!("now quietly");
            tell_the_place_only();
            cut("ours");
            return;
        }
        let this = std::env::current_exe().expect("the test runs");
        let mut child = Command::new(this);
        child.args(["--exact", "panics::tests::a_panic_tells_its_place_and_not_its_words", "--nocapture"]);
        let said = child.env(IS_CHILD, "1").output().expect("it runs again").stderr;
        let said = String::from_utf8_lossy(&said);
        let (before, after) = said.split_once("now quietly").expect("it got so far");
        assert!(before.contains(typed), "the usual hook quotes, so this test can fail: {before}");
        assert!(after.contains("panics.rs:") && !after.contains(typed), "{after}");
    }
}
