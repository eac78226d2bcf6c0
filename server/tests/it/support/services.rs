//! What `scripts/with-services.sh` has beside the tests: a SCIM server and a mail server, both real, and clients.

use std::{
    env, fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use mail_parser::MessageParser;
use reqwest::{Client, Method};
use serde_json::Value;
use server::{environment::Environment, targets::remote::Endpoint};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

const REQUIRED: &str = "FLOWTHROUGH_TEST_SERVICES_REQUIRED";

fn service(name: &str) -> Option<String> {
    let found = env::var(name).ok().filter(|value| !value.is_empty());
    assert!(found.is_some() || env::var(REQUIRED).is_err(), "{REQUIRED} is set, {name} is not");
    if found.is_none() {
        eprintln!("skipped: {name} is not set (scripts/with-services.sh sets it)");
    }
    found
}

/// Where Python's programs are, with what `requirements.txt` asks for.
pub fn python() -> Option<PathBuf> {
    service("FLOWTHROUGH_TEST_PYTHON").map(PathBuf::from)
}

/// What judges Prometheus' rules and metrics.
pub fn promtool() -> Option<PathBuf> {
    service("FLOWTHROUGH_TEST_PROMTOOL").map(PathBuf::from)
}

/// A SCIM service that nobody else uses.
pub struct ScimService {
    url: String,
    token: String,
    client: Client,
}

impl ScimService {
    pub fn find() -> Option<Self> {
        let server = service("FLOWTHROUGH_TEST_SCIM")?;
        let url = format!("{server}/{}/v2", Environment::real().id().simple());
        Some(Self { url, token: service("FLOWTHROUGH_TEST_SCIM_TOKEN")?, client: Client::new() })
    }

    pub fn endpoint(&self) -> Endpoint {
        self.endpoint_with(&self.token)
    }

    pub fn endpoint_with(&self, token: &str) -> Endpoint {
        Endpoint::parse(&self.url, token).unwrap()
    }

    /// Its address and token, as settings have them.
    pub fn settings(&self) -> (&str, &str) {
        (&self.url, &self.token)
    }

    /// Its users, in no order.
    pub async fn users(&self) -> Vec<Value> {
        self.ask(Method::GET, "Users", None).await["Resources"].as_array().unwrap().clone()
    }

    /// The names of its users, in order.
    pub async fn names(&self) -> Vec<String> {
        let users = self.users().await;
        let mut names: Vec<_> = users.iter().map(|user| user["userName"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }

    /// Somebody else is at work on the service.
    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let request = self.client.request(method, format!("{}/{path}", self.url)).bearer_auth(&self.token);
        let request = match body {
            Some(body) => request.header("content-type", "application/scim+json").body(body.to_string()),
            None => request,
        };
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }
}

/// The mail server. Its rules are told by the beginning of an address: see `server/tests/services/smtp.py`.
pub struct MailServer {
    pub url: String,
    folder: PathBuf,
}

impl MailServer {
    pub fn find() -> Option<Self> {
        Some(Self { url: service("FLOWTHROUGH_TEST_SMTP")?, folder: service("FLOWTHROUGH_TEST_MAILS")?.into() })
    }

    /// An address that nobody else uses.
    pub fn address(&self, beginning: &str) -> String {
        format!("{beginning}-{}@acme.example", Environment::real().id().simple())
    }

    /// The same server behind a door that can be shut.
    pub async fn behind_a_door(&self) -> Door {
        Door::before(&self.url).await
    }

    /// What came to an address, as it came: the first, the second, ….
    pub fn file(&self, address: &str, number: usize) -> PathBuf {
        self.folder.join(format!("{address}.{number}"))
    }

    /// The texts of the mails that came to an address, oldest first.
    pub fn mails(&self, address: &str) -> Vec<String> {
        let raw = (1..).map_while(|number| fs::read(self.file(address, number)).ok());
        raw.map(|raw| MessageParser::default().parse(&raw).unwrap().body_text(0).unwrap().into_owned()).collect()
    }
}

/// A way to a server that leads nowhere while it is shut: whoever comes is let in and sent away at once.
pub struct Door {
    pub url: String,
    open: Arc<AtomicBool>,
}

impl Door {
    async fn before(url: &str) -> Self {
        let (scheme, behind) = url.split_once("://").unwrap();
        let behind = behind.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let open = Arc::new(AtomicBool::new(true));
        let door = Self { url, open: open.clone() };
        tokio::spawn(async move {
            loop {
                let (mut guest, _) = listener.accept().await.unwrap();
                if open.load(Ordering::SeqCst) {
                    let mut server = TcpStream::connect(&behind).await.unwrap();
                    tokio::spawn(async move { copy_bidirectional(&mut guest, &mut server).await });
                }
            }
        });
        door
    }

    pub fn shut(&self) {
        self.open.store(false, Ordering::SeqCst);
    }

    pub fn open(&self) {
        self.open.store(true, Ordering::SeqCst);
    }
}

/// A name server of one's own: see `server/tests/services/nameserver.py`.
pub struct NameServer {
    pub address: String,
    zone: tempfile::NamedTempFile,
    process: std::process::Child,
}

impl NameServer {
    pub fn start() -> Option<Self> {
        let python = python()?.join("python");
        let zone = tempfile::NamedTempFile::new().unwrap();
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/services/nameserver.py");
        let mut command = std::process::Command::new(python);
        let mut process = command.arg(program).arg(zone.path()).stdout(std::process::Stdio::piped()).spawn().unwrap();
        let mut address = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(process.stdout.take().unwrap()), &mut address)
            .unwrap();
        Some(Self { address: address.trim().to_owned(), zone, process })
    }

    /// From now on says this, and nothing else: lines of a zone file.
    pub fn say(&self, zone: &str) {
        fs::write(self.zone.path(), zone).unwrap();
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
