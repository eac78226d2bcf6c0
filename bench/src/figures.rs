//! What was measured, beside what it is compared with and what it is to be: as a table, and as JSON for the next run.

use std::{fmt::Write as _, path::Path};

use serde::{Deserialize, Serialize};

/// One figure on one database.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Figure {
    /// What was measured, with its unit.
    pub name: String,
    /// On which database: `sqlite` or `postgres`.
    pub database: String,
    /// How much it is.
    pub value: f64,
    /// With what it is compared, measured in the same run.
    pub reference: Option<Reference>,
    /// What it is to be.
    pub goal: Option<Goal>,
}

/// What a figure is compared with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reference {
    /// What it is.
    pub name: String,
    /// How much it is.
    pub value: f64,
}

/// What a figure is to be.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// At least so much of its reference.
    Share(f64),
    /// At most so many times its reference.
    Times(f64),
    /// At least so much.
    Least(f64),
    /// At most so much.
    Most(f64),
}

impl Figure {
    fn ratio(&self) -> Option<f64> {
        self.reference.as_ref().map(|reference| self.value / reference.value)
    }

    fn met(&self) -> Option<bool> {
        let value = self.value;
        Some(match self.goal? {
            Goal::Share(share) => self.ratio()? >= share,
            Goal::Times(times) => self.ratio()? <= times,
            Goal::Least(least) => value >= least,
            Goal::Most(most) => value <= most,
        })
    }
}

/// All figures of a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Figures {
    /// On which machine, from which commit, when.
    pub about: Vec<(String, String)>,
    /// In the order in which they were measured.
    pub figures: Vec<Figure>,
}

impl Figures {
    /// Those of an earlier run, if there are any.
    pub fn read(file: &Path) -> Self {
        std::fs::read(file).ok().and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default()
    }

    /// Keeps them for the next run.
    pub fn write(&self, file: &Path) {
        let json = serde_json::to_string_pretty(self).expect("figures are JSON");
        std::fs::create_dir_all(file.parent().expect("a folder"))
            .and_then(|()| std::fs::write(file, json))
            .expect("a file");
    }

    /// As a table in Markdown, beside those of an earlier run.
    pub fn table(&self, before: &Self) -> String {
        let mut table = String::new();
        for (what, value) in &self.about {
            _ = writeln!(table, "- {what}: {value}");
        }
        table += "\n| figure | SQLite | PostgreSQL | reference of the same run | ratio | goal | met | before |\n|---|--:|--:|---|--:|---|---|--:|\n";
        let mut names: Vec<&str> = Vec::new();
        for figure in &self.figures {
            if !names.contains(&figure.name.as_str()) {
                names.push(&figure.name);
            }
        }
        for name in names {
            let on = |figures: &Self, database: &str| {
                figures.figures.iter().find(|figure| figure.name == name && figure.database == database).cloned()
            };
            let both = ["sqlite", "postgres"].map(|database| on(self, database));
            let value =
                |figure: &Option<Figure>| figure.as_ref().map(|figure| number(figure.value)).unwrap_or_default();
            let each = |tell: &dyn Fn(&Figure) -> Option<String>| {
                let mut told: Vec<_> = both.iter().flatten().filter_map(tell).collect();
                told.dedup();
                told.join(" / ")
            };
            _ = writeln!(
                table,
                "| {name} | {} | {} | {} | {} | {} | {} | {} |",
                value(&both[0]),
                value(&both[1]),
                each(&|figure| figure.reference.as_ref().map(|other| format!(
                    "{} {}",
                    other.name,
                    number(other.value)
                ))),
                each(&|figure| figure.ratio().map(number)),
                each(&|figure| figure.goal.map(Goal::told)),
                each(&|figure| figure.met().map(|met| if met { "yes" } else { "**no**" }.to_owned())),
                ["sqlite", "postgres"]
                    .map(|database| value(&on(before, database)))
                    .join(" / ")
                    .trim_matches([' ', '/']),
            );
        }
        table
    }
}

impl Goal {
    fn told(self) -> String {
        match self {
            Self::Share(share) => format!("≥ {share} ×"),
            Self::Times(times) => format!("≤ {times} ×"),
            Self::Least(least) => format!("≥ {least}"),
            Self::Most(most) => format!("≤ {most}"),
        }
    }
}

/// With as many digits as mean something.
fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => {
            let digits = format!("{value:.0}");
            let groups = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned());
            groups.collect::<Vec<_>>().join(",")
        }
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}
