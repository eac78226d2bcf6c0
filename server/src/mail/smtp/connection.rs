//! A connection to a mail server. Commands go out as lettre writes them; the replies are read here, because lettre says
//! nothing of one that it cannot read, not even its digits.

use std::{fmt::Display, io};

use domain::Fault;
use futures::FutureExt as _;
use lettre::transport::smtp::{
    authentication::{Credentials, Mechanism},
    commands::{Auth, Data, Ehlo, Noop, Quit, Starttls},
    extension::{ClientId, Extension, ServerInfo},
    response::{Category, Code, Detail, Response, Severity},
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt, BufStream},
    net::TcpStream,
    task::yield_now,
};

use super::{
    reply::Reply,
    tls::{Stream, Tls},
};

/// Why a conversation came to no good end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    /// The server said no.
    #[error("{} {}", .0.code, .0.text())]
    Refused(Reply),
    /// It said something that is no reply. What it says next may belong to that, so the connection is of no use any more.
    #[error("the mail server's answer is no reply of SMTP")]
    Garbled,
    /// The connection was lost, or never came about.
    #[error(transparent)]
    Lost(#[from] io::Error),
    /// The message is larger than the server takes, as it says itself.
    #[error("the message is larger than the mail server takes (SIZE)")]
    TooLarge,
    /// The server lacks what we need.
    #[error("{1}")]
    Lacking(Fault, &'static str),
}

/// A connection that has been greeted.
pub(super) struct Connection {
    stream: BufStream<Box<dyn Stream>>,
    server: ServerInfo,
    /// The most bytes of a message, if the server has said so (RFC 1870).
    largest: Option<usize>,
}

impl Connection {
    /// Connects and says who we are; encrypted from the first byte if there is a way given to do so.
    pub(super) async fn open(server: (&str, u16), tls: Option<&Tls>, hello: &ClientId) -> Result<Self, Broken> {
        let stream = TcpStream::connect(server).await?;
        // Each write is whole, and the end of a message is a small one that would wait for the rest to be acknowledged.
        stream.set_nodelay(true)?;
        let stream: Box<dyn Stream> = Box::new(stream);
        let stream = match tls {
            Some(tls) => Box::new(tls.wrap(stream).await?),
            None => stream,
        };
        let mut connection = Self::over(stream);
        connection.reply().await?;
        connection.greet(hello).await?;
        Ok(connection)
    }

    fn over(stream: Box<dyn Stream>) -> Self {
        Self { stream: BufStream::new(stream), server: ServerInfo::default(), largest: None }
    }

    /// Encrypts the connection (RFC 3207). Whatever came before it is encrypted is forgotten: anybody may have put it in.
    pub(super) async fn encrypt(mut self, tls: &Tls, hello: &ClientId) -> Result<Self, Broken> {
        if !self.offers(Extension::StartTls) {
            return Err(Broken::Lacking(Fault::MailUnavailable, "STARTTLS is not supported on this server"));
        }
        self.ask(Starttls).await?;
        let stream = tls.wrap(self.stream.into_inner()).await?;
        let mut connection = Self::over(Box::new(stream));
        connection.greet(hello).await?;
        Ok(connection)
    }

    /// RFC 4954.
    pub(super) async fn authenticate(&mut self, credentials: &Credentials) -> Result<(), Broken> {
        let unknown = "the mail server wants other credentials than a user's name and password";
        let lacking = || Broken::Lacking(Fault::MailUnauthorized, unknown);
        let mechanism = self.server.get_auth_mechanism(&[Mechanism::Plain, Mechanism::Login]).ok_or_else(lacking)?;
        let mut command = Auth::new(mechanism, credentials.clone(), None).map_err(|_| lacking())?;
        // LOGIN asks twice.
        for _ in 0..3 {
            let reply = self.ask(command).await?;
            if !reply.wants_more() {
                return Ok(());
            }
            let code = Code::new(Severity::PositiveIntermediate, Category::Unspecified3, Detail::Four);
            let challenge = Response::new(code, reply.lines);
            command = Auth::new_from_response(mechanism, credentials.clone(), &challenge).map_err(|_| lacking())?;
        }
        Err(lacking())
    }

    /// Whether the server has said that it knows of this.
    pub(super) fn offers(&self, extension: Extension) -> bool {
        self.server.supports_feature(extension)
    }

    /// Whether a message of so many bytes is one that the server might take. A limit of 0 is none.
    pub(super) fn may_take(&self, bytes: usize) -> bool {
        self.largest.is_none_or(|largest| largest == 0 || bytes <= largest)
    }

    /// Gives a command that is done or refused.
    pub(super) async fn command(&mut self, command: impl Display) -> Result<Reply, Broken> {
        self.write(command.to_string().as_bytes()).await?;
        self.done().await
    }

    /// Gives a command to which more belongs; returns the reply unless it is no.
    pub(super) async fn ask(&mut self, command: impl Display) -> Result<Reply, Broken> {
        self.write(command.to_string().as_bytes()).await?;
        self.reply().await
    }

    /// Asks whether the message may come. A server that does not say so would take its lines for commands.
    pub(super) async fn data(&mut self) -> Result<(), Broken> {
        if self.ask(Data).await?.wants_more() { Ok(()) } else { Err(Broken::Garbled) }
    }

    /// The message itself, once the server is ready for it, and not yet its end. No line of it ends it (RFC 5321 §4.5.2).
    pub(super) async fn message(&mut self, message: &[u8]) -> Result<(), Broken> {
        let mut sent = Vec::with_capacity(message.len() + 64);
        for line in message.split_inclusive(|byte| *byte == b'\n') {
            if line.starts_with(b".") {
                sent.push(b'.');
            }
            sent.extend_from_slice(line);
        }
        if !sent.ends_with(b"\r\n") {
            sent.extend_from_slice(b"\r\n");
        }
        self.write(&sent).await?;
        self.still_listens().await
    }

    /// Fails if the server has hung up, or has said something before it had the message: then it has not taken it.
    async fn still_listens(&mut self) -> Result<(), Broken> {
        // What has come in meanwhile is seen once the runtime has looked.
        yield_now().await;
        match self.stream.fill_buf().now_or_never().map(|read| read.map(<[u8]>::is_empty)).transpose()? {
            None => Ok(()),
            Some(true) => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            Some(false) => self.reply().await.and(Err(Broken::Garbled)),
        }
    }

    /// Ends the message. If this fails, the server has not got the end of it.
    pub(super) async fn end_message(&mut self) -> Result<(), Broken> {
        Ok(self.write(b".\r\n").await?)
    }

    /// Whether the server is still there.
    pub(super) async fn works(&mut self) -> bool {
        self.command(Noop).await.is_ok()
    }

    /// Says good-bye.
    pub(super) async fn end(mut self) {
        let _ = self.command(Quit).await;
        let _ = self.stream.shutdown().await;
    }

    async fn greet(&mut self, hello: &ClientId) -> Result<(), Broken> {
        let reply = self.command(Ehlo::new(hello.clone())).await?;
        // In the first line is the server's name, which nobody needs and some do not give.
        let keywords = reply.lines.iter().skip(1).map(|line| line.to_ascii_uppercase());
        let lines: Vec<_> = ["-".to_owned()].into_iter().chain(keywords).collect();
        self.largest = lines.iter().find_map(|line| line.strip_prefix("SIZE ")?.trim().parse().ok());
        let code = Code::new(Severity::PositiveCompletion, Category::MailSystem, Detail::Zero);
        self.server = ServerInfo::from_response(&Response::new(code, lines)).unwrap_or_default();
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// That what it was sent is done. What is neither that nor no belongs to something else: nobody knows what came of it.
    pub(super) async fn done(&mut self) -> Result<Reply, Broken> {
        let reply = self.reply().await?;
        if reply.is_done() { Ok(reply) } else { Err(Broken::Garbled) }
    }

    /// What the server says to what it was sent, unless it is no.
    pub(super) async fn reply(&mut self) -> Result<Reply, Broken> {
        let reply = Reply::read(&mut self.stream).await?;
        if reply.is_positive() { Ok(reply) } else { Err(Broken::Refused(reply)) }
    }
}
