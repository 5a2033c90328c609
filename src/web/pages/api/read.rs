//! The API's document, read into what a page shows.
//!
//! A part that the document has not is empty on the page, never an error: the document is ours, and tests hold it.

use serde_json::Value;

use super::example;
use super::words::kind;
use crate::web::api::document::OPENAPI;

const FORM: &str = "application/x-www-form-urlencoded";

/// A sentence, cut where its words are those of programs: each piece, and whether it is one.
pub type Said = Vec<(bool, String)>;

/// Operations of one tag.
pub struct Group {
    /// Of its place in the page.
    pub anchor: String,
    pub name: String,
    pub description: String,
    pub operations: Vec<Operation>,
}

/// A method at an address.
pub struct Operation {
    pub anchor: String,
    /// Capitals.
    pub method: String,
    pub path: String,
    pub summary: String,
    pub description: Said,
    /// Anyone may call it.
    pub open: bool,
    pub parameters: Vec<Field>,
    /// Types that its body may come as.
    pub body_types: Vec<String>,
    pub body: Said,
    pub answers: Vec<Answer>,
    pub refusals: Vec<Answer>,
    /// How `curl` calls it.
    pub command: String,
    /// An answer that went well.
    pub example: Option<String>,
}

/// A parameter, or a field of a shape.
pub struct Field {
    pub name: String,
    /// Where a parameter stands; empty for a field.
    pub place: &'static str,
    pub required: bool,
    pub kind: String,
    pub description: Said,
}

/// What may come back.
pub struct Answer {
    pub status: String,
    pub description: Said,
    pub media_type: String,
    /// Name of its shape.
    pub shape: Option<String>,
    /// Headers that it bears.
    pub headers: Vec<String>,
}

/// An object of the answers.
pub struct Shape {
    pub name: String,
    pub description: Said,
    pub fields: Vec<Field>,
}

/// What the document holds.
pub fn document() -> (Vec<Group>, Vec<Shape>) {
    let document: Value = serde_json::from_str(OPENAPI).unwrap_or_default();
    let operations: Vec<(String, Operation)> = paths(&document).collect();
    let mut groups: Vec<Group> = items(&document["tags"])
        .map(|tag| Group {
            anchor: anchor(&text(&tag["name"])),
            name: text(&tag["name"]),
            description: text(&tag["description"]),
            operations: Vec::new(),
        })
        .collect();
    for (tag, operation) in operations {
        if let Some(group) = groups.iter_mut().find(|group| group.name == tag) {
            group.operations.push(operation);
        }
    }
    let shapes = members(&document["components"]["schemas"]).map(|(name, schema)| Shape {
        name: name.clone(),
        description: said(&schema["description"]),
        fields: fields(schema, ""),
    });
    (groups, shapes.collect())
}

fn paths(document: &Value) -> impl Iterator<Item = (String, Operation)> {
    members(&document["paths"]).flat_map(move |(path, item)| {
        let operations = members(item).filter(|(method, _)| *method != "parameters");
        operations.map(move |(method, operation)| {
            let shared = items(&item["parameters"]);
            let form = &operation["requestBody"]["content"][FORM]["schema"];
            let parameters = shared.chain(items(&operation["parameters"])).map(parameter);
            let parameters = parameters.chain(fields(form, "corps")).collect();
            (text(&operation["tags"][0]), read(document, path, method, operation, parameters))
        })
    })
}

fn read(document: &Value, path: &str, method: &str, operation: &Value, parameters: Vec<Field>) -> Operation {
    let body = &operation["requestBody"];
    let body_types: Vec<String> = members(&body["content"]).map(|(name, _)| name.clone()).collect();
    let (refusals, answers) = members(&operation["responses"])
        .filter(|(status, _)| *status != "default")
        .map(|(status, answer)| read_answer(document, status, answer))
        .partition(|answer| answer.status.starts_with(['4', '5']));
    let went_well = members(&operation["responses"]).find(|(status, _)| status.starts_with('2'));
    let schema = went_well.map(|(_, answer)| &answer["content"]["application/json"]["schema"]);
    let open = operation.get("security").is_some();
    let form = &body["content"][FORM];
    Operation {
        anchor: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        description: said(&operation["description"]),
        open,
        command: command(path, method, open, !form.is_null()),
        example: schema.filter(|schema| !schema.is_null()).map(|schema| example::of(document, schema)),
        body: [&body["description"], &form["schema"]["description"]].map(said).concat(),
        body_types,
        parameters,
        answers,
        refusals,
    }
}

/// How it is called from a shell, with what the page says before.
fn command(path: &str, method: &str, open: bool, is_form: bool) -> String {
    let path = path.replace("{id}", "$ID");
    let mut command = format!("curl -sS \"$URL{path}\"");
    if !open {
        command.push_str(" \\\n  -H \"Authorization: Bearer $TOKEN\"");
    }
    match (method, is_form) {
        ("post", true) => {
            command.push_str(" \\\n  -u \"$CLIENT_ID:$SECRET\" -d grant_type=client_credentials");
        }
        ("post", false) if path.ends_with("/attestations") => command.push_str(" -X POST"),
        ("post", false) => {
            command.push_str(" \\\n  -H 'Content-Type: application/zip' --data-binary @versement.zip");
        }
        _ => {}
    }
    command
}

fn read_answer(document: &Value, status: &str, answer: &Value) -> Answer {
    let answer = example::followed(document, answer);
    let content = members(&answer["content"]).next();
    let schema = content.and_then(|(_, content)| content["schema"]["$ref"].as_str());
    // Told once, above: every answer bears these.
    let headers = members(&answer["headers"]).filter(|(name, _)| !name.starts_with("RateLimit"));
    Answer {
        status: status.to_owned(),
        description: said(&answer["description"]),
        media_type: content.map(|(name, _)| name.clone()).unwrap_or_default(),
        shape: schema.and_then(|name| name.rsplit('/').next()).map(str::to_owned),
        headers: headers.map(|(name, _)| name.clone()).collect(),
    }
}

fn parameter(parameter: &Value) -> Field {
    Field {
        name: text(&parameter["name"]),
        place: match parameter["in"].as_str() {
            Some("path") => "chemin",
            Some("header") => "en-tête",
            _ => "adresse",
        },
        required: parameter["required"] == true,
        kind: kind(&parameter["schema"]),
        description: said(&parameter["description"]),
    }
}

/// Fields of an object: those that are always there first, in the document's order.
fn fields(schema: &Value, place: &'static str) -> Vec<Field> {
    let names = example::names(schema);
    let fields = names.into_iter().map(|(name, required)| {
        let field = &schema["properties"][name];
        Field {
            name: name.to_owned(),
            place,
            required,
            kind: kind(field),
            description: said(&field["description"]),
        }
    });
    fields.collect()
}

fn said(value: &Value) -> Said {
    let pieces = value.as_str().unwrap_or_default().split('`').enumerate();
    let pieces = pieces.map(|(rank, piece)| (rank % 2 == 1, piece.to_owned()));
    pieces.filter(|(_, piece)| !piece.is_empty()).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn anchor(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}
