//! A client that keeps its connection, and callers that share out what there is to call.

use std::{
    cell::RefCell,
    rc::Rc,
    time::{Duration, Instant},
};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    client::conn::http1::{self, SendRequest},
    header,
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::form_urlencoded;

/// How long an answer may take before the run is given up.
const PATIENCE: Duration = Duration::from_secs(120);

/// One connection to a server.
pub struct Client {
    host: String,
    sender: SendRequest<Full<Bytes>>,
}

/// What came back.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// `name=value` of every cookie that it sets.
    pub cookies: Vec<String>,
    /// Its body.
    pub body: Bytes,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// `name=value` of a cookie that it sets.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.iter().find(|cookie| cookie.starts_with(name)).cloned()
    }
}

impl Client {
    /// Connects to `host:port`.
    pub async fn connect(host: &str) -> Self {
        let stream = TcpStream::connect(host).await.expect("the server takes the connection");
        stream.set_nodelay(true).expect("a socket");
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("it speaks HTTP");
        // It ends with the sender; a server that breaks off is told by the call under way.
        tokio::task::spawn_local(async move { _ = connection.await });
        Self { host: host.to_owned(), sender }
    }

    /// Sends a request and leaves the answer's body to whoever reads it.
    pub async fn open(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Response<Incoming> {
        let request = Request::builder().method(method).uri(path).header(header::HOST, &self.host);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = request.body(Full::new(body.into())).expect("a request");
        self.sender.ready().await.expect("the connection stays open");
        let answer = tokio::time::timeout(PATIENCE, self.sender.send_request(request)).await;
        answer.unwrap_or_else(|_| panic!("no answer to {path}")).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Sends a request and reads the answer.
    pub async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
        let answer = self.open(method, path, headers, body).await;
        let set = answer.headers().get_all(header::SET_COOKIE).iter();
        let cookies = set.filter_map(|set| Some(set.to_str().ok()?.split(';').next()?.to_owned())).collect();
        let status = answer.status();
        let body = answer.into_body().collect().await.expect("the whole answer").to_bytes();
        Answer { status, cookies, body }
    }

    /// Reads a page.
    pub async fn get(&mut self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let answer = self.send("GET", path, headers, String::new()).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.status);
        answer
    }

    /// Sends a form as a page of the server's own does.
    pub async fn form(&mut self, path: &str, cookie: &str, network: &str, fields: &[(&str, &str)]) -> Answer {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "application/json"),
            ("sec-fetch-site", "same-origin"),
            ("x-forwarded-for", network),
            ("cookie", cookie),
        ];
        self.send("POST", path, &headers, form(fields)).await
    }
}

/// A form's body.
pub fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// How fast something went.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// How many a second.
    pub per_second: f64,
    /// Half of them took no longer, in milliseconds.
    pub p50: f64,
    /// 99 of 100 took no longer, in milliseconds.
    pub p99: f64,
}

impl Rate {
    /// From how long each took, and all of them.
    pub fn of(mut taken: Vec<Duration>, all: Duration) -> Self {
        taken.sort_unstable();
        let at =
            |share: usize| taken.get(taken.len() * share / 100).map_or(f64::NAN, |taken| taken.as_secs_f64() * 1e3);
        Self { per_second: taken.len() as f64 / all.as_secs_f64(), p50: at(50), p99: at(99) }
    }
}

/// Has so many callers, each on a connection of its own, take items and call, until none is left or the time is over.
pub async fn drive<T: 'static>(
    host: &str,
    callers: usize,
    span: Duration,
    items: impl IntoIterator<Item = T, IntoIter: 'static>,
    call: impl AsyncFn(&mut Client, T) + 'static,
) -> Rate {
    let items = Rc::new(RefCell::new(items.into_iter()));
    let (call, taken) = (Rc::new(call), Rc::new(RefCell::new(Vec::new())));
    let mut clients = Vec::new();
    for _ in 0..callers {
        clients.push(Client::connect(host).await);
    }
    let began = Instant::now();
    let working = clients.into_iter().map(|mut client| {
        let (items, call, taken) = (items.clone(), call.clone(), taken.clone());
        tokio::task::spawn_local(async move {
            while began.elapsed() < span {
                let next = items.borrow_mut().next();
                let Some(item) = next else { break };
                let asked = Instant::now();
                call(&mut client, item).await;
                taken.borrow_mut().push(asked.elapsed());
            }
        })
    });
    for caller in working.collect::<Vec<_>>() {
        caller.await.expect("a caller that ends well");
    }
    let all = began.elapsed();
    Rate::of(taken.take(), all)
}
