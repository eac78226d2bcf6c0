//! The page that everybody sees who opens a share link: made once, sent to many.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use app::{problem::Problem, visitor};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::Fault;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use server::store::{Template, template};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{PUBLIC_URL, Reply, Site, World, cookie, for_each_database};

const LANGUAGES: [&str; 3] = ["en", "it", "ar"];

async fn opened(world: &World) -> (Template, Site, String) {
    let template = world
        .template(|template| {
            template.share_link = format!("{PUBLIC_URL}/activate/{}", template.share_token);
            template.xsi_url = "https://xsi.example".to_owned();
            template.partner_admin = "First Provider".to_owned();
        })
        .await;
    let path = format!("/activate/{}", template.share_token);
    (template, world.site().await, path)
}

/// The page, without what is for one answer alone.
fn lasting(reply: &Reply) -> String {
    match reply.head.split_once("'nonce-").and_then(|(_, rest)| rest.split_once('\'')) {
        Some((nonce, _)) => reply.body.replace(nonce, ""),
        None => reply.body.clone(),
    }
}

fn is_kept(reply: &Reply) -> bool {
    !reply.head.contains("'nonce-")
}

/// The names of an answer's headers.
fn headers(reply: &Reply) -> Vec<String> {
    let names = reply.head.lines().skip(1).filter_map(|line| line.split_once(':'));
    let mut names: Vec<_> = names.map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort();
    names
}

async fn change(world: &World, id: &Template, adjust: impl FnOnce(&mut Template)) {
    let before = template::find(world.store.read(), world.tenant, id.id).await.unwrap().unwrap();
    let mut after = before.clone();
    adjust(&mut after);
    after.version += 1;
    let work = world.store.work().await.unwrap();
    assert!(template::save(&work, &before, &after).await.unwrap());
    work.commit().await.unwrap();
}

#[test]
fn it_is_made_once_and_is_what_would_be_made_for_each() {
    for_each_database(async |world: World| {
        let (world, heard) = world.overheard();
        let (_, site, path) = opened(&world).await;
        // A session of nobody: the page is made for this one alone.
        let own = site.get(&path, &format!("{}=nobody", cookie(visitor::PORTAL_SESSION))).await;
        assert!(own.body.contains("First Provider") && !is_kept(&own));
        let first = site.get(&path, "").await;
        heard.numbers();
        let again = site.get(&path, &format!("{}=mine; other=1", cookie("ft_device"))).await;
        assert_eq!(heard.numbers(), (0, 1), "it was made anew");
        for kept in [&first, &again] {
            assert!(is_kept(kept));
            assert_eq!(lasting(kept), lasting(&own));
            assert_eq!(headers(kept), headers(&own));
            for header in ["content-type: text/html; charset=utf-8", "cache-control: no-store", "vary: accept-encoding"]
            {
                assert!(kept.head.contains(header), "{}", kept.head);
            }
        }
    });
}

#[test]
fn it_runs_the_scripts_that_the_server_wrote_and_no_others() {
    for_each_database(async |world: World| {
        let (template, site, path) = opened(&world).await;
        change(&world, &template, |template| template.partner_admin = "<script>evil()</script>".to_owned()).await;
        let page = site.get(&path, "").await;
        let (_, policy) = page.head.split_once("script-src ").unwrap();
        let policy = policy.split(';').next().unwrap();
        let mut scripts = 0;
        for script in page.body.split("<script").skip(1) {
            let (script, _) = script.split_once('>').unwrap().1.split_once("</script>").unwrap();
            // Leptos leaves an empty one, which runs nothing.
            if script.is_empty() {
                continue;
            }
            assert!(policy.contains(&STANDARD.encode(Sha256::digest(script))), "{policy} has no {script}");
            scripts += 1;
        }
        assert!(scripts >= 2, "where are they?");
        assert!(!policy.contains("nonce") && !policy.contains("unsafe-inline"), "{policy}");
        assert!(!policy.contains(&STANDARD.encode(Sha256::digest("evil()"))), "{policy}");
    });
}

