//! How the sender's domain stands: what its name server says of who may send in its name (SPF, RFC 7208), who signs (DKIM, RFC
//! 6376) and what becomes of others (DMARC, RFC 7489), and whether answers come home. What receiving sides look at, seen as
//! they see it.

use domain::EmailAddress;
use futures::future::BoxFuture;

use super::Signer;
use crate::dns::{Dns, LookupError};

/// How many questions the check of one SPF record may take (RFC 7208 §4.6.4).
const MOST_LOOKUPS: usize = 10;
/// How deep records may include others, whatever their number.
const DEEPEST: usize = 10;

/// What was found at one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it was looked for.
    pub part: Part,
    /// How good it is.
    pub verdict: Verdict,
    /// What is there.
    pub what: String,
    /// What to do about it; nothing where nothing is to be done.
    pub fix: Option<String>,
}

/// What receiving sides look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The domain itself: where answers go.
    Domain,
    /// Who may send.
    Spf,
    /// Who signs.
    Dkim,
    /// What becomes of others, and whether what was checked is the sender's.
    Dmarc,
}

impl Part {
    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Domain => "mail domain",
            Self::Spf => "spf",
            Self::Dkim => "dkim",
            Self::Dmarc => "dmarc",
        }
    }
}

/// How good it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It may be meant so, or nobody can tell.
    Doubtful,
    /// Mails end as spam, or do not arrive.
    Bad,
}

impl Found {
    fn good(part: Part, what: impl Into<String>) -> Self {
        Self { part, verdict: Verdict::Good, what: what.into(), fix: None }
    }

    fn doubtful(part: Part, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { part, verdict: Verdict::Doubtful, what: what.into(), fix: Some(fix.into()) }
    }

    fn bad(part: Part, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { verdict: Verdict::Bad, ..Self::doubtful(part, what, fix) }
    }

    fn unanswered(part: Part, name: &str, why: &LookupError) -> Self {
        let fix = "Nobody can tell from here. Name a name server that answers in FLOWTHROUGH_NAMESERVER.";
        Self::doubtful(part, format!("{name}: {why}"), fix)
    }
}

/// How the domain of this sender stands, whose mails are signed by this, if we sign. Mails come back to the sender's address itself,
/// so that SPF is asked of its domain.
pub async fn of(dns: &Dns, sender: &EmailAddress, signer: Option<&Signer>) -> Vec<Found> {
    let domain = sender.as_str().rsplit_once('@').map_or("", |(_, domain)| domain);
    // In the DNS an international one stands in its ASCII form.
    let domain = url::Host::parse(domain).map_or_else(|_| domain.to_owned(), |host| host.to_string());
    let (home, spf, dkim, dmarc) =
        tokio::join!(home(dns, &domain), spf(dns, &domain), dkim(dns, &domain, signer), dmarc(dns, &domain, signer));
    vec![home, spf, dkim, dmarc]
}

/// Many mail servers refuse a sender whose domain takes no answers.
async fn home(dns: &Dns, domain: &str) -> Found {
    let part = Part::Domain;
    let publish = format!("Publish the mail server that takes mails for it:\n{domain}. MX 10 mail.{domain}.");
    let exchanges = match dns.exchanges(domain).await {
        Ok(exchanges) => exchanges,
        Err(why) => return Found::unanswered(part, domain, &why),
    };
    if exchanges.iter().any(|exchange| exchange.host.is_empty()) {
        return Found::bad(part, format!("{domain} says that it takes no mail"), publish);
    }
    if exchanges.is_empty() {
        return match dns.is_a_machine(domain).await {
            Ok(true) => {
                Found::doubtful(part, format!("{domain} has no MX: mails go to the machine of that name"), publish)
            }
            Ok(false) => {
                Found::bad(part, format!("{domain} has neither MX nor an address: nobody can answer"), publish)
            }
            Err(why) => Found::unanswered(part, domain, &why),
        };
    }
    for exchange in &exchanges {
        match dns.is_a_machine(&exchange.host).await {
            Ok(true) => {}
            Ok(false) => {
                let fix = format!("Publish an address for it:\n{}. A …", exchange.host);
                return Found::bad(part, format!("{}, the MX of {domain}, has no address", exchange.host), fix);
            }
            Err(why) => return Found::unanswered(part, &exchange.host, &why),
        }
    }
    Found::good(part, format!("{domain} takes answers"))
}

