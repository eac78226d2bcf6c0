//! A BroadWorks with users that a test names, asked over HTTP.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use server::{
    broadworks::{BroadWorksAccount, EnterpriseDirectory, Timeouts, XsiClient, XsiDirectory, XsiUrl},
    demo::emulator::{self, EmulatedUser, Organization},
    outbound::Reach,
};
use tokio::net::TcpListener;

const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(20), total: Duration::from_secs(20) };
const NAME: &str = "reader";
const PASSWORD: &str = "reader's secret";

/// The emulator on a port of its own.
pub struct BroadWorks {
    url: XsiUrl,
    users: Arc<Mutex<Vec<EmulatedUser>>>,
    asked: Arc<AtomicUsize>,
}

impl BroadWorks {
    pub async fn start() -> Self {
        let users: Arc<Mutex<Vec<EmulatedUser>>> = Arc::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = XsiUrl::parse(&format!("http://{}", listener.local_addr().unwrap()), &Reach::everywhere()).unwrap();
        let everybody = users.clone();
        let asked: Arc<AtomicUsize> = Arc::default();
        let count = asked.clone();
        let everybody = Arc::new(move || {
            count.fetch_add(1, Ordering::SeqCst);
            everybody.lock().unwrap().clone()
        });
        let router = emulator::router_with_directory(everybody, (NAME.to_owned(), PASSWORD.to_owned()));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, users, asked }
    }

    /// The settings of an account that may read its directories: address, user and password.
    pub fn settings(&self) -> (&str, &'static str, &'static str) {
        (self.url.as_str(), NAME, PASSWORD)
    }

    /// How often it was asked for somebody.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Its directories, read with an account that may.
    pub fn directory(&self) -> Arc<dyn EnterpriseDirectory> {
        self.directory_with(PASSWORD)
    }

    /// Its directories, read with an account of this password.
    pub fn directory_with(&self, password: &str) -> Arc<dyn EnterpriseDirectory> {
        let account = BroadWorksAccount { url: self.url.clone(), name: NAME.to_owned(), password: password.to_owned() };
        Arc::new(XsiDirectory::new(XsiClient::new(TIMEOUTS, Reach::everywhere()).unwrap(), account))
    }

    /// It has this user, of the customer `SP1+acme`, in place of the one with that id.
    pub fn put(&self, user_id: &str, first_name: &str) {
        self.put_at("SP1", user_id, first_name);
    }

    /// It has this user, of a group `acme` of this service provider.
    pub fn put_at(&self, provider: &str, user_id: &str, first_name: &str) {
        self.remove(user_id);
        self.users.lock().unwrap().push(EmulatedUser {
            user_id: user_id.to_owned(),
            password: "secret".to_owned(),
            first_name: first_name.to_owned(),
            last_name: "O'Neil & Sons".to_owned(),
            organization: Organization::ServiceProvider { id: provider.to_owned(), group: "acme".to_owned() },
            phone_number: Some("+35391884653".to_owned()),
            extension: Some("4653".to_owned()),
            mobile_number: Some("+188-(2323)-(343)".to_owned()),
        });
    }

    /// It has the user no longer.
    pub fn remove(&self, user_id: &str) {
        self.users.lock().unwrap().retain(|user| user.user_id != user_id);
    }
}
