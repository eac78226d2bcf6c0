//! Mails that come back after the mail server took them: what users, administrators and clients learn of it.
//!
//! The mails go through a real mail server, which writes down their return path, and what comes back is handed over by a real
//! client of LMTP (Python's `smtplib`).

use std::{
    fs,
    future::pending,
    io::Write as _,
    net::SocketAddr,
    path::PathBuf,
    process::{Command, Output, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use app::portal::{MailState, PortalStep};
use async_trait::async_trait;
use domain::{
    EmailAddress, Fault, Mailing, filter,
    timestamp::{DAY, HOUR},
};
use server::{
    access::code_keys::CodeKeys,
    bounces::{Bounces, Taken, lmtp},
    condition::Condition,
    courier::{PostOffice, Sending},
    environment::Environment,
    live::{News, Topic},
    mail::{Hello, ReturnAddress, ReturnPaths, Transport},
    provisioning::worker::{Courier, Letter, Undelivered, Worker},
    store::{
        SubscriberId, Window, proof,
        subscriber::{self, Filter},
    },
    targets::{Refusal, directory},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::spawn_blocking,
};
use uuid::Uuid;

use crate::support::{BroadWorks, Installation, MailServer, PUBLIC_URL, World, client_app, for_each_database, python};

/// A client of LMTP; prints the code of the answer.
const CLIENT: &str = "import smtplib, sys
port, recipient = sys.argv[1:]
with smtplib.LMTP('127.0.0.1', int(port)) as client:
    try:
        client.sendmail('', [recipient], sys.stdin.buffer.read())
        print(250)
    except smtplib.SMTPRecipientsRefused as refused:
        print(refused.recipients[recipient][0])
    except smtplib.SMTPResponseException as refused:
        print(refused.smtp_code)";

fn paths(keys: &CodeKeys) -> ReturnPaths {
    ReturnPaths::new(ReturnAddress::parse("bounces@flowthrough.example").unwrap(), keys.clone()).unwrap()
}

fn bounces(world: &World) -> Bounces {
    Bounces::new(world.store.clone(), world.environment.clone(), paths(&world.code_keys))
}

fn post_office(world: &World, server: &MailServer) -> PostOffice {
    let sending = Sending {
        transport: Transport::smtp(&server.url, Hello::of_url(PUBLIC_URL), Duration::from_secs(10)).unwrap(),
        from: EmailAddress::parse("activation@flowthrough.example").unwrap(),
    };
    PostOffice::new(sending, client_app(), PUBLIC_URL, &world.environment)
        .with_return_paths(Some(paths(&world.code_keys)))
}

fn worker(world: &World, server: &MailServer) -> Worker {
    world.worker_with(directory::NAME, world.target.clone(), Arc::new(post_office(world, server)))
}

async fn listener(bounces: Bounces) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(lmtp::serve(listener, bounces, pending()));
    address
}

/// Hands a message over; answers the code that the listener said.
async fn deliver(python: PathBuf, to: SocketAddr, return_path: String, message: String) -> String {
    let client = move || {
        let mut client = Command::new(python.join("python"));
        client.args(["-c", CLIENT]).arg(to.port().to_string()).arg(return_path);
        let pipes = client.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut client = pipes.spawn().unwrap();
        client.stdin.take().unwrap().write_all(message.as_bytes()).unwrap();
        client.wait_with_output().unwrap()
    };
    let Output { status, stdout, stderr } = spawn_blocking(client).await.unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap().trim().to_owned()
}

/// A notification. It names somebody else: nobody believes it.
fn notification(action: &str, status: &str, diagnostic: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example\r\nTo: somebody.else@flowthrough.example\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; somebody.else@acme.example\r\nAction: {action}\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; {diagnostic}\r\n--b--\r\n"
    )
}

