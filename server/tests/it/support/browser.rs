//! A browser without JavaScript: it keeps cookies and sends forms.

use std::collections::BTreeMap;

use reqwest::{Client, RequestBuilder, Response, StatusCode, header, redirect::Policy};

/// A browser at one server.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    url: String,
    keeps_cookies: bool,
    cookies: BTreeMap<String, String>,
    /// Every cookie as it was set, in their order.
    pub set_cookies: Vec<String>,
    headers: Vec<(&'static str, String)>,
}

/// What it got.
pub struct Page {
    /// Where it is.
    pub path: String,
    pub status: StatusCode,
    /// Where it is sent on to; the browser goes there if it is told to.
    pub location: Option<String>,
    pub body: String,
}

impl Page {
    /// What the first hidden field of this name holds.
    pub fn hidden(&self, name: &str) -> Option<String> {
        let marks = ["type=\"hidden\"".to_owned(), format!("name=\"{name}\"")];
        self.value(|input| marks.iter().all(|mark| input.contains(mark.as_str())))
    }

    /// What the field of this name holds.
    pub fn field(&self, name: &str) -> Option<String> {
        let mark = format!("name=\"{name}\"");
        self.value(|input| input.contains(&mark))
    }

    fn value(&self, is: impl Fn(&str) -> bool) -> Option<String> {
        let input =
            self.body.split("<input").skip(1).filter_map(|rest| rest.split('>').next()).find(|input| is(input))?;
        let (_, value) = input.split_once(" value=\"")?;
        value.split('"').next().map(str::to_owned)
    }
}

impl Browser {
    /// One that is new to this server.
    pub fn at(url: &str) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        let (cookies, set_cookies, headers) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { client, url: url.to_owned(), keeps_cookies: true, cookies, set_cookies, headers }
    }

    /// The same browser when another server answers.
    pub fn sent_to(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    /// The same browser, whose user allows no cookies.
    pub fn without_cookies(&self) -> Self {
        Self { keeps_cookies: false, cookies: BTreeMap::new(), ..self.clone() }
    }

    /// The same browser, in which a page sends this header with whatever it asks.
    pub fn with_header(&self, name: &'static str, value: &str) -> Self {
        Self { headers: vec![(name, value.to_owned())], ..self.clone() }
    }

    /// Opens an address.
    pub async fn open(&mut self, path: &str) -> Page {
        let request = self.client.get(format!("{}{path}", self.url)).header(header::ACCEPT, "text/html");
        self.read(path, request).await
    }

    /// Goes where an answer sends on to.
    pub async fn follow(&mut self, mut page: Page) -> Page {
        for _ in 0..5 {
            let Some(location) = page.location.take() else { return page };
            page = self.open(location.strip_prefix(&self.url.clone()).unwrap_or(&location)).await;
        }
        panic!("it is sent on for ever, now to {:?}", page.location);
    }

    /// Sends a form as HTML does.
    pub async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post(path, "text/html", fields).await
    }

    /// Sends a form as a hydrated page does.
    pub async fn call(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post(path, "application/json", fields).await
    }

    /// Sends a CSV file.
    pub async fn upload(&mut self, path: &str, file: &str) -> Page {
        let request = self.client.post(format!("{}{path}", self.url)).header("sec-fetch-site", "same-origin");
        self.read(path, request.header(header::CONTENT_TYPE, "text/csv").body(file.to_owned())).await
    }

    /// Opens a stream of live events.
    pub async fn listen(&self, path: &str) -> Response {
        self.dressed(self.client.get(format!("{}{path}", self.url))).send().await.unwrap()
    }

    async fn post(&mut self, path: &str, accept: &str, fields: &[(&str, &str)]) -> Page {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.client.post(format!("{}{path}", self.url));
        let request = request
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, accept)
            .header("sec-fetch-site", "same-origin")
            .body(form);
        self.read(path, request).await
    }

    async fn read(&mut self, path: &str, request: RequestBuilder) -> Page {
        let answer = self.dressed(request).send().await.unwrap();
        for set in answer.headers().get_all(header::SET_COOKIE).iter().filter(|_| self.keeps_cookies) {
            let set = set.to_str().unwrap();
            self.set_cookies.push(set.to_owned());
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            match set.contains("Max-Age=0") {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let location = answer.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
        Page { path: path.to_owned(), status: answer.status(), location, body: answer.text().await.unwrap() }
    }

    fn dressed(&self, request: RequestBuilder) -> RequestBuilder {
        let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(header::COOKIE, pairs.join("; "));
        self.headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
    }
}
