//! The API as a stranger's program tries it: PyPI's `schemathesis`, from the document that the service gives, with a real token.
//!
//! One thing to know: the document's `default` answers are taken out first, so that every status met must be told by name.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::{Door, get};
use crate::support::profile;

/// Time after which the run is stopped; it takes a third.
const ENDED_MAX: Duration = Duration::from_secs(120);

/// What is looked at in each answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
     response_headers_conformance,response_schema_conformance,allow_header_conformance,unsupported_method,negative_data_rejection,missing_required_header,ignored_auth";

/// Where `make test` put it: beside what is built; `None` where it could not be installed.
fn program() -> Option<PathBuf> {
    let built = std::env::current_exe().unwrap();
    let program = built.ancestors().nth(3).unwrap().join("schemathesis-python/bin/schemathesis");
    if !program.is_file() {
        println!("ignoré : {} n'est pas installé", program.display());
        return None;
    }
    Some(program)
}

/// The document without what stands for every status that it does not name.
fn strict(mut document: Value) -> Value {
    for item in document["paths"].as_object_mut().unwrap().values_mut() {
        for (_, operation) in
            item.as_object_mut().unwrap().iter_mut().filter(|(name, _)| *name != "parameters")
        {
            operation["responses"].as_object_mut().unwrap().remove("default");
        }
    }
    // tus has rules of its own for headers (412 where others say 400) and a type of body that this program cannot make: `uploads`
    // tries them one by one; here its addresses are asked as anybody would.
    for (path, method) in
        [("/api/v1/uploads", "post"), ("/api/v1/uploads/{id}", "patch"), ("/api/v1/uploads/{id}", "delete")]
    {
        let operation = document["paths"][path][method].as_object_mut().unwrap();
        operation.remove("parameters");
        operation.remove("requestBody");
    }
    document
}

async fn run(mut command: Command) -> Output {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = tokio::process::Command::from(std::mem::replace(child, Command::new("true")))
        .kill_on_drop(true)
        .spawn()
        .expect("schemathesis starts");
    let ended = tokio::time::timeout(ENDED_MAX, child.wait_with_output()).await;
    ended.expect("schemathesis ends in time").unwrap()
}

// What this thread waits for, others answer.
#[tokio::test(flavor = "multi_thread")]
async fn no_request_that_the_document_leads_to_is_answered_otherwise_than_it_says() {
    let Some(program) = program() else { return };
    let door = Door::open().await;
    let profile = profile::imported(&door.tenant, "DEHORS", profile::grammar("2.1", "Titre")).await;
    profile::bound(&door.tenant, profile, true, false).await;
    door.deposit(door.sip("DEHORS").zip()).await;
    let token = door.token().await;
    let document = strict(door.send(get("/api/v1/openapi.json")).await.json());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("openapi.json");
    std::fs::write(&file, document.to_string()).unwrap();

    let mut command = Command::new(program);
    command.current_dir(folder.path()).arg("run").arg(&file);
    command.args(["--url", &format!("http://{}", door.address), "--checks", CHECKS]);
    command.args(["--header", &format!("Authorization: Bearer {token}")]);
    command.args(["--header", "Tus-Resumable: 1.0.0"]);
    command.args(["--phases", "examples,coverage,fuzzing", "--max-examples", "20", "--seed", "1"]);
    command.args(["--generation-deterministic", "--no-shrink", "--continue-on-failure", "--no-color"]);
    command.args(["--suppress-health-check", "all", "--warnings", "off"]);
    let output = run(command).await;
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    door.end().await;
}