/// Where the newest mail to an address comes back to.
fn return_path(server: &MailServer, address: &str) -> String {
    let newest = server.mails(address).len();
    let mail = fs::read_to_string(server.file(address, newest)).unwrap();
    let (_, path) = mail.lines().next().unwrap().split_once("Return-Path: <").expect("the mail server writes it first");
    path.trim_end_matches('>').to_owned()
}

async fn mailing(world: &World, user: SubscriberId) -> Mailing {
    proof::newest(world.store.read(), user).await.unwrap().unwrap().mailing
}

async fn listed(world: &World, text: &str) -> Vec<SubscriberId> {
    let wanted = filter::Filter::parse(text).unwrap();
    let filter = Filter { wanted, now: world.environment.now(), ..Filter::default() };
    let window = Window { after: None, skip: None, most: 50 };
    let page = subscriber::newest_first(world.store.read(), world.tenant, &filter, window).await.unwrap();
    page.rows.into_iter().map(|user| user.id).collect()
}

#[test]
fn a_mail_that_comes_back_is_seen_at_once_and_another_address_helps() {
    for_each_database(async |world: World| {
        let (Some(server), Some(python)) = (MailServer::find(), python()) else { return };
        let broadworks = BroadWorks::start().await;
        broadworks.put("1@sp.com", "Ann");
        let (worker, template) = (worker(&world, &server), world.open_template(&broadworks, |_| ()).await);
        let user = world.arrive(&template, "1@sp.com", None).await.id;
        let mut person = world.person(&template);
        person.sign_in("1@sp.com", "secret").await.unwrap();
        let (typo, address) = (server.address("typo"), server.address("ann"));
        person.enter_address(&typo).await.unwrap();
        worker.drain().await.unwrap();
        assert_eq!(mailing(&world, user).await, Mailing::Sent);

        let mut page = world.live.listen(Topic::Subscriber(user));
        let (at, path) = (listener(bounces(&world)).await, return_path(&server, &typo));
        let local = typo.split('@').next().unwrap();
        let report = notification("failed", "5.1.1", &format!("550 5.1.1 <{typo}>: {local} is nobody here"));
        assert_eq!(deliver(python.clone(), at, path.clone(), report.clone()).await, "250");
        assert!(
            matches!(page.recv().await, Ok(News::Changed(change)) if change.subscriber == user),
            "the page hears of it"
        );
        let PortalStep::Proof { mail, resend_in, .. } = person.step().await else { panic!("not the mail's page") };
        assert_eq!((mail, resend_in), (MailState::Refused(Fault::MailboxUnknown), 0));
        let found = world.find(user).await.unwrap();
        assert_eq!(found.status, "pending_email_validation");
        assert_eq!(found.fault_detail.as_deref(), Some("550 5.1.1 … … is nobody here"));
        assert_eq!(mailing(&world, user).await, Mailing::Bounced);
        assert_eq!(
            (listed(&world, "mail:bounced").await, listed(&world, "mail:refused,sent").await),
            (vec![user], vec![])
        );
        assert_eq!(listed(&world, "code:42001").await, [user]);
        let told = ["arrived", "address_entered", "mail_sent", "mail_bounced"];
        assert_eq!(world.history(user).await, told);

        // Twice is once.
        assert_eq!(deliver(python.clone(), at, path.clone(), report.clone()).await, "250");
        assert_eq!(world.history(user).await, told);

        person.enter_address(&address).await.unwrap();
        worker.drain().await.unwrap();
        assert_eq!(mailing(&world, user).await, Mailing::Sent);
        // That the first one came back is of no concern any more.
        assert_eq!(deliver(python.clone(), at, path, report.clone()).await, "250");
        assert_eq!((mailing(&world, user).await, world.find(user).await.unwrap().mail_refused), (Mailing::Sent, false));
        let mail = server.mails(&address).remove(0);
        let token = mail.split_once("/join/").unwrap().1.split_whitespace().next().unwrap().to_owned();
        world.prove_by_link(&token).await.unwrap();
        worker.drain().await.unwrap();
        // Nor that a proven one does.
        let late = return_path(&server, &address);
        assert_eq!(deliver(python, at, late, report).await, "250");
        assert_eq!(
            (world.status(user).await.as_str(), world.find(user).await.unwrap().mail_refused),
            ("provisioned", false)
        );
        assert_eq!(world.history(user).await.last().unwrap(), "account_created");
    });
}

