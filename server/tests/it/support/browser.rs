//! A browser without JavaScript: it keeps cookies and sends forms.

use std::collections::BTreeMap;

use reqwest::{Client, Response, StatusCode, header, redirect::Policy};

/// A browser at one server.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    url: String,
    /// What it keeps, by name.
    pub cookies: BTreeMap<String, String>,
}

/// What it got.
pub struct Page {
    pub status: StatusCode,
    /// Where it is sent on to; the browser does not go by itself.
    pub location: Option<String>,
}

impl Browser {
    /// One that is new to this server.
    pub fn at(url: &str) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { client, url: url.to_owned(), cookies: BTreeMap::new() }
    }

    /// The same browser when another server answers.
    pub fn sent_to(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    /// Opens an address.
    pub async fn open(&mut self, path: &str) -> Page {
        let request = self.client.get(format!("{}{path}", self.url)).header(header::ACCEPT, "text/html");
        self.read(request).await
    }

    /// Sends a form as a hydrated page does.
    pub async fn call(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.client.post(format!("{}{path}", self.url));
        let request = request
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .header("sec-fetch-site", "same-origin")
            .body(form);
        self.read(request).await
    }

    /// Opens a stream of live events.
    pub async fn listen(&self, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.url));
        request.header(header::COOKIE, self.cookie()).send().await.unwrap()
    }

    async fn read(&mut self, request: reqwest::RequestBuilder) -> Page {
        let answer = request.header(header::COOKIE, self.cookie()).send().await.unwrap();
        for set in answer.headers().get_all(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            match set.contains("Max-Age=0") {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let location = answer.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
        Page { status: answer.status(), location }
    }

    fn cookie(&self) -> String {
        let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }
}
