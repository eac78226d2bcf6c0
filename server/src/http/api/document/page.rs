//! The document as a page: made on the server, without scripts and other hosts.

use askama::Template;
use axum::{
    http::{HeaderName, header},
    response::Html,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::document;
use crate::http::api::{Public, Refusal};

/// The page's style, which stands in the page: nothing is loaded.
const STYLE: &str = include_str!("page.css");

#[derive(Template)]
#[template(path = "http/api/document/page.html")]
struct DocumentPage {
    title: String,
    description: String,
    style: &'static str,
    operations: Vec<Operation>,
    schemas: Vec<(String, String)>,
}

struct Operation {
    method: String,
    path: String,
    tag: String,
    summary: String,
    description: String,
    parameters: Vec<Parameter>,
    body: Option<String>,
    answers: Vec<Answer>,
}

struct Parameter {
    name: String,
    place: String,
    required: bool,
    description: String,
}

struct Answer {
    status: String,
    description: String,
    schema: Option<String>,
}

/// Serves the page.
pub async fn page(_: Public) -> Result<([(HeaderName, String); 1], Html<String>), Refusal> {
    let document = serde_json::to_value(document()).map_err(|_| domain::Fault::Internal)?;
    let html = DocumentPage::of(&document).render().map_err(|_| domain::Fault::Internal)?;
    Ok(([(header::CONTENT_SECURITY_POLICY, policy())], Html(html)))
}

/// Allows the page's own style by its hash (CSP Level 3 §2.3.1), and nothing else.
fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
}

impl DocumentPage {
    fn of(document: &Value) -> Self {
        let operations = members(&document["paths"]).flat_map(|(path, item)| {
            members(item).map(move |(method, operation)| Operation::of(path, method, operation))
        });
        let schemas = members(&document["components"]["schemas"])
            .map(|(name, schema)| (name.to_owned(), serde_json::to_string_pretty(schema).unwrap_or_default()));
        Self {
            title: text(&document["info"]["title"]),
            description: text(&document["info"]["description"]),
            style: STYLE,
            operations: operations.collect(),
            schemas: schemas.collect(),
        }
    }
}

impl Operation {
    fn of(path: &str, method: &str, operation: &Value) -> Self {
        let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default().iter();
        let answers = members(&operation["responses"]).map(|(status, answer)| Answer {
            status: status.to_owned(),
            description: text(&answer["description"]),
            schema: schema_name(&answer["content"]),
        });
        Self {
            method: method.to_uppercase(),
            path: path.to_owned(),
            tag: text(&operation["tags"][0]),
            summary: text(&operation["summary"]),
            description: text(&operation["description"]),
            parameters: parameters.map(Parameter::of).collect(),
            body: schema_name(&operation["requestBody"]["content"]),
            answers: answers.collect(),
        }
    }
}

impl Parameter {
    fn of(parameter: &Value) -> Self {
        Self {
            name: text(&parameter["name"]),
            place: text(&parameter["in"]),
            required: parameter["required"] == true,
            description: text(&parameter["description"]),
        }
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The name of the schema that a body has.
fn schema_name(content: &Value) -> Option<String> {
    let reference = content["application/json"]["schema"]["$ref"].as_str()?;
    reference.rsplit('/').next().map(str::to_owned)
}
