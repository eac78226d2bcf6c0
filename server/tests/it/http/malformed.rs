//! Whatever is wrong with a request is its sender's: never a 500, and the server goes on.

use crate::{
    access::server_functions::CALLS,
    support::{Site, World, for_each_database},
};
use domain::Permissions;
use serde_json::Value;

const OWN: &str = "Host: localhost\r\nConnection: close\r\n";

/// A form for the portal's sign-in, with these headers and this body.
fn form(headers: &str, body: &str) -> String {
    format!(
        "POST /api/portal/sign_in HTTP/1.1\r\n{OWN}Sec-Fetch-Site: same-origin\r\nAccept: application/json\r\n{headers}\r\n{body}"
    )
}

fn urlencoded(body: &str) -> String {
    form(&format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n", body.len()), body)
}

async fn answers(site: &Site, cases: Vec<(String, u16)>) {
    for (request, expected) in cases {
        let reply = site.send(&request).await;
        let shown: String = request.chars().take(200).collect();
        assert_eq!(reply.status, expected, "{shown:?} was answered {reply:?}");
    }
    assert_eq!(site.send(format!("GET /readyz HTTP/1.1\r\n{OWN}\r\n")).await.status, 200);
}

#[test]
fn what_cannot_be_asked_is_refused() {
    for_each_database(async |world: World| {
        let site = world.site().await;
        let long = "x".repeat(256);
        let longer = "x/".repeat(2_100);
        let deep = format!("{}{}", "%41".repeat(90), "x".repeat(170));
        let get = |target: &str| format!("GET {target} HTTP/1.1\r\n{OWN}\r\n");
        answers(
            &site,
            vec![
                (format!("CONNECT localhost:80 HTTP/1.1\r\n{OWN}\r\n"), 405),
                (format!("CONNECT / HTTP/1.1\r\n{OWN}\r\n"), 405),
                (format!("TRACE / HTTP/1.1\r\n{OWN}\r\n"), 405),
                (format!("BREW / HTTP/1.1\r\n{OWN}\r\n"), 405),
                (get("localhost:80"), 400),
                (format!("OPTIONS * HTTP/1.1\r\n{OWN}\r\n"), 404),
                (get(&format!("/{long}")), 404),
                (get(&format!("/{}", "x".repeat(253))), 404),
                (get(&format!("/pkg/{long}")), 404),
                (get(&format!("/pkg/{}", "x".repeat(253))), 404),
                (get(&format!("/{longer}")), 308),
                (get(&format!("/{deep}")), 404),
                (get(&format!("/activate/{long}")), 404),
                (get(&format!("/activate/{long}/live")), 404),
                (get(&format!("/v1/{long}")), 404),
                (get("/%00"), 400),
                (get("/activate/%00"), 400),
                (get("/activate/%00/live"), 400),
                (get("/activate/a/join/%00"), 400),
                (get("/hub/setup/%00"), 400),
                (get("/?lang=%00"), 400),
                (get("/%ff"), 400),
                (get("/hub?x=%ff"), 400),
                (get("/v1/broadworks/subscribers?filter=caf%e9"), 400),
                (get("/v1/broadworks/subscribers/%00"), 400),
                (get("/adapter/%00/users"), 400),
                (get("/hub/templates/nothing/users.csv"), 401),
            ],
        )
        .await;
    });
}

#[test]
fn a_form_that_cannot_be_read_is_its_senders() {
    for_each_database(async |world: World| {
        let site = world.site().await;
        let share = world.template(|_| ()).await.share_token;
        let urlencoded_type = "Content-Type: application/x-www-form-urlencoded\r\n";
        let huge = "x".repeat((1 << 20) + 1);
        let chunk = |body: &str| form(&format!("{urlencoded_type}Transfer-Encoding: chunked\r\n"), body);
        answers(
            &site,
            vec![
                (urlencoded(""), 400),
                (urlencoded("share=a"), 400),
                (urlencoded("share=a&user_id=b&password[]=c"), 400),
                (urlencoded("share=a&share=b&user_id=b&password=c"), 400),
                (urlencoded("share[a][b][c][d][e][f][g]=1"), 400),
                (urlencoded("share=%ff&user_id=b&password=c"), 400),
                (urlencoded("share=%00&user_id=b&password=c"), 400),
                (urlencoded(&format!("share={share}&user_id=%00&password=c")), 400),
                (urlencoded(&format!("share={share}&user_id=a&password=%00")), 400),
                (form("Content-Type: application/json\r\nContent-Length: 2\r\n", "{}"), 415),
                (form("Content-Length: 7\r\n", "share=a"), 415),
                (urlencoded(&huge), 413),
                (chunk(&format!("{:x}\r\n{huge}\r\n0\r\n\r\n", huge.len())), 413),
                (chunk("no number\r\nshare=a\r\n0\r\n\r\n"), 400),
                (chunk("7\r\nshare=a0\r\n\r\n"), 400),
                (
                    urlencoded("share=a")
                        .replace("Accept: application/json", "Accept: text/html\r\nReferer: http://localhost/x"),
                    400,
                ),
            ],
        )
        .await;
    });
}

/// Leptos sends whoever sends a form on to the page that it came from, whoever's that is.
#[test]
fn nobody_is_sent_to_where_a_form_came_from() {
    for_each_database(async |world: World| {
        let site = world.site().await;
        let outside = "Accept: text/html\r\nReferer: http://evil.example/x\r\n";
        let steps = "share=..%2F..%2F%2Fevil.example&user_id=a&password=b&user=&email=x&code=1";
        let tokens =
            "token=..%2F..%2F%2Fevil.example&email=a%40b.example&password=b&next=%2Fhub%2F..%2F%2Fevil.example";
        let bodies = ["", "x=%ff", "share=%0a&user_id=a&password=b&email=x&code=1&token=%0a", steps, tokens];
        let calls = CALLS.iter().map(|(path, call)| (path, *call));
        let broken = CALLS.iter().flat_map(|(path, _)| bodies.map(|body| (path, body)));
        for (path, body) in calls.chain(broken) {
            let request = urlencoded(body).replace("/api/portal/sign_in", path);
            let reply = site.send(request.replace("Accept: application/json\r\n", outside)).await;
            let location = reply.head.lines().find_map(|line| line.strip_prefix("location: "));
            let is_ours = |to: &str| to.starts_with('/') && !to.starts_with("//") && !to.contains("..");
            assert!(location.is_none_or(is_ours), "{path} {body}: {location:?}");
        }
    });
}

#[test]
fn an_api_call_that_cannot_be_read_is_its_senders() {
    for_each_database(async |world: World| {
        let site = world.site().await;
        let token = server::access::tokens::add(
            &world.store,
            &world.environment,
            world.tenant,
            "test",
            Permissions::TOKEN,
            None,
        )
        .await
        .unwrap();
        let call = |headers: &str, body: &str| {
            format!(
                "POST /v1/broadworks/subscribers HTTP/1.1\r\n{OWN}Authorization: Bearer {token}\r\nContent-Type: \
                 application/json\r\n{headers}\r\n{body}"
            )
        };
        let huge = "x".repeat((1 << 20) + 1);
        for key in ["", "Idempotency-Key: k\r\n"] {
            let chunked = format!("Transfer-Encoding: chunked\r\n{key}");
            answers(
                &site,
                vec![
                    (call(&format!("Content-Length: {}\r\n{key}", huge.len()), &huge), 413),
                    (call(&chunked, &format!("{:x}\r\n{huge}\r\n0\r\n\r\n", huge.len())), 413),
                    (call(&chunked, "no number\r\n{}\r\n0\r\n\r\n"), 400),
                    (call(&format!("Content-Length: 2\r\n{key}"), "\u{0}\u{0}"), 400),
                ],
            )
            .await;
        }
    });
}

#[test]
fn a_request_names_one_host_that_is_ours() {
    for_each_database(async |world: World| {
        let site = world.site().await;
        let ask = |version: &str, path: &str, hosts: &[&str]| {
            let hosts: String = hosts.iter().map(|host| format!("Host: {host}\r\n")).collect();
            format!("GET {path} HTTP/{version}\r\n{hosts}Connection: close\r\n\r\n")
        };
        let mut cases = Vec::new();
        for path in ["/", "/hub/sign-in", "/v1/docs", "/adapter/a/users"] {
            let own = if path.starts_with("/adapter") { 405 } else { 200 };
            for host in ["flowthrough.example", "FLOWTHROUGH.example:443", "localhost:1", "127.0.0.1", "[::1]:3000"] {
                cases.push((ask("1.1", path, &[host]), own));
            }
            for host in ["evil.example", "flowthrough.example.evil.example", "10.0.0.1", "xn--localhost-"] {
                cases.push((ask("1.1", path, &[host]), 421));
            }
            cases.push((ask("1.0", path, &[]), 400));
        }
        // Whoever watches over the server asks it by whatever name it has.
        for path in ["/healthz", "/readyz", "/version"] {
            cases.push((ask("1.1", path, &["10.0.0.1:3000"]), 200));
            cases.push((ask("1.0", path, &[]), 200));
        }
        for path in ["/", "/healthz", "/v1/docs"] {
            for hosts in
                [&[][..], &["localhost", "localhost"], &["localhost", "evil.example"], &["a b"], &[""], &["a@b"]]
            {
                cases.push((ask("1.1", path, hosts), 400));
            }
        }
        cases.push((ask("1.1", "http://evil.example/", &["localhost"]), 421));
        cases.push((ask("1.1", "http://localhost/", &["localhost"]), 200));
        answers(&site, cases).await;
    });
}

#[test]
fn whoever_reads_pages_is_shown_one_with_a_way_out_when_a_form_is_not_understood() {
    for_each_database(async |world: World| {
        let site = world.site().await;
        let head = "Host: localhost\r\nAccept: text/html\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n";
        let form = |kind: &str, body: &str| {
            let length = body.len();
            format!(
                "POST /api/portal/code HTTP/1.1\r\n{head}Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}"
            )
        };
        let urlencoded = "application/x-www-form-urlencoded";
        for (sent, status) in [
            (format!("GET /api/portal/code HTTP/1.1\r\n{head}\r\n"), 405),
            (form(urlencoded, "share=a&code=%00"), 400),
            (form(urlencoded, "share=a&code=1&code=2"), 400),
            (form("multipart/form-data; boundary=x", "--x--"), 415),
        ] {
            let reply = site.send(&sent).await;
            assert_eq!(reply.status, status, "{sent}");
            assert!(reply.body.contains("<html") && reply.body.contains("href=\"/"), "{sent}: {}", reply.body);
        }
    });
}

#[test]
fn whoever_is_to_sign_in_first_is_sent_there_whatever_they_accept() {
    for_each_database(async |world: World| {
        let site = world.site().await;
        for accept in ["", "Accept: */*\r\n", "Accept: text/html\r\n"] {
            let reply =
                site.send(format!("GET /hub HTTP/1.1\r\nHost: localhost\r\n{accept}Connection: close\r\n\r\n")).await;
            assert_eq!(reply.status, 302, "{accept:?}");
        }
    });
}

#[test]
fn an_address_that_is_no_text_is_told_to_whoever_reads_pages_and_to_whoever_does_not() {
    for_each_database(async |world: World| {
        let site = world.site().await;
        for path in ["/hub?x=%ff", "/hub/users?q=caf%e9", "/%ff"] {
            let ask = |accept: &str| format!("GET {path} HTTP/1.1\r\n{OWN}{accept}\r\n");
            let page = site.send(ask("Accept: text/html\r\n")).await;
            assert_eq!(page.status, 400, "{path}");
            assert!(page.body.contains("<html") && page.body.contains("href=\"/"), "{path}: {}", page.body);
            let bare = site.send(ask("")).await;
            assert!(bare.status == 400 && bare.body.contains("UTF-8"), "{path}: {bare:?}");
        }
    });
}

/// Whatever it is that refuses it.
#[test]
fn a_client_of_the_api_is_refused_in_the_same_form_whoever_refuses_it() {
    for_each_database(async |world: World| {
        let site = world.site().await;
        let large = "x".repeat(40 << 10);
        for path in ["/v1/broadworks/subscribers", "/adapter/a/users"] {
            let ask = |method: &str, host: &str, more: &str| {
                format!("{method} {path} HTTP/1.1\r\n{host}Connection: close\r\n{more}\r\n")
            };
            let own = "Host: localhost\r\n";
            for (request, status, code) in [
                (ask("BREW", own, ""), 405, 45007),
                (ask("TRACE", own, ""), 405, 45007),
                (ask("GET", "Host: evil.example\r\n", ""), 421, 45022),
                (ask("GET", "", ""), 400, 45001),
                (ask("GET", "Host: a\r\nHost: b\r\n", ""), 400, 45001),
                (ask("GET", own, &format!("X-Large: {large}\r\n")), 431, 45009),
                (ask("GET", own, "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), 400, 45001),
                (ask("GET", own, "Idempotency-Key: a\r\nIdempotency-Key: b\r\n"), 400, 45001),
            ] {
                let reply = site.send(&request).await;
                let shown = &request[..request.len().min(120)];
                assert_eq!(reply.status, status, "{shown}");
                let body: Value = serde_json::from_str(&reply.body).expect(shown);
                assert_eq!(body["errors"][0]["errorCode"], code, "{shown}: {body}");
                let tracking = body["trackingId"].as_str().expect(shown);
                assert!(reply.head.contains(&format!("trackingid: {tracking}")), "{shown}: {}", reply.head);
                assert!(!body["errors"][0]["description"].as_str().unwrap().is_empty(), "{shown}");
            }
        }
        let page = site.send(format!("BREW / HTTP/1.1\r\n{OWN}\r\n")).await;
        assert!(page.status == 405 && page.body.is_empty(), "{page:?}");
    });
}