#[test]
fn a_receiving_side_that_asks_to_wait_is_waited_for() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let (worker, template) = (worker(&world, &server), world.template(|_| ()).await);
        let address = server.address("ann");
        let user = world.arrive(&template, "1@sp.com", Some(&address)).await.id;
        worker.drain().await.unwrap();
        let bounces = bounces(&world);
        let request = bounces.request(&return_path(&server, &address)).unwrap();
        let report = async |action: &'static str, status: &'static str, said: &'static str| {
            bounces.take(request, notification(action, status, said).as_bytes()).await.unwrap()
        };
        assert_eq!(report("delayed", "4.2.0", "450 4.2.0 Greylisted").await, Taken::Delayed);
        assert_eq!(report("delayed", "4.2.0", "450 4.2.0 Greylisted").await, Taken::Late);
        let found = world.find(user).await.unwrap();
        assert!(!found.mail_refused);
        assert_eq!(found.setback, Some(42013));
        assert_eq!((mailing(&world, user).await, listed(&world, "mail:sent").await), (Mailing::Delayed, vec![user]));
        assert_eq!(report("delivered", "2.0.0", "250 2.0.0 ok").await, Taken::Delivered);
        let found = world.find(user).await.unwrap();
        assert_eq!((mailing(&world, user).await, found.setback), (Mailing::Sent, None));
        assert_eq!(report("failed", "4.4.7", "451 4.4.7 delivery time expired").await, Taken::Bounced);
        assert_eq!(world.find(user).await.unwrap().mail_fault, Some(42014));
        assert_eq!(report("delivered", "2.0.0", "250 2.0.0 ok").await, Taken::Late, "it came back");
        let told = ["arrived", "mail_sent", "mail_delayed", "mail_sent", "mail_bounced"];
        assert_eq!(world.history(user).await, told);
        assert_eq!(
            bounces.take(request, b"From: ann@acme.example\r\n\r\nI am on holiday.").await.unwrap(),
            Taken::NoReport
        );
    });
}

/// A courier of whose mails the mail server reports this before the courier has said that they left, and what was made of it.
struct Hasty {
    office: PostOffice,
    bounces: Bounces,
    report: String,
    taken: Arc<Mutex<Option<Taken>>>,
}

#[async_trait]
impl Courier for Hasty {
    fn replaces(&self) -> bool {
        self.office.replaces()
    }

    async fn ready(&self) -> Result<(), Refusal> {
        self.office.ready().await
    }

    async fn send_proof(&self, letter: Letter) -> Result<(), Undelivered> {
        let request = letter.proof.id;
        self.office.send_proof(letter).await?;
        let taken = self.bounces.take(request, self.report.as_bytes()).await.unwrap();
        *self.taken.lock().unwrap() = Some(taken);
        Ok(())
    }
}

/// Sends a mail of which that is reported, and answers to whom.
async fn reported_at_once(world: &World, server: &MailServer, report: String, expected: Taken) -> SubscriberId {
    let (office, taken) = (post_office(world, server), Arc::<Mutex<Option<Taken>>>::default());
    let courier = Hasty { office, bounces: bounces(world), report, taken: taken.clone() };
    let worker = world.worker_with(directory::NAME, world.target.clone(), Arc::new(courier));
    let template = world.template(|_| ()).await;
    let user = world.arrive(&template, "1@sp.com", Some(&server.address("typo"))).await.id;
    worker.drain().await.unwrap();
    assert_eq!(*taken.lock().unwrap(), Some(expected));
    assert!(world.tasks().await.is_empty());
    user
}

