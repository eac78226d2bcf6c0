//! Mails that come back, and reports on them: taken in by a listener ([`lmtp`]) or by a pipe (`flowthrough bounce`).

pub mod lmtp;

use std::sync::Arc;

use domain::fault::Fixer;

use crate::{
    condition::Condition,
    environment::Environment,
    fault::Trouble,
    mail::{
        ReturnPaths,
        report::{self, Report},
    },
    provisioning::mailing,
    store::{ProofId, Store, proof},
};

/// Takes in what comes to the return paths of this installation's mails. Cheap to clone.
#[derive(Clone)]
pub struct Bounces {
    store: Store,
    environment: Environment,
    paths: ReturnPaths,
    refused_mails: Option<Arc<Condition>>,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The mail could not be delivered, and whoever is concerned can see that.
    Bounced,
    /// The receiving side asks it to wait.
    Delayed,
    /// It was delivered after all.
    Delivered,
    /// It is news of yesterday: said before, or of a mail that nobody waits for any more.
    Late,
    /// It is no report.
    NoReport,
}

impl Taken {
    /// The name under which it is counted.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bounced => "bounced",
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::Late => "late",
            Self::NoReport => "no_report",
        }
    }
}

impl Bounces {
    /// For the mails with these return paths.
    #[must_use]
    pub fn new(store: Store, environment: Environment, paths: ReturnPaths) -> Self {
        Self { store, environment, paths, refused_mails: None }
    }

    /// Which reports to whoever runs the server what receiving sides mind about it.
    #[must_use]
    pub fn reporting(self, refused_mails: Arc<Condition>) -> Self {
        Self { refused_mails: Some(refused_mails), ..self }
    }

    /// Which request's mail a return path was made for; nothing, if we have not made it.
    #[must_use]
    pub fn request(&self, return_path: &str) -> Option<ProofId> {
        let found = self.paths.mail(return_path).map(ProofId::from);
        if found.is_none() {
            self.store.metrics().reported("not_ours");
        }
        found
    }

    /// Takes in a message to the return path of this request's mail.
    ///
    /// # Errors
    /// If the database fails: then the message has to come again.
    pub async fn take(&self, request: ProofId, message: &[u8]) -> Result<Taken, Trouble> {
        let taken = self.noted(request, message).await?;
        let outcome = taken.as_str();
        self.store.metrics().reported(outcome);
        tracing::info!(event = "mail_report", outcome, proof = %request, "a mail server has reported on a mail");
        Ok(taken)
    }

    async fn noted(&self, request: ProofId, message: &[u8]) -> Result<Taken, Trouble> {
        let Some((request, whose)) = proof::returned(self.store.read(), request).await? else { return Ok(Taken::Late) };
        let Some(report) = report::read(message, &request.email) else { return Ok(Taken::NoReport) };
        let taken = match &report {
            Report::Failed { .. } => Taken::Bounced,
            Report::Delayed(_) => Taken::Delayed,
            Report::Delivered => Taken::Delivered,
        };
        if !mailing::reported(&self.store, &self.environment, (&request, &whose), report.clone()).await? {
            return Ok(Taken::Late);
        }
        if let Report::Failed { told, cause } = &report
            && cause.entry().fixer == Fixer::Operator
            && let Some(refused_mails) = &self.refused_mails
        {
            refused_mails.fails(self.environment.now(), cause.entry().key, &told.said);
        }
        Ok(taken)
    }
}
