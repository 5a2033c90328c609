//! The power cut itself is tried: it undoes what was not synced, and nothing else.

use std::fs;

use crate::support::power_loss::lose_power;

#[test]
fn a_power_cut_undoes_what_was_not_synced_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let path = |name: &str| root.join(name);
    fs::create_dir(path("before")).unwrap();
    fs::write(path("before/old"), "old").unwrap();
    let mut log = String::new();
    let mut note = |operation: &str, name: &str, more: &str| {
        let line = serde_json::json!([operation, root.join(name).to_string_lossy(), more]);
        log.push_str(&format!("{line}\n"));
    };
    let moved = |name: &str| root.join(name).to_string_lossy().into_owned();
    for name in ["synced", "half", "unnamed", "unsynced", "renamed"] {
        note("create", &format!("before/{name}"), "");
        note("write", &format!("before/{name}"), "4");
        fs::write(path("before").join(name), "1234").unwrap();
    }
    for name in ["synced", "half", "unnamed", "renamed"] {
        note("syncing", &format!("before/{name}"), "");
        note("synced", &format!("before/{name}"), "");
    }
    note("write", "before/half", "8");
    fs::write(path("before/half"), "12345678").unwrap();
    note("rename", "before/unnamed", &moved("before/named"));
    fs::rename(path("before/unnamed"), path("before/named")).unwrap();
    note("syncing", "before", "");
    note("rename", "before/named", &moved("before/named again"));
    fs::rename(path("before/named"), path("before/named again")).unwrap();
    note("synced", "before", "");
    note("rename", "before/renamed", &moved("elsewhere"));
    fs::rename(path("before/renamed"), path("elsewhere")).unwrap();
    note("folder", "new", "");
    note("create", "new/file", "");
    note("syncing", "new", "");
    note("synced", "new", "");
    fs::create_dir(path("new")).unwrap();
    fs::write(path("new/file"), "").unwrap();

    lose_power(&log, root);

    let read = |name: &str| fs::read_to_string(path(name)).ok();
    let cases = [
        ("before/old", Some("old")),
        ("before/synced", Some("1234")),
        ("before/half", Some("1234")),
        ("before/unsynced", Some("")),
        ("before/named", Some("1234")),
        ("before/named again", None),
        ("before/renamed", Some("1234")),
        ("elsewhere", None),
        ("new/file", None),
    ];
    for (name, expected) in cases {
        assert_eq!(read(name).as_deref(), expected, "{name}");
    }
}
