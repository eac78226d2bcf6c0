//! Spares a service that is down, a target or the mail server: its tasks are left alone for a while, then one attempt shows
//! whether it is back. What waits meanwhile loses none of its attempts. The rule is [`domain::outage`]'s.
//!
//! Each server has its own view. They differ for seconds at most, and nothing but patience depends on it; only "since
//! when" is told by the server that is asked.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::{
    Timestamp,
    outage::{Blame, Failure, Health, Outage, Verdict},
};

use crate::{condition::Condition, ids::OwnerId, store::task::MAIL};

/// The circuit breakers of all services, by name.
#[derive(Debug, Default)]
pub struct Breakers(Mutex<BTreeMap<String, Service>>);

#[derive(Debug)]
struct Service {
    health: Health<OwnerId>,
    condition: Condition,
}

/// Which services are not simply worked with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resting {
    /// The services whose tasks are left alone.
    pub all: Vec<String>,
    /// Those of them that are due for a trial: one attempt.
    pub due: Vec<String>,
}

impl Breakers {
    /// Which services rest at this time.
    pub fn resting(&self, now: Timestamp) -> Resting {
        let mut resting = Resting::default();
        for (name, Service { health, .. }) in
            self.lock().iter().filter(|(_, service)| service.health.outage().is_some())
        {
            resting.all.push(name.clone());
            if health.is_due(now) {
                resting.due.push(name.clone());
            }
        }
        resting
    }

    /// An attempt begins that shows whether a resting service is back.
    pub fn trial(&self, service: &str, now: Timestamp) {
        if let Some(Service { health, .. }) = self.lock().get_mut(service) {
            health.begin_trial(now);
        }
    }

    /// A service has done what it was asked, or refused it for that order's own reasons.
    pub fn responded(&self, service: &str, now: Timestamp) {
        if let Some(Service { health, condition }) = self.lock().get_mut(service) {
            health.responded();
            condition.works(now);
        }
    }

    /// An attempt for this order has failed: see [`Health::suspect`].
    pub fn suspect(&self, service: &str, order: OwnerId, now: Timestamp) -> bool {
        of(&mut self.lock(), service).health.suspect(order, now)
    }

    /// Nothing is tried for this order any more.
    pub fn forget(&self, service: &str, order: OwnerId) {
        if let Some(Service { health, .. }) = self.lock().get_mut(service) {
            health.forget(order);
        }
    }

    /// An attempt for this order has failed: whose failure that is, and what follows. `said` is for whoever has to fix
    /// it, and names nobody.
    pub fn failed(
        &self,
        service: &str,
        order: OwnerId,
        failure: Failure,
        said: &str,
        (now, chance): (Timestamp, f64),
    ) -> Verdict {
        let mut services = self.lock();
        let Service { health, condition } = of(&mut services, service);
        let verdict = health.failed(order, failure, now, chance);
        if verdict.blame == Blame::Service && health.outage().is_some() {
            condition.fails(now, failure.fault.entry().key, said);
        }
        verdict
    }

    /// The outage of a service, while there is one.
    #[must_use]
    pub fn outage(&self, service: &str) -> Option<Outage> {
        self.lock().get(service)?.health.outage()
    }

    /// When it is tried next, during an outage.
    #[must_use]
    pub fn next_trial(&self, service: &str) -> Option<Timestamp> {
        self.lock().get(service)?.health.next_trial()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Service>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn of<'a>(services: &'a mut BTreeMap<String, Service>, name: &str) -> &'a mut Service {
    services.entry(name.to_owned()).or_insert_with(|| Service { health: Health::default(), condition: condition(name) })
}

fn condition(name: &str) -> Condition {
    match name {
        MAIL => Condition::new("mail server", ""),
        target => Condition::new("target", target),
    }
}

#[cfg(test)]
mod tests {
    use std::{io, sync::Arc};

    use domain::{Fault, outage::Sign, timestamp::SECOND};
    use uuid::Uuid;

    use super::*;
    use crate::ids::SubscriberId;

    fn at(seconds: i64) -> Timestamp {
        Timestamp(seconds * SECOND)
    }

    fn order(id: u32) -> OwnerId {
        SubscriberId::from(Uuid::from_u128(id.into())).into()
    }

    /// What is logged meanwhile.
    fn log_of(work: impl FnOnce()) -> String {
        #[derive(Clone, Default)]
        struct Lines(Arc<Mutex<Vec<u8>>>);
        impl io::Write for Lines {
            fn write(&mut self, written: &[u8]) -> io::Result<usize> {
                self.0.lock().unwrap().write(written)
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let lines = Lines::default();
        let into = lines.clone();
        let log = tracing_subscriber::fmt().with_ansi(false).with_writer(move || into.clone()).finish();
        tracing::subscriber::with_default(log, work);
        String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn an_outage_is_logged_when_it_begins_and_when_it_ends() {
        let failure = |fault| Failure { fault, sign: Sign::Silent, retry_after: None };
        let log = log_of(|| {
            let breakers = Breakers::default();
            for second in 0..100_u32 {
                let (order, now) = (order(second % 3), at(i64::from(second)));
                breakers.failed(MAIL, order, failure(Fault::MailUnavailable), "421 busy", (now, 0.5));
            }
            breakers.responded(MAIL, at(100));
            breakers.responded(MAIL, at(101));
            breakers.failed("scim", order(0), failure(Fault::TargetUnavailable), "500", (at(102), 0.5));
            breakers.responded("scim", at(103));
        });
        let [begins, ends] = &log.lines().collect::<Vec<_>>()[..] else { panic!("{log}") };
        assert!(begins.contains("WARN") && begins.contains("mail_unavailable") && begins.contains("421 busy"), "{log}");
        assert!(ends.contains("INFO") && ends.contains("works_again"), "{log}");
    }

    #[test]
    fn one_services_outage_is_not_anothers() {
        let breakers = Breakers::default();
        let failure = Failure { fault: Fault::TargetUnauthorized, sign: Sign::Silent, retry_after: None };
        breakers.failed("scim", order(0), failure, "401", (at(0), 0.5));
        breakers.responded("webex", at(1));
        let resting = |due: &[&str]| Resting {
            all: vec!["scim".to_owned()],
            due: due.iter().map(|name| (*name).to_owned()).collect(),
        };
        assert_eq!((breakers.next_trial("scim"), breakers.next_trial("webex")), (Some(at(30)), None));
        assert_eq!(breakers.resting(at(29)), resting(&[]));
        assert_eq!(breakers.resting(at(30)), resting(&["scim"]));
        breakers.trial("scim", at(30));
        assert_eq!(breakers.resting(at(30)), resting(&[]));
        assert_eq!(breakers.outage("scim").map(|outage| outage.cause), Some(Fault::TargetUnauthorized));
        assert_eq!(breakers.outage("webex"), None);
        breakers.responded("scim", at(31));
        assert_eq!((breakers.resting(at(31)), breakers.outage("scim")), (Resting::default(), None));
    }
}