#[test]
fn a_mail_that_comes_back_before_the_server_has_noted_that_it_left_has_come_back() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let report = notification("failed", "5.1.1", "550 5.1.1 nobody");
        let user = reported_at_once(&world, &server, report, Taken::Bounced).await;
        assert_eq!(mailing(&world, user).await, Mailing::Bounced);
        assert!(world.find(user).await.unwrap().mail_refused);
        assert_eq!(world.history(user).await, ["arrived", "mail_bounced"]);
    });
}

#[test]
fn a_mail_that_comes_back_for_what_we_are_before_it_was_noted_that_it_left_waits_all_the_same() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let (office, taken) = (post_office(&world, &server), Arc::<Mutex<Option<Taken>>>::default());
        let report = notification("failed", "5.7.23", "550 5.7.23 SPF validation failed");
        let courier = Hasty { office, bounces: bounces(&world), report, taken: taken.clone() };
        let worker = world.worker_with(directory::NAME, world.target.clone(), Arc::new(courier));
        let (template, address) = (world.template(|_| ()).await, server.address("typo"));
        let user = world.arrive(&template, "1@sp.com", Some(&address)).await.id;
        worker.drain().await.unwrap();
        assert_eq!(*taken.lock().unwrap(), Some(Taken::Bounced));
        assert_eq!((mailing(&world, user).await, server.mails(&address).len()), (Mailing::PutOff, 1));
        assert_eq!(world.find(user).await.unwrap().setback, Some(42010));
        world.clock.advance(HOUR);
        worker.drain().await.unwrap();
        assert_eq!(server.mails(&address).len(), 2);
    });
}

#[test]
fn a_mail_that_is_delivered_before_the_server_has_noted_that_it_left_was_sent_once() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let report = notification("delivered", "2.0.0", "250 2.0.0 ok");
        let user = reported_at_once(&world, &server, report, Taken::Late).await;
        assert_eq!(mailing(&world, user).await, Mailing::Sent);
        assert_eq!(world.history(user).await, ["arrived", "mail_sent"]);
    });
}

/// No address is to blame for it, and whoever runs the server can put it right meanwhile.
#[test]
fn a_mail_that_comes_back_for_what_we_are_is_the_operators_to_mend_and_sent_again_for_a_day() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let (worker, template) = (worker(&world, &server), world.template(|_| ()).await);
        for (number, status, said, code) in [
            (1, "5.7.23", "550 5.7.23 SPF validation failed", 42010),
            (2, "5.7.1", "554 5.7.1 Relay access denied", 42007),
            (3, "5.7.1", "550 5.7.1 Client host [192.0.2.1] blocked using zen.example", 42009),
        ] {
            let address = server.address("ann");
            let user = world.arrive(&template, &format!("{number}@sp.com"), Some(&address)).await.id;
            worker.drain().await.unwrap();
            let condition = Arc::new(Condition::new("mail", "delivery"));
            let bounces = bounces(&world).reporting(condition.clone());
            let come_back = async || {
                let request = bounces.request(&return_path(&server, &address)).unwrap();
                bounces.take(request, notification("failed", status, said).as_bytes()).await.unwrap()
            };
            assert_eq!((come_back().await, come_back().await), (Taken::Bounced, Taken::Late), "{said}");
            assert!(condition.fails_since().is_some(), "{said}");
            let found = world.find(user).await.unwrap();
            assert_eq!((found.mail_refused, found.mail_fault, found.setback), (false, None, Some(code)), "{said}");
            assert_eq!(mailing(&world, user).await, Mailing::PutOff);
            worker.drain().await.unwrap();
            assert_eq!(server.mails(&address).len(), 1, "not at once");

            world.clock.advance(HOUR);
            worker.drain().await.unwrap();
            assert_eq!((mailing(&world, user).await, server.mails(&address).len()), (Mailing::Sent, 2), "{said}");
            assert_eq!(world.find(user).await.unwrap().setback, None);
            let told = ["arrived", "mail_sent", "attempt_postponed", "mail_sent"];
            assert_eq!(world.history(user).await, told);

            // What nobody has put right in a day is given up.
            world.clock.advance(DAY);
            assert_eq!(come_back().await, Taken::Bounced, "{said}");
            assert_eq!(mailing(&world, user).await, Mailing::Bounced);
            assert_eq!(world.find(user).await.unwrap().mail_fault, Some(42014), "{said}");
        }
    });
}

