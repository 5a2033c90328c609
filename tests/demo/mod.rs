//! The demonstration, run as people run it, twice: the second run finds what the first left.

use std::path::Path;
use std::process::{Command, Output};

fn demo(data: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chartrier"))
        .args(["demo", "--once"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("CHARTRIER_DATA", data)
        .env_remove("CHARTRIER_DATABASE_URL")
        .output()
        .expect("the program runs")
}

/// The references (cotes) printed, in order.
fn cotes(printed: &str) -> Vec<&str> {
    printed.lines().filter_map(|line| line.trim().strip_prefix("cote ")).collect()
}

#[test]
fn the_demonstration_succeeds_and_its_second_run_finds_what_the_first_left() {
    let data = tempfile::tempdir().expect("a folder");
    let printed: Vec<String> = (0..2)
        .map(|_| {
            let output = demo(data.path());
            let printed = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
            printed
        })
        .collect();
    assert_eq!(cotes(&printed[0]).len(), 19, "{}", printed[0]);
    for version in ["0.2", "1.0", "2.1", "2.2", "2.3"] {
        assert!(printed[0].contains(&format!(" 000, SEDA {version}, ")), "{version}: {}", printed[0]);
    }
    assert_eq!(cotes(&printed[0]), cotes(&printed[1]));
    assert!(printed[0].contains("object.missing_file"), "{}", printed[0]);
    assert!(printed[1].contains("Rien n'a changé depuis la dernière fois."), "{}", printed[1]);
    let left = data.path().join("postgres/cluster/postmaster.pid");
    assert!(!left.exists(), "the database is still there");
}
