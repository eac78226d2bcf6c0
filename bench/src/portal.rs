//! What users and clients of the API do: pages of the portal, arrivals, activations.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    client::{Answer, Client, Rate, drive},
    installation::Template,
    outside::{Letter, Mails},
};

/// How long a run may take, whatever is left.
const SPAN: Duration = Duration::from_secs(30);

/// The portal of a template, and who is met there.
#[derive(Clone)]
pub struct Portal {
    /// Where the server listens.
    pub host: String,
    /// For users without a proven address, who may come by themselves.
    pub open: Template,
    /// A token of the API.
    pub token: String,
    /// The mail server.
    pub mails: Mails,
}

/// Somebody who is signed in.
#[derive(Clone)]
struct Person {
    number: usize,
    cookie: String,
    user: String,
}

impl Person {
    fn address(&self) -> String {
        format!("p{}@acme.example", self.number)
    }
}

/// Everybody comes from a network of their own.
fn network(number: usize) -> String {
    format!("100.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255)
}

fn went(answer: &Answer) {
    assert!(
        !answer.status.is_client_error() && !answer.status.is_server_error(),
        "{}: {}",
        answer.status,
        answer.text()
    );
}

impl Portal {
    /// The path of its page.
    pub fn page(&self) -> String {
        format!("/activate/{}", self.open.share)
    }

    /// The cookie of somebody who has signed in.
    pub async fn cookie(&self, number: usize) -> String {
        self.sign_in(&mut Client::connect(&self.host).await, number).await.cookie
    }

    async fn sign_in(&self, client: &mut Client, number: usize) -> Person {
        let user_id = format!("p{number}@sp.example");
        let fields = [("share", self.open.share.as_str()), ("user_id", &user_id), ("password", "let me in")];
        let answer = client.form("/api/portal/sign_in", "", &network(number), &fields).await;
        went(&answer);
        let cookie = answer.cookie("ft_portal=").expect("a session");
        let page = client.get(&self.page(), &[("cookie", &cookie)]).await.text();
        let field =
            page.split("<input").find(|input| input.contains("name=\"user\"")).expect("a form made for somebody");
        let user = field.split(" value=\"").nth(1).and_then(|value| value.split('"').next()).expect("an id").to_owned();
        Person { number, cookie, user }
    }

    async fn enter_address(&self, client: &mut Client, person: &Person) {
        let address = person.address();
        let fields = [("share", self.open.share.as_str()), ("user", &person.user), ("email", &address)];
        went(&client.form("/api/portal/address", &person.cookie, &network(person.number), &fields).await);
    }

    async fn join(&self, client: &mut Client, person: &Person, letter: &Letter) {
        let token = letter.link.rsplit('/').next().expect("a token");
        let fields = [("share", self.open.share.as_str()), ("token", token)];
        went(&client.form("/api/portal/join", &person.cookie, &network(person.number), &fields).await);
    }

    async fn enter_code(&self, client: &mut Client, person: &Person, letter: &Letter) {
        let fields = [("share", self.open.share.as_str()), ("user", &person.user), ("code", &letter.code)];
        went(&client.form("/api/portal/code", &person.cookie, &network(person.number), &fields).await);
    }

    /// Users created by the API, one a call.
    pub async fn creates(&self, callers: usize, span: Duration, name: String) -> Rate {
        let (token, provisioning_id) = (format!("Bearer {}", self.token), self.open.provisioning_id.clone());
        drive(&self.host, callers, span, 0_usize.., async move |client, number| {
            let body = json!({
                "provisioningId": provisioning_id, "userId": format!("{name}{number}@sp.example"),
                "spEnterpriseId": format!("SP1+c{}", number % 1_000), "firstName": "Ann", "lastName": "Lee", "package": "standard",
            });
            let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
            went(&client.send("POST", "/v1/broadworks/subscribers", &headers, body.to_string()).await);
        })
        .await
    }

    /// Addresses entered, and links opened, by so many people who have signed in before. The second figure is how many
    /// milliseconds the mails needed to follow.
    pub async fn addresses_and_links(&self, callers: usize, first: usize, many: usize) -> (Rate, f64, Rate) {
        let people = Rc::new(std::cell::RefCell::new(Vec::new()));
        let (portal, signed_in) = (self.clone(), people.clone());
        drive(&self.host, callers, SPAN, first..first + many, async move |client, number| {
            let person = portal.sign_in(client, number).await;
            signed_in.borrow_mut().push(person);
        })
        .await;
        let people = people.take();
        let (before, _) = self.mails.taken();
        let portal = self.clone();
        let entering = async move |client: &mut Client, person: Person| portal.enter_address(client, &person).await;
        let entered = drive(&self.host, callers, SPAN, people.clone(), entering).await;
        let over = Instant::now();
        while self.mails.taken().0 < before + people.len() {
            assert!(over.elapsed() < SPAN, "the mails do not follow");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let behind = self.mails.taken().1.map_or(0.0, |last| last.saturating_duration_since(over).as_secs_f64() * 1e3);
        let portal = self.clone();
        let opening = async move |client: &mut Client, person: Person| {
            let letter = portal.mails.to(&person.address()).await;
            portal.join(client, &person, &letter).await;
        };
        let opened = drive(&self.host, callers, SPAN, people, opening).await;
        self.settle().await;
        (entered, behind, opened)
    }

    /// Whole activations a second, by link or by code, from the sign-in until the account is there.
    pub async fn activations(&self, callers: usize, first: usize, many: usize, by_link: bool) -> f64 {
        let (portal, began) = (self.clone(), Instant::now());
        let activated = drive(&self.host, callers, SPAN, first..first + many, async move |client, number| {
            let person = portal.sign_in(client, number).await;
            portal.enter_address(client, &person).await;
            let letter = portal.mails.to(&person.address()).await;
            if by_link {
                client.get(&letter.link, &[]).await;
                portal.join(client, &person, &letter).await;
            } else {
                portal.enter_code(client, &person, &letter).await;
            }
        })
        .await;
        let driven = began.elapsed();
        self.settle().await;
        activated.per_second * driven.as_secs_f64() / began.elapsed().as_secs_f64()
    }

    /// Returns when nobody's account is being created any more.
    async fn settle(&self) {
        let (mut client, token, began) =
            (Client::connect(&self.host).await, format!("Bearer {}", self.token), Instant::now());
        loop {
            let path = "/v1/broadworks/subscribers?status=provisioning&max=1";
            let page = client.get(path, &[("authorization", &token)]).await;
            let page: Value = serde_json::from_slice(&page.body).expect("JSON");
            if page["items"].as_array().is_some_and(Vec::is_empty) {
                return;
            }
            assert!(began.elapsed() < SPAN, "the accounts do not follow");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