#[test]
fn what_a_receiving_side_minds_about_an_address_is_no_operators_matter() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let (worker, template) = (worker(&world, &server), world.template(|_| ()).await);
        let address = server.address("ann");
        let user = world.arrive(&template, "1@sp.com", Some(&address)).await.id;
        worker.drain().await.unwrap();
        let condition = Arc::new(Condition::new("mail", "delivery"));
        let bounces = bounces(&world).reporting(condition.clone());
        let request = bounces.request(&return_path(&server, &address)).unwrap();
        bounces.take(request, notification("failed", "5.1.1", "550 5.1.1 nobody").as_bytes()).await.unwrap();
        assert_eq!(condition.fails_since(), None);
        assert_eq!(world.find(user).await.unwrap().mail_fault, Some(42001));
        assert_eq!(mailing(&world, user).await, Mailing::Bounced);
    });
}

#[test]
fn only_what_comes_to_a_return_path_of_ours_is_taken_in() {
    for_each_database(async |world: World| {
        let Some(python) = python() else { return };
        let (at, anybodys) = (listener(bounces(&world)).await, CodeKeys::parse(&"x".repeat(32)).unwrap());
        let forged = paths(&anybodys).of(Uuid::nil()).unwrap().as_str().to_owned();
        let report = notification("failed", "5.1.1", "550 5.1.1 nobody");
        for strange in [forged, "bounces@flowthrough.example".to_owned(), "ann@acme.example".to_owned()] {
            assert_eq!(deliver(python.clone(), at, strange, report.clone()).await, "550");
        }
        // Ours, of a mail of which nobody knows any more.
        let gone = paths(&world.code_keys).of(Uuid::nil()).unwrap().as_str().to_owned();
        assert_eq!(deliver(python.clone(), at, gone.clone(), report).await, "250");
        assert_eq!(deliver(python, at, gone, "x".repeat(1 << 20)).await, "552");
    });
}

/// Says something to the listener and answers what it says until it hangs up.
async fn said(to: SocketAddr, words: &[u8]) -> Vec<String> {
    let mut stream = TcpStream::connect(to).await.unwrap();
    stream.write_all(words).await.unwrap();
    let mut answers = Vec::new();
    stream.read_to_end(&mut answers).await.unwrap();
    String::from_utf8(answers).unwrap().lines().map(str::to_owned).collect()
}

fn codes(answers: &[String]) -> Vec<&str> {
    answers.iter().filter(|answer| answer.as_bytes()[3] == b' ').map(|answer| &answer[..3]).collect()
}