async fn spf(dns: &Dns, domain: &str) -> Found {
    let part = Part::Spf;
    let publish = format!(
        "Publish one record that names whoever sends for {domain}, such as\n{domain}. TXT \"v=spf1 mx include:_spf.mailprovider.example -all\""
    );
    let records = match records(dns, domain, is_spf).await {
        Ok(records) => records,
        Err(why) => return Found::unanswered(part, domain, &why),
    };
    let [record] = &records[..] else {
        let what = match records.len() {
            0 => format!("{domain} has no SPF record"),
            many => format!("{domain} has {many} SPF records: none of them counts"),
        };
        return Found::bad(part, what, publish);
    };
    let mut lookups = 0;
    if let Err(broken) = walk(dns, record, &mut lookups, 0).await {
        return match broken {
            Broken::Unanswered(name, why) => Found::unanswered(part, &name, &why),
            Broken::Wrong(why) => Found::bad(part, format!("the SPF record of {domain} {why}"), publish),
        };
    }
    match last(&record.to_ascii_lowercase()) {
        Some("-all" | "~all") => Found::good(part, format!("{domain} says who sends for it: {record}")),
        Some("+all" | "all") => {
            Found::bad(part, format!("the SPF record of {domain} lets everybody send: {record}"), "End it with -all.")
        }
        Some("?all") | None => {
            let what = format!("the SPF record of {domain} says nothing of others: {record}");
            Found::doubtful(part, what, "End it with ~all, and with -all once you know that nobody is forgotten.")
        }
        Some(_) => Found::good(part, format!("{domain} says who sends for it: {record}")),
    }
}

/// How a record in lower case ends: with what is said of all others, or with another domain's record.
fn last(record: &str) -> Option<&str> {
    let words = || record.split_ascii_whitespace();
    let all = words().find(|word| word.trim_start_matches(['+', '-', '~', '?']) == "all");
    all.or_else(|| words().find(|word| word.starts_with("redirect=")))
}

/// Why a record does not count.
enum Broken {
    Unanswered(String, LookupError),
    Wrong(String),
}

/// Follows a record through all that it includes, and counts the questions that whoever checks a mail by it has to ask.
fn walk<'a>(dns: &'a Dns, record: &'a str, lookups: &'a mut usize, depth: usize) -> BoxFuture<'a, Result<(), Broken>> {
    Box::pin(async move {
        for word in record.split_ascii_whitespace().skip(1) {
            let term = word.trim_start_matches(['+', '-', '~', '?']).to_ascii_lowercase();
            let name = term.split([':', '=', '/']).next().unwrap_or_default();
            let modifier = term.contains('=') && !term[..term.find('=').unwrap_or(0)].contains([':', '/']);
            match name {
                "all" | "ip4" | "ip6" | "exp" => continue,
                "a" | "mx" | "ptr" | "exists" => *lookups += 1,
                "include" | "redirect" => {
                    *lookups += 1;
                    let other = term.split_once([':', '=']).map_or("", |(_, other)| other);
                    // What depends on the mail can only be known with one.
                    if other.contains('%') {
                        continue;
                    }
                    if depth == DEEPEST || *lookups > MOST_LOOKUPS {
                        break;
                    }
                    let found = records(dns, other, is_spf).await;
                    let found = found.map_err(|why| Broken::Unanswered(other.to_owned(), why))?;
                    let [included] = &found[..] else {
                        return Err(Broken::Wrong(format!("includes {other}, which has {} SPF records", found.len())));
                    };
                    walk(dns, included, lookups, depth + 1).await?;
                }
                // Modifiers that nobody knows are overlooked (RFC 7208 §6).
                _ if modifier => continue,
                _ => return Err(Broken::Wrong(format!("holds {word:?}, which SPF does not know"))),
            }
        }
        if *lookups > MOST_LOOKUPS {
            let why = format!("takes more than {MOST_LOOKUPS} questions to check: receiving sides give up");
            return Err(Broken::Wrong(why));
        }
        Ok(())
    })
}

async fn dkim(dns: &Dns, domain: &str, signer: Option<&Signer>) -> Found {
    let part = Part::Dkim;
    let Some(signer) = signer else {
        let fix =
            "If your mail server does not sign for it, set FLOWTHROUGH_DKIM_SELECTOR and FLOWTHROUGH_DKIM_KEY_FILE.";
        return Found::doubtful(part, format!("Flowthrough does not sign: the mail server has to, for {domain}"), fix);
    };
    let (name, key) = (signer.record(), signer.public_key());
    let publish = format!("Publish the public half of the key in use:\n{name}. TXT \"v=DKIM1; k=rsa; p={key}\"");
    let records = match records(dns, name, |text| tag(text, "p").is_some()).await {
        Ok(records) => records,
        Err(why) => return Found::unanswered(part, name, &why),
    };
    let [record] = &records[..] else {
        let what = match records.len() {
            0 => format!("{name} holds no key: signatures cannot be checked"),
            many => format!("{name} holds {many} keys: receiving sides may take any of them"),
        };
        return Found::bad(part, what, publish);
    };
    let published: String = tag(record, "p").unwrap_or_default().split_ascii_whitespace().collect();
    let is_rsa = tag(record, "k").is_none_or(|kind| kind.eq_ignore_ascii_case("rsa"));
    match () {
        () if published.is_empty() => Found::bad(part, format!("the key at {name} is revoked"), publish),
        () if published != key || !is_rsa => {
            Found::bad(part, format!("the key at {name} is another one than mails are signed by"), publish)
        }
        () if tag(record, "t").is_some_and(|flags| flags.split(':').any(|flag| flag.trim() == "y")) => {
            Found::doubtful(part, format!("the key at {name} is marked as a test (t=y)"), "Take t=y out of the record.")
        }
        () => Found::good(part, format!("{name} holds the key by which mails are signed")),
    }
}

