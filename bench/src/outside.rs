//! What stands around the server: a BroadWorks that knows everybody, and a mail server that reads what it is given.

use std::{cell::RefCell, collections::HashMap, rc::Rc, time::Instant};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::spawn_local,
};

/// Serves Xsi-Actions: whoever is asked about is a user of one of a hundred customers, whatever the password. Returns the address.
pub async fn broadworks() -> String {
    let (listener, address) = listen().await;
    spawn_local(async move {
        while let Ok((stream, _)) = listener.accept().await {
            spawn_local(profiles(stream));
        }
    });
    format!("http://{address}")
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("a port").to_string();
    (listener, address)
}

/// Answers the requests of one connection, which have no body.
async fn profiles(stream: TcpStream) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let (mut path, mut line) = (String::new(), String::new());
        while line != "\r\n" {
            if path.is_empty() {
                path.clone_from(&line);
            }
            line.clear();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
        }
        let id = path.split("/user/").nth(1)?.split('/').next()?;
        let id = percent_encoding::percent_decode_str(id).decode_utf8_lossy();
        // By the last digits of the number in the id.
        let digits: String = id.chars().filter(char::is_ascii_digit).collect();
        let customer = &digits[digits.len().saturating_sub(2)..];
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Profile xmlns=\"http://schema.broadsoft.com/xsi\"><details>\
             <userId>{id}</userId><firstName>Ann</firstName><lastName>Lee</lastName><groupId>c{customer}</groupId>\
             <serviceProvider isEnterprise=\"false\">SP1</serviceProvider></details></Profile>"
        );
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/xml\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all((head + &body).as_bytes()).await.ok()?;
    }
}

/// What a mail asks its reader to do.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The path of the link.
    pub link: String,
    /// The code.
    pub code: String,
}

/// A mail server. Cheap to clone.
#[derive(Clone, Default)]
pub struct Mails(Rc<RefCell<Taken>>);

#[derive(Default)]
struct Taken {
    number: usize,
    last: Option<Instant>,
    waiting: HashMap<String, oneshot::Sender<Letter>>,
    letters: HashMap<String, Letter>,
}

impl Mails {
    /// Serves. Returns itself and the address.
    pub async fn serve() -> (Self, String) {
        let (mails, (listener, address)) = (Self::default(), listen().await);
        let taking = mails.clone();
        spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                spawn_local(taking.clone().converse(stream));
            }
        });
        (mails, format!("smtp://{address}?tls=none"))
    }

    /// How many mails were taken, and when the last one.
    pub fn taken(&self) -> (usize, Option<Instant>) {
        let taken = self.0.borrow();
        (taken.number, taken.last)
    }

    /// The mail to an address, now or when it comes.
    pub async fn to(&self, address: &str) -> Letter {
        if let Some(letter) = self.0.borrow_mut().letters.remove(address) {
            return letter;
        }
        let (tell, told) = oneshot::channel();
        self.0.borrow_mut().waiting.insert(address.to_owned(), tell);
        told.await.expect("a mail comes")
    }

    async fn converse(self, stream: TcpStream) -> Option<()> {
        stream.set_nodelay(true).ok()?;
        let mut stream = BufReader::new(stream);
        let (mut line, mut recipient) = (String::new(), String::new());
        let mut reply = "220 bench ESMTP";
        loop {
            stream.write_all(format!("{reply}\r\n").as_bytes()).await.ok()?;
            line.clear();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            reply = "250 OK";
            match line.get(..4)?.to_ascii_uppercase().as_str() {
                "RCPT" => recipient = line.split(['<', '>']).nth(1)?.to_owned(),
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await.ok()?;
                    let mut mail = Vec::new();
                    while !mail.ends_with(b"\r\n.\r\n") {
                        stream.read_until(b'\n', &mut mail).await.ok()?;
                    }
                    self.take(&recipient, &String::from_utf8_lossy(&mail));
                }
                "QUIT" => reply = "221 bye",
                _ => {}
            }
        }
    }

    /// Keeps what proves an address; other mails, such as the one that an account is ready, are only taken.
    fn take(&self, recipient: &str, mail: &str) {
        let text = mail.replace("=\r\n", "").replace("=3D", "=");
        let word = |is: &dyn Fn(&str) -> bool| text.split_whitespace().find(|word| is(word)).map(str::to_owned);
        let Some(link) = word(&|word| word.starts_with("http") && word.contains("/join/")) else { return };
        let code = word(&|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit())).expect("a code");
        let path = link.splitn(4, '/').nth(3).expect("a path");
        let letter = Letter { link: format!("/{path}"), code };
        let mut taken = self.0.borrow_mut();
        taken.number += 1;
        taken.last = Some(Instant::now());
        let waiting = taken.waiting.remove(recipient);
        if let Some(tell) = waiting {
            _ = tell.send(letter);
        } else {
            taken.letters.insert(recipient.to_owned(), letter);
        }
    }
}
