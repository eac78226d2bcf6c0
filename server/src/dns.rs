//! Questions to a name server, for whoever has to know what a domain says of its mails. A caller decides what an answer means;
//! nothing is kept.

use std::{fs, io, net::SocketAddr, time::Duration};

use simple_dns::{
    CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, Question, RCODE, TYPE,
    rdata::{MX, RData},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, UdpSocket},
    time::timeout,
};

use crate::environment::Environment;

/// Where systems name their name servers.
const SYSTEMS: &str = "/etc/resolv.conf";
/// Where a name server listens, unless it is said.
pub const PORT: u16 = 53;
/// How long one question may take, and how often it is asked: what is sent by UDP may be lost.
const PATIENCE: Duration = Duration::from_secs(2);
const TRIES: usize = 2;
/// The longest answer by UDP (RFC 1035 §4.2.1): we promise no more.
const DATAGRAM: usize = 512;

/// A name server. Cheap to clone.
#[derive(Clone)]
pub struct Dns {
    server: SocketAddr,
    environment: Environment,
}

/// Why nobody knows what a domain says. One that says nothing is no such case: the answer is empty.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// It did not come in time, or the connection broke.
    #[error("the name server does not answer: {0}")]
    Silent(#[from] io::Error),
    /// It said that it cannot answer.
    #[error("the name server says {0:?}")]
    Refused(RCODE),
    /// It said something else, or there is no such name.
    #[error("the name or the name server's answer cannot be read")]
    Unreadable,
}

impl From<simple_dns::SimpleDnsError> for LookupError {
    fn from(_: simple_dns::SimpleDnsError) -> Self {
        Self::Unreadable
    }
}

/// A mail server of a domain (MX).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Its name; empty where a domain says that it takes no mail (RFC 7505).
    pub host: String,
}

impl Dns {
    /// This name server; the environment numbers the questions.
    #[must_use]
    pub fn of(server: SocketAddr, environment: &Environment) -> Self {
        Self { server, environment: environment.clone() }
    }

    /// The name server that is set, or else the system's; none, if there is neither.
    #[must_use]
    pub fn set(server: Option<SocketAddr>, environment: &Environment) -> Option<Self> {
        server.map(|server| Self::of(server, environment)).or_else(|| Self::of_the_system(environment))
    }

    /// The first name server that the system uses; none, if it names none.
    fn of_the_system(environment: &Environment) -> Option<Self> {
        first_of(&fs::read_to_string(SYSTEMS).ok()?).map(|server| Self::of(server, environment))
    }

