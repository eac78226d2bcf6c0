//! A network between us and PostgreSQL that can be cut, or fall silent as a hung pooler does: it goes on acknowledging
//! packets and passes nothing on.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// What happens to connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    Passing,
    Silent,
    Refusing,
}

/// A proxy on loopback.
pub struct Proxy {
    address: String,
    /// Where connections lead that are made from now on.
    upstream: watch::Sender<String>,
    mood: watch::Sender<Mood>,
    /// Connections from before the last silence never come back.
    silences: Arc<AtomicU64>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// To the server of this URL.
    pub async fn before(url: &str) -> Self {
        let (upstream, leads) = watch::channel(authority(url).to_owned());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (mood, moods) = watch::channel(Mood::Passing);
        let silences = Arc::new(AtomicU64::new(0));
        let counted = silences.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let upstream = leads.borrow().clone();
                tokio::spawn(connection(client, upstream, moods.clone(), counted.clone()));
            }
        });
        Self { address, upstream, mood, silences, accepting }
    }

    /// The same URL, by way of this proxy.
    pub fn url(&self, url: &str) -> String {
        url.replacen(authority(url), &self.address, 1)
    }

    /// New connections lead to the server of this URL, as an address that moves to another machine does.
    pub fn lead_to(&self, url: &str) {
        self.upstream.send_replace(authority(url).to_owned());
    }

    /// Every connection that is open falls silent for ever, and every new one as long as this lasts.
    pub fn fall_silent(&self) {
        self.silences.fetch_add(1, Ordering::SeqCst);
        self.mood.send_replace(Mood::Silent);
    }

    /// Every connection ends, and no new one is made.
    pub fn cut(&self) {
        self.mood.send_replace(Mood::Refusing);
    }

    /// New connections go through again.
    pub fn restore(&self) {
        self.mood.send_replace(Mood::Passing);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// `host:port` in `postgres://user@host:port/…`.
fn authority(url: &str) -> &str {
    url.split("://").nth(1).unwrap().split('/').next().unwrap().rsplit('@').next().unwrap()
}

async fn connection(client: TcpStream, upstream: String, mut moods: watch::Receiver<Mood>, silences: Arc<AtomicU64>) {
    let silence = silences.load(Ordering::SeqCst);
    let mood = *moods.borrow();
    match mood {
        Mood::Passing => {}
        Mood::Silent => return hold(client).await,
        Mood::Refusing => return,
    }
    let Ok(server) = TcpStream::connect(upstream).await else { return };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let is_silent = || silences.load(Ordering::SeqCst) != silence;
    let answers = async {
        pass(&mut from_server, &mut to_client, is_silent).await;
        if is_silent() {
            // Whatever the server does meanwhile: nobody is told.
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = pass(&mut from_client, &mut to_server, is_silent) => {}
        () = answers => {}
        _ = moods.wait_for(|mood| *mood == Mood::Refusing) => {}
    }
}

async fn pass(from: &mut (impl AsyncRead + Unpin), to: &mut (impl AsyncWrite + Unpin), is_silent: impl Fn() -> bool) {
    let mut buffer = [0; 16 << 10];
    while let Ok(read) = from.read(&mut buffer).await {
        if is_silent() {
            // It reads on, so that the other side's packets are acknowledged.
            return continue_reading(from).await;
        }
        if read == 0 || to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

async fn hold(mut client: TcpStream) {
    continue_reading(&mut client).await;
}

/// Until the other side has enough of it.
async fn continue_reading(from: &mut (impl AsyncRead + Unpin)) {
    let mut buffer = [0; 16 << 10];
    while from.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
}
