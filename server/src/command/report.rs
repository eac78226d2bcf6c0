//! `flowthrough report`: how a partner's onboarding goes, from this machine's database or from a server (`--server`), for
//! whoever has no hub at hand: a mail, a wall, a script.

use askama::Template;
use clap::Args;
use domain::{Fault, Status, fault::Audience};

use super::{Failure, open_existing, partner, remote::Server};
use crate::{
    config::Config,
    http::api::overview::{Day, Overview},
    store::Tenant,
};

/// Print how onboarding goes, as JSON.
#[derive(Args)]
pub struct Options {
    /// Print a page that needs nothing else, to be opened in a browser or mailed
    #[arg(long)]
    html: bool,
    /// Whose onboarding, where this machine serves several partners; a server knows it by the token
    #[arg(long)]
    partner: Option<String>,
}

/// The page.
#[derive(Template)]
#[template(path = "command/report/page.html")]
struct ReportPage<'a> {
    place: &'a str,
    report: &'a Overview,
    /// The most users of a day, for the height of its bar.
    most: u32,
}

pub(super) async fn run(options: &Options, config: &Config) -> Result<(), Failure> {
    let (store, environment) = open_existing(config).await?;
    let partner = partner::existing(options.partner.as_deref(), &store).await?;
    let report = Overview::of(&store, Tenant::of_partner(&partner), environment.now()).await?;
    options.print(&format!("{}, {}", partner.name, config.public_url), &report)
}

pub(super) async fn of_server(options: &Options, server: &Server) -> Result<(), Failure> {
    let report = server.get("/v1/broadworks/overview").await?;
    options.print(server.address(), &report)
}

impl Options {
    fn print(&self, place: &str, report: &Overview) -> Result<(), Failure> {
        let unable = |error: String| Failure::Other(format!("the report cannot be written: {error}"));
        let written = if self.html {
            ReportPage::new(place, report).render().map_err(|error| unable(error.to_string()))?
        } else {
            serde_json::to_string_pretty(report).map_err(|error| unable(error.to_string()))?
        };
        println!("{written}");
        Ok(())
    }
}

impl<'a> ReportPage<'a> {
    fn new(place: &'a str, report: &'a Overview) -> Self {
        let most = report.days.iter().map(|day| day.activated).max().unwrap_or_default();
        Self { place, report, most }
    }

    /// How high a day's bar is, of a hundred.
    fn height(&self, day: &Day) -> u32 {
        if self.most == 0 { 0 } else { (u64::from(day.activated) * 100).div_ceil(u64::from(self.most)) as u32 }
    }

    fn remedy(&self, code: &u32) -> &'static str {
        Fault::from_code(*code).map_or("", |fault| fault.remedy(Audience::Administrator))
    }

    /// A status as people say it.
    fn status(&self, name: &str) -> String {
        Status::parse(name).map_or(name, |status| status.as_str()).replace('_', " ")
    }

    /// A span of time as people say it.
    fn span(&self, seconds: &i64) -> String {
        match *seconds {
            seconds @ ..120 => format!("{seconds} s"),
            seconds @ ..7_200 => format!("{} min", seconds / 60),
            seconds @ ..172_800 => format!("{} h", seconds / 3_600),
            seconds => format!("{} days", seconds / 86_400),
        }
    }

    /// A moment without what nobody reads of it.
    fn moment(&self, written: &str) -> String {
        written.chars().take(16).collect::<String>().replace('T', " ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::api::overview::{Failing, Stuck, TimeToAccount, Users, Waiting};

    fn report() -> Overview {
        let day =
            |date: &str, activated| Day { date: date.to_owned(), provisioned: 7, pending: 2, error: 1, activated };
        Overview {
            created: "2026-11-26T08:30:12.000Z".to_owned(),
            users: Users { total: 10, provisioned: 7, pending: 2, error: 1 },
            days: vec![day("2026-11-25", 1), day("2026-11-26", 3)],
            time_to_account: Some(TimeToAccount { median_seconds: 90, most_seconds: 90_000, users: 7 }),
            errors: vec![Failing {
                error_code: Fault::PackageUnavailable.code(),
                description: Fault::PackageUnavailable.cause().to_owned(),
                users: 1,
                retry: true,
            }],
            stuck: Stuck {
                users: 1,
                more: false,
                first: vec![Waiting {
                    id: "Y2lz".to_owned(),
                    user_id: "<b>1@sp.com".to_owned(),
                    sp_enterprise_id: "SP1+<script>".to_owned(),
                    status: "pending_email_input".to_owned(),
                    last_status_change: "2026-11-20T10:00:00.000Z".to_owned(),
                }],
            },
            waiting: [("mail".to_owned(), 2)].into(),
        }
    }

    #[test]
    fn the_page_says_it_all_and_loads_nothing() {
        let page = ReportPage::new("<i>Northwind", &report()).render().unwrap();
        let remedy = Fault::PackageUnavailable.remedy(Audience::Administrator);
        for told in [
            "2026-11-26 08:30",
            "90 s",
            "25 h",
            "pending email input",
            "2026-11-20 10:00",
            "height: 34%",
            "height: 100%",
        ] {
            assert!(page.contains(told), "{told}: {page}");
        }
        assert!(page.contains(&askama::filters::escape(remedy, askama::filters::Html).unwrap().to_string()));
        for (written, read) in [("<b>1@sp", "1@sp.com"), ("<script>", "SP1+"), ("<i>", "Northwind")] {
            assert!(!page.contains(written) && page.contains(read), "{written}");
        }
        for loads in ["src=", "href=", "url(", "@import"] {
            assert!(!page.contains(loads), "{loads}");
        }
    }

    #[test]
    fn of_nobody_there_is_a_page_too() {
        let nobody = Overview {
            users: Users { total: 0, provisioned: 0, pending: 0, error: 0 },
            days: Vec::new(),
            time_to_account: None,
            errors: Vec::new(),
            stuck: Stuck { users: 0, more: false, first: Vec::new() },
            waiting: [].into(),
            ..report()
        };
        let page = ReportPage::new("Northwind", &nobody).render().unwrap();
        assert!(page.contains("Nobody is in error") && page.contains("Nobody is stuck"), "{page}");
    }
}