    /// The texts at a name, each put together of its parts (RFC 7208 §3.3). What is no text is left out.
    ///
    /// # Errors
    /// [`LookupError`]
    pub async fn texts(&self, name: &str) -> Result<Vec<String>, LookupError> {
        let text = |data: &RData<'_>| match data {
            RData::TXT(text) => String::try_from(text.clone()).ok(),
            _ => None,
        };
        self.ask(name, TYPE::TXT, text).await
    }

    /// The mail servers of a domain.
    ///
    /// # Errors
    /// [`LookupError`]
    pub async fn exchanges(&self, name: &str) -> Result<Vec<Exchange>, LookupError> {
        let exchange = |data: &RData<'_>| match data {
            RData::MX(MX { exchange, .. }) => {
                Some(Exchange { host: exchange.to_string().trim_end_matches('.').to_owned() })
            }
            _ => None,
        };
        self.ask(name, TYPE::MX, exchange).await
    }

    /// Whether a name leads to a machine.
    ///
    /// # Errors
    /// [`LookupError`]
    pub async fn is_a_machine(&self, name: &str) -> Result<bool, LookupError> {
        let address = |data: &RData<'_>| matches!(data, RData::A(_) | RData::AAAA(_)).then_some(());
        for kind in [TYPE::A, TYPE::AAAA] {
            if !self.ask(name, kind, address).await?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a domain takes mail: it names a mail server, or is a machine itself (RFC 5321, section 5.1), and does not say that it
    /// takes none (RFC 7505).
    ///
    /// # Errors
    /// [`LookupError`]
    pub async fn takes_mail(&self, domain: &str) -> Result<bool, LookupError> {
        let exchanges = self.exchanges(domain).await?;
        if exchanges.is_empty() {
            return self.is_a_machine(domain).await;
        }
        Ok(exchanges.iter().any(|exchange| !exchange.host.is_empty()))
    }

    /// Asks for records of a kind; `read` takes what it is about out of each.
    async fn ask<T>(
        &self,
        name: &str,
        kind: TYPE,
        read: impl Fn(&RData<'_>) -> Option<T>,
    ) -> Result<Vec<T>, LookupError> {
        let [.., high, low] = self.environment.id().into_bytes();
        let id = u16::from_be_bytes([high, low]);
        let mut question = Packet::new_query(id);
        question.set_flags(PacketFlag::RECURSION_DESIRED);
        let name = Name::new(name.trim_end_matches('.'))?;
        question.questions.push(Question::new(name.clone(), QTYPE::TYPE(kind), QCLASS::CLASS(CLASS::IN), false));
        let question = question.build_bytes_vec()?;
        let mut bytes = self.by_udp(id, &name, &question).await?;
        if Packet::parse(&bytes)?.has_flags(PacketFlag::TRUNCATION) {
            bytes = timeout(PATIENCE, self.by_tcp(&question)).await.map_err(io::Error::from)??;
        }
        let answer = Packet::parse(&bytes)?;
        if !is_answer_to(&answer, id, &name) {
            return Err(LookupError::Unreadable);
        }
        match answer.rcode() {
            RCODE::NoError => Ok(answer.answers.iter().filter_map(|record| read(&record.rdata)).collect()),
            RCODE::NameError => Ok(Vec::new()),
            other => Err(LookupError::Refused(other)),
        }
    }

    async fn by_udp(&self, id: u16, name: &Name<'_>, question: &[u8]) -> Result<Vec<u8>, LookupError> {
        let any = if self.server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let mut last = LookupError::Unreadable;
        for _ in 0..TRIES {
            // A port of its own for each question: nobody else knows where the answer is awaited.
            let socket = UdpSocket::bind(any).await?;
            socket.connect(self.server).await?;
            let heard = async {
                socket.send(question).await?;
                let mut answer = vec![0; DATAGRAM];
                loop {
                    let length = socket.recv(&mut answer).await?;
                    // Anything else is somebody else's.
                    if Packet::parse(&answer[..length]).is_ok_and(|packet| is_answer_to(&packet, id, name)) {
                        return Ok::<_, io::Error>(answer[..length].to_vec());
                    }
                }
            };
            match timeout(PATIENCE, heard).await.map_err(io::Error::from) {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) | Err(error) => last = LookupError::Silent(error),
            }
        }
        Err(last)
    }

    async fn by_tcp(&self, question: &[u8]) -> Result<Vec<u8>, LookupError> {
        let length = u16::try_from(question.len()).map_err(|_| LookupError::Unreadable)?;
        let mut stream = TcpStream::connect(self.server).await?;
        stream.write_all(&[&length.to_be_bytes(), question].concat()).await?;
        let mut answer = vec![0; stream.read_u16().await?.into()];
        stream.read_exact(&mut answer).await?;
        Ok(answer)
    }
}

/// Whether this is the answer to what was asked.
fn is_answer_to(packet: &Packet<'_>, id: u16, name: &Name<'_>) -> bool {
    let same = |question: &Question<'_>| question.qname.to_string().eq_ignore_ascii_case(&name.to_string());
    packet.id() == id && packet.has_flags(PacketFlag::RESPONSE) && packet.questions.iter().all(same)
}

/// The first name server in a file as resolv.conf(5).
fn first_of(text: &str) -> Option<SocketAddr> {
    let servers = text.lines().filter_map(|line| line.trim().strip_prefix("nameserver")?.trim().parse().ok());
    servers.map(|address| SocketAddr::new(address, PORT)).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_first_name_server_is_taken() {
        let file =
            "# comment\nsearch example.com\nnameserver fe80::1%eth0\nnameserver 192.0.2.1\nnameserver 192.0.2.2\n";
        assert_eq!(first_of(file), Some("192.0.2.1:53".parse().unwrap()));
        assert_eq!(first_of("nameserver ::1"), Some("[::1]:53".parse().unwrap()));
        assert_eq!(first_of("search example.com"), None);
    }
}
