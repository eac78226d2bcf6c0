//! What administrators see and take away: lists, searches, files.

use std::time::Instant;

use http_body_util::BodyExt as _;

use crate::{
    client::{Client, form},
    installation::Server,
    seed::Seeded,
    wrk::Wrk,
};

/// The hub of a server, for somebody who is signed in.
#[derive(Clone)]
pub struct Hub {
    /// Where the server listens.
    pub host: String,
    /// The cookie.
    pub cookie: String,
    /// Whose users are shown.
    pub seeded: Seeded,
}

/// How a file went.
#[derive(Clone, Copy, Debug)]
pub struct Transfer {
    /// How many seconds it took.
    pub seconds: f64,
    /// How many MB of memory more the server had meanwhile.
    pub memory: f64,
}

impl Hub {
    /// A page.
    pub fn page(&self, path: &str) -> Wrk {
        Wrk { url: format!("http://{}{path}", self.host), connections: 8, ..Wrk::default() }
            .with("cookie", &self.cookie)
    }

    fn call(&self, path: &str, fields: &[(&str, &str)]) -> Wrk {
        let call = self.page(path).with("content-type", "application/x-www-form-urlencoded");
        let call = call.with("accept", "application/json").with("sec-fetch-site", "same-origin");
        Wrk { body: Some(form(fields)), ..call }
    }

    /// The first page of User Status, as the open page asks for it: all of a template's users, of every status.
    pub fn user_status(&self) -> Wrk {
        self.status(&self.seeded.all.id.to_string(), "false", "")
    }

    /// Those who are not provisioned, where they are the oldest.
    pub fn exclude_provisioned(&self) -> Wrk {
        self.status(&self.seeded.done.id.to_string(), "true", "")
    }

    /// A filter in words over User Status.
    pub fn filtered(&self, filter: &str) -> Wrk {
        self.status(&self.seeded.all.id.to_string(), "false", filter)
    }

    fn status(&self, template: &str, exclude: &str, filter: &str) -> Wrk {
        let mut fields = vec![("template", template), ("filter[exclude_provisioned]", exclude), ("cursor", "start")];
        if !filter.is_empty() {
            fields.push(("filter[text]", filter));
        }
        self.call("/api/hub/user-status", &fields)
    }

    /// What the search field asks for.
    pub fn search(&self, typed: &str) -> Wrk {
        self.call("/api/hub/search", &[("typed", typed), ("cursor", "start")])
    }

    fn file(&self) -> String {
        format!("/hub/templates/{}/users.csv", self.seeded.all.id)
    }

    /// Export of all of a template's users. Returns how many lines came, too.
    pub async fn export(&self, server: &Server) -> (Transfer, usize) {
        let mut client = Client::connect(&self.host).await;
        let transfer = Memory::before(server);
        let mut body = client.open("GET", &self.file(), &[("cookie", &self.cookie)], String::new()).await.into_body();
        let mut lines = 0;
        while let Some(frame) = body.frame().await {
            if let Some(bytes) = frame.expect("the whole file").data_ref() {
                lines += bytes.iter().filter(|byte| **byte == b'\n').count();
            }
        }
        (transfer.after(server), lines - 1)
    }

    /// Import of a file.
    pub async fn import(&self, server: &Server, file: String) -> Transfer {
        let mut client = Client::connect(&self.host).await;
        let transfer = Memory::before(server);
        let headers =
            [("cookie", self.cookie.as_str()), ("content-type", "text/csv"), ("sec-fetch-site", "same-origin")];
        let path = format!("{}?dry_run=false&all_or_nothing=false", self.file());
        let mut news = client.open("POST", &path, &headers, file).await.into_body();
        let mut last = String::new();
        while let Some(frame) = news.frame().await {
            if let Some(bytes) = frame.expect("news").data_ref() {
                last = String::from_utf8_lossy(bytes).into_owned();
            }
        }
        assert!(last.contains("\"refused\":0"), "{last}");
        transfer.after(server)
    }
}

struct Memory {
    began: Instant,
    before: f64,
}

impl Memory {
    fn before(server: &Server) -> Self {
        server.forget_peak();
        Self { began: Instant::now(), before: server.memory("VmRSS:") }
    }

    fn after(self, server: &Server) -> Transfer {
        Transfer { seconds: self.began.elapsed().as_secs_f64(), memory: server.memory("VmHWM:") - self.before }
    }
}
