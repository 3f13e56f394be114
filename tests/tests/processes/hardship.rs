//! Small ones of what `process-campaign` plays at length: a poor line, kills at any moment, a long absence.

use svod_tests::hardship::{away, kills, poor};
use svod_tests::poor_line::Quality;
use svod_tests::wait::PATIENCE;

#[test]
fn centres_on_poor_lines_agree() {
    let quality = Quality::poor_but_quick();
    let terms = poor::Terms { sites: 3, edits: 4, quality, seed: 1, patience: PATIENCE * 3 };
    let outcome = poor::run(&terms);
    let line = outcome.line;
    assert!(line.lost > 0 && line.doubled > 0 && line.late > 0, "the line was poor: {line:?}");
    assert!(line.cuts > 0, "the line was cut: {line:?}");
    assert!(!outcome.code.is_empty());
}

#[test]
fn no_edit_that_was_called_saved_is_lost_by_kills() {
    let outcome = kills::run(&kills::Terms { kills: 12, sites: 3, seed: 1 }, |_| {});
    assert_eq!(outcome.kills.values().sum::<usize>(), 12);
    assert!(outcome.acknowledged > 0 && outcome.found == outcome.acknowledged, "{outcome:?}");
}

/// Bytes are the same on every machine but for the times in the entries; the goal is that of 1 000 edits, by the share.
#[test]
fn who_was_away_gets_everything_in_one_small_exchange() {
    let outcome = away::run(&away::Terms { edits: 100, seed: 1 });
    assert!(outcome.entries >= 95, "some edits may say what stands already: {outcome:?}");
    assert!(outcome.sent + outcome.received <= 15 * 1024, "{outcome:?}");
    assert!(outcome.udp_received > outcome.received, "{outcome:?}");
}