async fn dmarc(dns: &Dns, domain: &str, signer: Option<&Signer>) -> Found {
    let part = Part::Dmarc;
    let publish = format!(
        "Publish what becomes of mails that are not yours:\n_dmarc.{domain}. TXT \"v=DMARC1; p=quarantine; rua=mailto:postmaster@{domain}\""
    );
    let mut found = Vec::new();
    // A domain's own word counts, else that of the one that it is a part of.
    for of in parents(domain) {
        let name = format!("_dmarc.{of}");
        match records(dns, &name, |text| begins(text, "v=DMARC1")).await {
            Ok(records) if records.is_empty() => {}
            Ok(records) => {
                found = records;
                break;
            }
            Err(why) => return Found::unanswered(part, &name, &why),
        }
    }
    let [record] = &found[..] else {
        let what = match found.len() {
            0 => format!("{domain} has no DMARC record: large providers put its mails among spam"),
            many => format!("{domain} has {many} DMARC records: none of them counts"),
        };
        return Found::bad(part, what, publish);
    };
    let policy = tag(record, "p").unwrap_or_default().to_ascii_lowercase();
    let strict = tag(record, "adkim").is_some_and(|mode| mode.eq_ignore_ascii_case("s"));
    if let Some(signed) =
        signer.map(|signer| signer.record().split_once("._domainkey.").map_or("", |(_, domain)| domain))
    {
        let aligned = if strict { signed == domain } else { related(signed, domain) };
        if !aligned {
            let what = format!("mails from {domain} are signed for {signed}: to DMARC that is nobody's signature");
            return Found::bad(part, what, "Leave FLOWTHROUGH_DKIM_DOMAIN out, or set it to the sender's domain.");
        }
    }
    match policy.as_str() {
        "quarantine" | "reject" => Found::good(part, format!("{domain} says what becomes of others: {record}")),
        "none" => {
            let what = format!("{domain} only watches what is sent in its name: {record}");
            Found::doubtful(part, what, "Once its reports show nobody who is forgotten, set p=quarantine.")
        }
        _ => Found::bad(part, format!("the DMARC record of {domain} has no policy that there is: {record}"), publish),
    }
}

async fn records(dns: &Dns, name: &str, is_one: impl Fn(&str) -> bool) -> Result<Vec<String>, LookupError> {
    Ok(dns.texts(name).await?.into_iter().filter(|text| is_one(text)).collect())
}

fn is_spf(text: &str) -> bool {
    text.split_ascii_whitespace().next().is_some_and(|version| version.eq_ignore_ascii_case("v=spf1"))
}

fn begins(text: &str, with: &str) -> bool {
    text.trim_start().get(..with.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(with))
}

/// The value of a tag in `a=b; c=d` (RFC 6376 §3.2).
fn tag<'a>(record: &'a str, name: &str) -> Option<&'a str> {
    record
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .find(|(tag, _)| tag.trim() == name)
        .map(|(_, value)| value.trim())
}

/// A domain, and each that it is a part of, down to two labels.
fn parents(domain: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(domain), |domain| domain.split_once('.').map(|(_, parent)| parent))
        .filter(|domain| domain.contains('.'))
}

/// Whether one of the two is a part of the other. Which domains belong together besides only a list of all registries knows.
fn related(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_ascii_lowercase(), other.to_ascii_lowercase());
    let part =
        |part: &str, whole: &str| part.strip_suffix(whole).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    part(&one, &other) || part(&other, &one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_as_they_are_written() {
        assert!(is_spf("v=spf1") && is_spf("V=SPF1 -all") && !is_spf("v=spf10 -all") && !is_spf("spf2.0/pra"));
        assert_eq!(tag("v=DKIM1; k = rsa ;p=MII GfM", "p"), Some("MII GfM"));
        assert_eq!(tag("v=DKIM1; k = rsa ;p=", "k"), Some("rsa"));
        assert_eq!((tag("p=", "p"), tag("x", "p")), (Some(""), None));
        assert_eq!(last("v=spf1 mx ~all"), Some("~all"));
        assert_eq!(last("v=spf1 redirect=_spf.example"), Some("redirect=_spf.example"));
        assert_eq!(parents("a.b.example.com").collect::<Vec<_>>(), ["a.b.example.com", "b.example.com", "example.com"]);
        assert!(related("example.com", "mail.Example.com") && related("a.b", "a.b"));
        assert!(!related("xample.com", "example.com") && !related("mail.a.example", "mail.b.example"));
    }
}