#[test]
fn nothing_of_one_visitor_is_on_another_ones() {
    for_each_database(async |world: World| {
        let (template, site, path) = opened(&world).await;
        let pristine = world.site().await.get(&path, "").await;
        let user = world.arrive(&template, "somebody@sp.com", None).await;
        let signed_in = world.portal_cookie(&user).await;
        let problem: Problem = Fault::BadCredentials.into();
        let form = "/api/portal/sign_in";
        let flash = json!({ "problem": problem, "typed": "typed-by-one", "form": form, "page": path }).to_string();
        let flash = format!("{}={}", cookie(app::flash::FLASH), utf8_percent_encode(&flash, NON_ALPHANUMERIC));
        for _ in 0..2 {
            assert!(site.get(&path, &signed_in).await.body.contains("somebody@sp.com"));
            let refused = site.get(&path, &flash).await;
            assert!(refused.body.contains("typed-by-one") && refused.head.contains("set-cookie"), "{}", refused.head);
            let anybody = site.get(&path, "").await;
            assert_eq!(lasting(&anybody), lasting(&pristine));
            assert!(is_kept(&anybody) && !anybody.head.contains("set-cookie"), "{}", anybody.head);
        }
        // What a page in another language, or one that was open, has to be told.
        for header in ["Flowthrough-Told: 41001", "Flowthrough-For: somebody"] {
            let told = site
                .send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\nConnection: close\r\n\r\n"))
                .await;
            assert_ne!(lasting(&told), lasting(&pristine), "{header}");
        }
        // Nor is whoever has just sent a form and brings none of the cookies back.
        let refused = site.get(&format!("{path}?check"), "").await;
        assert!(refused.body.contains(&Fault::CookiesRefused.code().to_string()), "{}", refused.body);
        assert_eq!(lasting(&site.get(&path, "").await), lasting(&pristine));
    });
}

#[test]
fn a_template_that_changes_changes_it_at_once_on_every_server() {
    for_each_database(async |world: World| {
        let (template, site, path) = opened(&world).await;
        let sites = [site, world.site().await];
        let all_show = async |text: &str, others: &[&str]| {
            for site in sites.iter().chain(&sites) {
                let page = site.get(&path, "").await;
                assert!(page.body.contains(text), "{text}: {}", page.body);
                assert!(others.iter().all(|other| !page.body.contains(other)), "{}", page.body);
            }
        };
        let help = "https://help.example";
        all_show("First Provider", &[help]).await;
        change(&world, &template, |template| template.partner_admin = "Second Provider".to_owned()).await;
        all_show("Second Provider", &["First Provider", help]).await;
        change(&world, &template, |template| template.support_url = Some(help.to_owned())).await;
        all_show(help, &["First Provider"]).await;
        change(&world, &template, |template| {
            (template.partner_admin, template.support_url) = ("First Provider".to_owned(), None);
        })
        .await;
        all_show("First Provider", &["Second Provider", help]).await;
        change(&world, &template, |template| template.share_link = String::new()).await;
        all_show("data-step=\"unavailable\"", &["name=\"password\""]).await;
    });
}

#[test]
fn each_reads_it_in_an_own_language() {
    for_each_database(async |world: World| {
        let (_, site, path) = opened(&world).await;
        for _ in 0..2 {
            for language in LANGUAGES {
                assert_eq!(language_of(&site.get(&path, &format!("ft_lang={language}")).await), language);
                let asked = format!(
                    "GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Language: {language};q=0.9, \
                     xx\r\nConnection: close\r\n\r\n"
                );
                assert_eq!(language_of(&site.send(asked).await), language);
                let chosen = site.get(&format!("{path}?lang={language}"), "").await;
                assert_eq!(language_of(&chosen), language);
                assert!(
                    chosen.head.contains(&format!(
                        "__Host-ft_lang={language}; Path=/; Max-Age=31536000; SameSite=Lax; Secure"
                    )),
                    "{}",
                    chosen.head
                );
            }
            assert_eq!(language_of(&site.get(&path, "").await), LANGUAGES[0]);
        }
    });
}

/// In which language a page says that it is.
fn language_of(page: &Reply) -> String {
    let (_, root) = page.body.split_once("<html").unwrap();
    let (_, language) = root.split('>').next().unwrap().split_once(" lang=\"").unwrap();
    language.split('"').next().unwrap().to_owned()
}

#[test]
fn who_takes_it_compressed_gets_the_same_page() {
    for_each_database(async |world: World| {
        let (_, site, path) = opened(&world).await;
        let plain = site.get(&path, "").await;
        for (accepted, is_compressed) in
            [("gzip, deflate, br", true), ("br", false), ("gzip;q=0, br", false), ("gzip;q=0.5", true)]
        {
            let mut stream = site.connect().await;
            let asked = format!(
                "GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {accepted}\r\nConnection: close\r\n\r\n"
            );
            stream.write_all(asked.as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await.unwrap();
            let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
            let head = String::from_utf8(answer[..end].to_vec()).unwrap();
            assert!(head.contains("vary: accept-encoding"), "{head}");
            assert_eq!(head.contains("content-encoding: gzip"), is_compressed, "{accepted}: {head}");
            if accepted.starts_with("gzip, ") {
                assert_eq!(unpacked(&answer[end + 4..]), plain.body);
            }
        }
    });
}

/// As another program reads it.
fn unpacked(bytes: &[u8]) -> String {
    let mut gzip = Command::new("gzip").arg("-dc").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    gzip.stdin.take().unwrap().write_all(bytes).unwrap();
    let unpacked = gzip.wait_with_output().unwrap();
    assert!(unpacked.status.success());
    String::from_utf8(unpacked.stdout).unwrap()
}
