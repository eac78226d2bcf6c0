//! The whole server over a world's database, on a port of its own: pages, API and adapter behind the listener that the
//! real one has.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use app::visitor::CookiePrefix;
use domain::{
    Fault, Network,
    limit::{self, Limit},
};
use server::{
    access::{
        rate::Rate,
        session::{self, watch::Watch},
    },
    backend::Context,
    broadworks::{Timeouts, XsiClient},
    build::Build,
    http::{
        self, Settings,
        host::Hosts,
        listener::{self, Limits},
        site::BrowserFiles,
    },
    outbound::Reach,
    readiness::{Readiness, Sign},
    store::{AdministratorId, Subscriber},
    webhooks::Sender,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};

use super::{PUBLIC_URL, World, client_app};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long BroadWorks may take.
const XSI: Timeouts = Timeouts { connect: Duration::from_secs(20), total: Duration::from_secs(20) };
/// More than any test uses up.
pub const AMPLE: Limits = Limits { total: 1_000, per_client: 1_000, head: PATIENCE, idle: PATIENCE, stall: PATIENCE };

/// A server that listens. Dropping it ends it.
pub struct Site {
    pub address: SocketAddr,
    task: JoinHandle<()>,
    folder: tempfile::TempDir,
}

/// What came back over the wire.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

/// The whole name of a cookie at this site.
pub fn cookie(name: &str) -> String {
    CookiePrefix::at(PUBLIC_URL).before(name)
}

impl World {
    /// This world's server.
    pub async fn site(&self) -> Site {
        self.site_within(AMPLE).await
    }

    /// This world's server, with these limits.
    pub async fn site_within(&self, limits: Limits) -> Site {
        self.site_of(limits, PUBLIC_URL).await
    }

    /// This world's server, whose hub has a host of its own.
    pub async fn site_with_hub(&self, hub_url: &str) -> Site {
        self.site_of(AMPLE, hub_url).await
    }

    async fn site_of(&self, limits: Limits, hub_url: &str) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let context = Arc::new(Context {
            code_keys: self.code_keys.clone(),
            store: self.store.clone(),
            environment: self.environment.clone(),
            devices: self.devices.clone(),
            notices: self.postman.clone(),
            sessions: Watch::default(),
            calls: Rate::new(Limit { max: self.api_calls, ..limit::HUB_CALLS }, Fault::TooManyAttempts),
            providers: self.providers.clone(),
            mail_system: self.postman.clone(),
            breakers: Arc::default(),
            xsi: XsiClient::new(XSI, Reach::everywhere()).unwrap(),
            webhooks: Sender::new(self.code_keys.clone(), Reach::everywhere()).unwrap(),
            site: server::backend::Site {
                public_url: PUBLIC_URL.to_owned(),
                hub_url: hub_url.to_owned(),
                xsi_reach: Reach::everywhere(),
                demo: false,
                client: client_app(),
            },
        });
        let settings = Settings {
            site: BrowserFiles::Folder(folder.path().to_owned()),
            hosts: Hosts::new(&[PUBLIC_URL, hub_url], &[]),
            trust_proxy: 0,
            api_calls: self.api_calls,
            directories: self.directories(),
            readiness: Readiness::new(self.store.clone(), self.environment.clone(), Sign::default()),
            build: Build { version: "1.2.3", commit: "0123abc", date: "2026-11-26" },
            private_docs: false,
            demo: None,
        };
        let router = http::router(&context, settings);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let forever = std::future::pending();
        let task = tokio::spawn(listener::serve(listener, router, limits, self.environment.clone(), forever));
        Site { address, task, folder }
    }

    /// The cookie of a subscriber who is signed in to the portal.
    pub async fn portal_cookie(&self, subscriber: &Subscriber) -> String {
        let work = self.store.work().await.unwrap();
        let token = session::open_portal(&work, &self.environment, subscriber, None).await.unwrap().token;
        work.commit().await.unwrap();
        format!("{}={token}", cookie(app::visitor::PORTAL_SESSION))
    }

    /// The cookie of an administrator who is signed in to the hub.
    pub async fn hub_cookie(&self, administrator: AdministratorId) -> String {
        let work = self.store.work().await.unwrap();
        let token =
            session::open_hub(&work, &self.environment, administrator, Network::UNKNOWN, None).await.unwrap().token;
        work.commit().await.unwrap();
        format!("{}={token}", cookie(app::visitor::HUB_SESSION))
    }
}

impl Site {
    /// Where the browser's files would be.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A connection.
    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// What these bytes are answered on a connection of their own, which the server then closes.
    pub async fn send(&self, bytes: impl AsRef<[u8]>) -> Reply {
        let mut stream = self.connect().await;
        // Whoever is refused early may not read on.
        _ = stream.write_all(bytes.as_ref()).await;
        read_reply(stream).await
    }

    /// What is asked of a host: method, path and more headers.
    pub async fn ask(&self, host: &str, (method, path): (&str, &str), headers: &str) -> Reply {
        self.send(format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n{headers}\r\n"
        ))
        .await
    }

    /// A page or file.
    pub async fn get(&self, path: &str, cookie: &str) -> Reply {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"))
            .await
    }

    /// A form, as a page's script sends it.
    pub async fn post(&self, path: &str, cookie: &str, form: &str) -> Reply {
        self.send(format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\nAccept: \
             application/json\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: \
             close\r\n\r\n{form}",
            form.len()
        ))
        .await
    }

    /// A CSV file, as a page's script sends it.
    pub async fn post_file(&self, path: &str, cookie: &str, file: &str) -> Reply {
        self.send(format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\nContent-Type: \
             text/csv\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{file}",
            file.len()
        ))
        .await
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Everything that comes until the server closes the connection.
pub async fn read_reply(mut stream: TcpStream) -> Reply {
    let mut bytes = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the server neither answers nor closes");
    // A connection that is reset has told what it had to tell.
    _ = read;
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Reply { status, head: head.to_owned(), body: body.to_owned() }
}
