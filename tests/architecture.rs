//! The floors held: a module uses those below it, never its own, never above; every file says what it is for;
//! SQL stays in its files, and what only reads does not write.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Every top-level module, floor by floor.
const FLOORS: [(&str, &[&str]); 7] = [
    ("words", &["model", "clock", "telemetry"]),
    ("arithmetic", &["seda", "package", "formats", "proof", "report", "at_rest", "costs", "table"]),
    ("gates", &["db", "storage", "antivirus", "identity", "keys", "mail", "timestamp", "trust", "witness"]),
    ("records", &["registry", "catalog", "evidence"]),
    (
        "functions",
        &[
            "ingest",
            "drafting",
            "access",
            "attestation",
            "appraisal",
            "preservation",
            "recovery",
            "sealing",
            "restitution",
            "membership",
            "pronom",
            "usage",
            "billing",
            "survey",
            "onboarding",
            "annual",
        ],
    ),
    ("doors", &["web", "worker", "cli"]),
    ("roof", &["app", "config", "main", "lib"]),
];

/// Uses that climb or stay on their floor, each with its reason. One that serves no more is a failure.
const ALLOWED: [(&str, &str, &str); 5] = [
    ("telemetry", "model", "counters are labelled with the model's words"),
    ("identity", "db", "people, sessions and tokens are rows"),
    ("mail", "db", "letters that wait are rows"),
    ("cli", "app", "a command assembles the parts it runs"),
    ("cli", "config", "a command reads its own settings first"),
];

/// Files beside `queries.rs` that hold SQL, and folders of them.
const SQL_ELSEWHERE: [(&str, &str); 5] = [
    ("src/db/migrate.rs", "the migrations themselves"),
    ("src/db/inspect.rs", "one query put together for each table of the schema"),
    ("src/db/cluster/mod.rs", "roles and database, made before any schema"),
    ("src/catalog/search.rs", "one query put together from the filters that were given"),
    ("src/catalog/write/", "rows of a whole archive, inserted in batches"),
];

struct Source {
    /// Relative to the crate: `src/db/mod.rs`.
    path: String,
    text: String,
}

impl Source {
    /// `db` for `src/db/mod.rs`, `clock` for `src/clock.rs`.
    fn module(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap();
        inside.split('/').next().unwrap().trim_end_matches(".rs")
    }

    /// The text without comments: a link in a document is no use.
    fn code(&self) -> String {
        let lines = self.text.lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let mut paths: Vec<PathBuf> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let relative = path.strip_prefix(root).unwrap().to_str().unwrap().to_string();
                sources.push(Source { path: relative, text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    sources
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|(_, modules)| modules.contains(&module))
}

/// Top-level modules named after `crate::`, alone or in braces.
fn used(code: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (start, _) in code.match_indices("crate::") {
        let before = code[..start].chars().next_back();
        if before.is_some_and(|character| character.is_alphanumeric() || matches!(character, '_' | '$')) {
            continue;
        }
        let rest = &code[start + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => drop(used.insert(word(rest))),
            Some(list) => used.extend(first_words(list)),
        }
    }
    used
}

fn word(text: &str) -> String {
    text.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect()
}

/// First word of each item of a braced list, inner braces passed over.
fn first_words(list: &str) -> Vec<String> {
    let (mut depth, mut words, mut expecting) = (0, Vec::new(), true);
    for (index, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => expecting = true,
            character if expecting && character.is_alphanumeric() => {
                words.push(word(&list[index..]));
                expecting = false;
            }
            _ => {}
        }
    }
    words
}

#[test]
fn a_module_uses_only_the_floors_below() {
    let mut faults = Vec::new();
    let mut served = BTreeSet::new();
    for source in sources("src") {
        let module = source.module();
        let Some(own) = floor(module) else {
            faults.push(format!("{} stands on no floor", source.path));
            continue;
        };
        for other in used(&source.code()).into_iter().filter(|other| other != module) {
            match floor(&other) {
                None => faults.push(format!("{} uses {other}, which stands on no floor", source.path)),
                Some(theirs) if theirs < own || FLOORS[own].0 == "roof" => {}
                Some(_) => match ALLOWED.iter().find(|(from, to, _)| *from == module && *to == other) {
                    Some((from, to, _)) => drop(served.insert((*from, *to))),
                    None => faults.push(format!("{} ({}) uses {other}", source.path, FLOORS[own].0)),
                },
            }
        }
    }
    for (from, to, _) in ALLOWED {
        if !served.contains(&(from, to)) {
            faults.push(format!("{from} → {to} is allowed and not used"));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<String> = ["src", "tests"]
        .iter()
        .flat_map(|folder| sources(folder))
        .filter(|source| !source.text.starts_with("//!"))
        .map(|source| source.path)
        .collect();
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn sql_stands_in_queries_and_never_at_a_door() {
    let mut faults = Vec::new();
    for source in sources("src") {
        let sql = ["sqlx::query", "sqlx::raw_sql", "QueryBuilder", "sqlx::migrate!"];
        let has_sql = sql.iter().any(|name| source.code().contains(name));
        let expected = source.path.ends_with("queries.rs")
            || SQL_ELSEWHERE.iter().any(|(path, _)| source.path.starts_with(path));
        if has_sql && (!expected || floor(source.module()) > floor("ingest")) {
            faults.push(source.path);
        }
    }
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn what_is_lent_a_reading_transaction_does_not_write() {
    let mut faults = Vec::new();
    for source in sources("src") {
        let code = source.code();
        for function in code.split("async fn ").skip(1) {
            let Some((signature, body)) = function.split_once('{') else { continue };
            let body = body.split("\nasync fn ").next().unwrap_or(body).to_lowercase();
            let writes = ["insert into", "update ", "delete from"].iter().any(|verb| {
                body.match_indices(verb)
                    .any(|(start, _)| body[..start].trim_end().ends_with(['"', '#', '(', '\\']))
            });
            if signature.contains("&mut TenantRead") && writes {
                faults.push(format!("{} : {}", source.path, word(signature)));
            }
        }
    }
    assert!(faults.is_empty(), "these take a TenantRead and write: {faults:?}");
}

#[test]
fn a_use_is_read_in_each_of_its_forms() {
    let code = "use crate::{db::{self, Db}, model::X};\nlet y = crate::seda::read(z);\nuse crate::proof;\n$crate::cli";
    let used: Vec<String> = used(code).into_iter().collect();
    assert_eq!(used, ["db", "model", "proof", "seda"]);
}

/// Files of `src` whose code holds this text, as often as it does.
pub fn occurrences(text: &str) -> Vec<String> {
    let times = |source: Source| vec![source.path.clone(); source.code().matches(text).count()];
    sources("src").into_iter().flat_map(times).collect()
}
