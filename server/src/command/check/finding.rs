//! What was found, and how it is printed.

use serde::Serialize;
use serde_json::json;

use super::super::Failure;

/// One thing that was looked at. Names nobody and shows no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    level: Level,
    part: &'static str,
    finding: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Ok,
    /// It may be meant so.
    Warning,
    /// A server cannot do its work with it.
    Problem,
}

impl Level {
    const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

impl Finding {
    pub(super) const fn ok(part: &'static str, finding: String) -> Self {
        Self { level: Level::Ok, part, finding, fix: None }
    }

    pub(super) fn warning(part: &'static str, finding: String, fix: &str) -> Self {
        Self { level: Level::Warning, part, finding, fix: Some(fix.to_owned()) }
    }

    pub(super) fn problem(part: &'static str, finding: String, fix: &str) -> Self {
        Self { level: Level::Problem, part, finding, fix: Some(fix.to_owned()) }
    }
}

/// Prints what was found.
///
/// # Errors
/// If there is a problem among it.
pub(super) fn report(findings: &[Finding], as_json: bool) -> Result<(), Failure> {
    let count = |level| findings.iter().filter(|finding| finding.level == level).count();
    let (problems, warnings) = (count(Level::Problem), count(Level::Warning));
    if as_json {
        println!(
            "{}",
            json!({ "ok": problems == 0, "problems": problems, "warnings": warnings, "findings": findings })
        );
    } else {
        findings.iter().for_each(print);
    }
    match problems {
        0 => Ok(()),
        1 => Err(Failure::Other("1 problem was found".to_owned())),
        many => Err(Failure::Other(format!("{many} problems were found"))),
    }
}

fn print(Finding { level, part, finding, fix }: &Finding) {
    let continued = format!("\n{:22}", "");
    println!("{:8} {part:12} {}", level.name(), finding.trim_end().replace('\n', &continued));
    if let Some(fix) = fix {
        println!("{:22}{}", "", fix.replace('\n', &continued));
    }
}