#[test]
fn the_listener_speaks_lmtp_and_hangs_up_on_whoever_does_not() {
    for_each_database(async |world: World| {
        let at = listener(bounces(&world)).await;
        let path = paths(&world.code_keys).of(Uuid::nil()).unwrap().as_str().to_owned();
        // All at once (PIPELINING); an answer for each recipient; a full stop doubled, and one that does not end it.
        let talk = format!(
            "LHLO mx.example\r\nNOOP\r\nVRFY ann\r\nDATA\r\nRCPT TO:<{path}>\r\n\
             mail from:<> size=100 body=8bitmime\r\nRCPT TO:<{path}>\r\nrcpt to: <{path}> notify=never\r\nRCPT TO:<x@y.z>\r\n\
             DATA\r\nSubject: .\r\n\r\n..\r\nno end\n.\n\r\n.\r\nDATA\r\nMAIL FROM:<>\r\nRSET\r\nRCPT TO:<{path}>\r\nQUIT\r\n"
        );
        let answers = said(at, talk.as_bytes()).await;
        assert_eq!(
            codes(&answers),
            [
                "220", "250", "250", "252", "503", "503", "250", "250", "250", "550", "354", "250", "250", "503",
                "250", "250", "503", "221"
            ],
            "{answers:#?}"
        );
        assert!(answers.iter().any(|answer| answer == "250 SIZE 1048576"), "{answers:#?}");
        assert_eq!(
            codes(&said(at, b"LHLO x\r\nMAIL FROM:<> SIZE=1048577\r\nQUIT\r\n").await),
            ["220", "250", "552", "221"]
        );
        assert_eq!(codes(&said(at, b"EHLO x\r\nQUIT\r\n").await), ["220", "500", "221"]);
        assert_eq!(codes(&said(at, &b"GET / HTTP/1.1\r\n".repeat(20)).await).last(), Some(&"421"));
        assert_eq!(codes(&said(at, &[b'x'; 3_000]).await).last(), Some(&"421"), "no line is read for ever");
        assert_eq!(codes(&said(at, b"LHLO \xff\r\n").await).last(), Some(&"421"));
        // Others hold all places: whoever comes is told so, and comes again.
        let mut held = Vec::new();
        while held.len() < 16 {
            let (mut stream, mut code) = (TcpStream::connect(at).await.unwrap(), [0; 3]);
            stream.read_exact(&mut code).await.unwrap();
            // Whoever was there before may just be leaving.
            if code == *b"220" {
                held.push(stream);
            }
        }
        let mut stream = TcpStream::connect(at).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("421 "), "{answer}");
    });
}

#[test]
fn a_mail_server_that_pipes_is_told_by_exit_codes() {
    let installation = Installation::on_sqlite().with("FLOWTHROUGH_BOUNCE_ADDRESS", "bounces@flowthrough.example");
    let report = notification("failed", "5.1.1", "550 5.1.1 nobody");
    let piped = |arguments: &[&str], message: &str| {
        let Output { status, stdout, stderr } = installation.pipe(&[&["bounce"][..], arguments].concat(), message);
        let said = String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap();
        (status.code().unwrap(), said)
    };
    let (code, said) = piped(&["bounces+0@flowthrough.example"], &report);
    assert_eq!(code, 75, "there is no database yet: {said}");
    installation.run(&["admin", "add", "ann@example.com"]);
    assert_eq!(piped(&["bounces+0@flowthrough.example"], &report).0, 67);
    assert_eq!(piped(&[], &report).0, 67);
    let file = installation.database_url().trim_start_matches("sqlite:").to_owned() + ".key";
    let keys = CodeKeys::read(file.as_ref()).unwrap();
    let path = paths(&keys).of(Environment::real().id()).unwrap().as_str().to_owned();
    let (code, said) = piped(&[&path], &report);
    assert!(code == 0 && said.contains("late"), "{code} {said}");
    for header in ["Delivered-To", "X-Original-To", "To"] {
        assert_eq!(piped(&[], &format!("{header}: <{path}>\r\n{report}")).0, 0, "{header}");
    }
    assert_eq!(piped(&[&path], &"x".repeat(2 << 20)).0, 65);
    let unset = installation.with("FLOWTHROUGH_BOUNCE_ADDRESS", "");
    assert_eq!(unset.pipe(&["bounce", &path], &report).status.code(), Some(75));
    let wrong = unset.with("FLOWTHROUGH_BOUNCE_ADDRESS", "nonsense");
    assert_eq!(wrong.pipe(&["bounce", &path], &report).status.code(), Some(75), "nothing is lost over a wrong setting");
}
