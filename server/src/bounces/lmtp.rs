//! The listener to which a mail server hands over what comes back: LMTP (RFC 2033), which is SMTP without a queue on this side.
//!
//! It takes what is for a return path of ours, and refuses everything else before it hears of it. Whoever speaks to it is
//! not asked who they are: the return path says as much as is needed.

use std::{io, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::timeout,
};

use super::Bounces;
use crate::{mail::report::LARGEST, store::ProofId};

/// How many mail servers are listened to at once.
const CONNECTIONS: usize = 16;
/// How long a client may take for a command, and for a whole message (RFC 5321 §4.5.3.2.7).
const PATIENCE: Duration = Duration::from_secs(300);
/// The longest command, in bytes: with room for what extensions add.
const COMMAND: u64 = 2_048;
/// How much of a message is read at once at most.
const PIECE: u64 = 8_192;
/// How many return paths one message may come to.
const RECIPIENTS: usize = 100;
/// How many commands in a row may make no sense.
const NONSENSE: u32 = 10;

/// Serves until `stop` resolves. What is under way then comes again: no harm is done by what comes twice.
pub async fn serve(listener: TcpListener, bounces: Bounces, stop: impl Future<Output = ()>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut conversations = JoinSet::new();
    tokio::pin!(stop);
    loop {
        let stream = tokio::select! {
            () = &mut stop => return,
            _ = conversations.join_next(), if !conversations.is_empty() => continue,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                // The client is gone again, or there are no descriptors left: neither ends the listener.
                Err(_) => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        let (room, bounces) = (room.clone(), bounces.clone());
        conversations.spawn(async move {
            let Ok(_place) = room.try_acquire() else { return send_away(stream).await };
            // A client that is gone has nobody to be told.
            _ = Conversation::new(stream, bounces).run().await;
        });
    }
}

async fn send_away(mut stream: TcpStream) {
    _ = timeout(Duration::from_secs(1), stream.write_all(b"421 4.3.2 too many connections, try again later\r\n")).await;
}

struct Conversation<S> {
    stream: BufReader<S>,
    bounces: Bounces,
    greeted: bool,
    begun: bool,
    recipients: Vec<ProofId>,
}

/// What comes next.
enum Next {
    /// An answer to a command.
    Say(String),
    /// An answer to what is none.
    Wrong(&'static str),
    /// A message.
    Listen,
    /// The end.
    Part,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Conversation<S> {
    fn new(stream: S, bounces: Bounces) -> Self {
        Self { stream: BufReader::new(stream), bounces, greeted: false, begun: false, recipients: Vec::new() }
    }

    async fn run(mut self) -> io::Result<()> {
        self.say("220 Flowthrough takes mails that come back (LMTP)").await?;
        let mut nonsense = 0;
        loop {
            let Some(command) = in_time(self.command()).await? else {
                return self.say("421 4.7.0 that was no command").await;
            };
            match self.answer(&command) {
                Next::Say(answer) => {
                    nonsense = 0;
                    self.say(&answer).await?;
                }
                Next::Wrong(_) if nonsense == NONSENSE => return self.say("421 4.7.0 enough of that").await,
                Next::Wrong(answer) => {
                    nonsense += 1;
                    self.say(answer).await?;
                }
                Next::Listen => {
                    self.say("354 go ahead").await?;
                    let message = in_time(self.message()).await?;
                    self.take(message).await?;
                }
                Next::Part => return self.say("221 2.0.0 bye").await,
            }
        }
    }

    fn answer(&mut self, command: &str) -> Next {
        let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
        match verb.to_ascii_uppercase().as_str() {
            "LHLO" => {
                (self.greeted, self.begun) = (true, false);
                self.recipients.clear();
                let extensions = ["PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8"];
                let offers = extensions.iter().map(|extension| format!("250-{extension}\r\n")).collect::<String>();
                Next::Say(format!("250-flowthrough\r\n{offers}250 SIZE {LARGEST}"))
            }
            "HELO" | "EHLO" => Next::Wrong("500 5.5.1 this is LMTP: LHLO"),
            "MAIL" => self.begin(rest),
            "RCPT" => self.recipient(rest),
            "DATA" if self.recipients.is_empty() => Next::Wrong("503 5.5.1 for whom?"),
            "DATA" => Next::Listen,
            "RSET" => {
                self.begun = false;
                self.recipients.clear();
                Next::Say("250 2.0.0 forgotten".to_owned())
            }
            "NOOP" => Next::Say("250 2.0.0 fine".to_owned()),
            "VRFY" => Next::Say("252 2.5.1 try".to_owned()),
            "QUIT" => Next::Part,
            _ => Next::Wrong("500 5.5.1 unknown command"),
        }
    }

    /// From whom it is says nothing: a bounce has no sender, and others may have any.
    fn begin(&mut self, rest: &str) -> Next {
        let Some((_, parameters)) = path(rest, "FROM:") else { return Next::Wrong("501 5.5.4 MAIL FROM:<>") };
        if !self.greeted || self.begun {
            return Next::Wrong("503 5.5.1 not now");
        }
        let size = parameters.split_whitespace().find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.eq_ignore_ascii_case("SIZE").then(|| value.parse::<usize>().ok())?
        });
        if size.is_some_and(|size| size > LARGEST) {
            return Next::Say("552 5.3.4 too large".to_owned());
        }
        self.begun = true;
        Next::Say("250 2.1.0 ok".to_owned())
    }

    fn recipient(&mut self, rest: &str) -> Next {
        let Some((recipient, _)) = path(rest, "TO:") else { return Next::Wrong("501 5.5.4 RCPT TO:<…>") };
        if !self.begun {
            return Next::Wrong("503 5.5.1 MAIL first");
        }
        if self.recipients.len() == RECIPIENTS {
            return Next::Say("452 4.5.3 too many recipients".to_owned());
        }
        let Some(request) = self.bounces.request(recipient) else {
            return Next::Say("550 5.1.1 no mail of ours has this return path".to_owned());
        };
        self.recipients.push(request);
        Next::Say("250 2.1.5 ok".to_owned())
    }

    /// Answers for each recipient, as LMTP wants it.
    async fn take(&mut self, message: Option<Vec<u8>>) -> io::Result<()> {
        self.begun = false;
        for request in std::mem::take(&mut self.recipients) {
            let answer = match &message {
                None => "552 5.3.4 too large",
                Some(message) => match self.bounces.take(request, message).await {
                    Ok(_) => "250 2.0.0 taken",
                    Err(error) => {
                        tracing::debug!(proof = %request, %error, "a report could not be noted");
                        "451 4.3.0 not now, try again later"
                    }
                },
            };
            self.say(answer).await?;
        }
        Ok(())
    }

    /// The next command; nothing if it is too long or not text.
    async fn command(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        (&mut self.stream).take(COMMAND).read_until(b'\n', &mut line).await?;
        if line.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let is_whole = line.ends_with(b"\n");
        Ok(String::from_utf8(line).ok().filter(|_| is_whole).map(|line| line.trim_end().to_owned()))
    }

    /// The message; nothing if it is too large. Only a full stop between whole line ends ends it.
    async fn message(&mut self) -> io::Result<Option<Vec<u8>>> {
        let (mut message, mut fits) = (Vec::new(), true);
        let (mut piece, mut begins_line) = (Vec::new(), true);
        loop {
            piece.clear();
            (&mut self.stream).take(PIECE).read_until(b'\n', &mut piece).await?;
            if piece.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if begins_line && piece == b".\r\n" {
                return Ok(fits.then_some(message));
            }
            let text = if begins_line { piece.strip_prefix(b".").unwrap_or(&piece) } else { &piece };
            fits = fits && message.len() + text.len() <= LARGEST;
            if fits {
                message.extend_from_slice(text);
            }
            begins_line = piece.ends_with(b"\r\n");
        }
    }

    async fn say(&mut self, answer: &str) -> io::Result<()> {
        in_time(async {
            self.stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
            self.stream.flush().await
        })
        .await
    }
}

/// What stands between angle brackets behind `FROM:` or `TO:`, and what follows.
fn path<'a>(rest: &'a str, keyword: &str) -> Option<(&'a str, &'a str)> {
    let (given, rest) = rest.trim_start().split_at_checked(keyword.len())?;
    let rest = given.eq_ignore_ascii_case(keyword).then(|| rest.trim_start().strip_prefix('<'))??;
    rest.split_once('>')
}

async fn in_time<T>(step: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(PATIENCE, step).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}
