//! Who is counted behind a proxy, and how a refusal looks over HTTP.

use domain::limit::{HUB_SIGN_IN, PORTAL_SIGN_IN};
use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect};

use crate::support::{BroadWorks, Installation, PUBLIC_URL, Server, free_port};

/// A client that goes where it is sent only if it wants to.
fn client() -> Client {
    Client::builder().redirect(redirect::Policy::none()).build().unwrap()
}

/// Posts a form as a script does, or as a browser without JavaScript.
fn post(client: &Client, server: &Server, path: &str, form: &str, accept: &str) -> RequestBuilder {
    let request = client.post(format!("{}{path}", server.url)).header("accept", accept);
    request.header("content-type", "application/x-www-form-urlencoded").body(form.to_owned())
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// Goes where a plain form is sent on to, with the cookie that it was given.
async fn follow(client: &Client, server: &Server, mut answer: Response) -> Response {
    let cookie = header(&answer, "set-cookie").split(';').next().unwrap().to_owned();
    while answer.status() == StatusCode::SEE_OTHER {
        let page = client.get(format!("{}{}", server.url, header(&answer, "location")));
        answer = page.header("cookie", &cookie).send().await.unwrap();
    }
    answer
}

/// How long a refused client is told to wait, in seconds.
fn wait(answer: &Response) -> u32 {
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait = header(answer, "retry-after").parse().unwrap();
    assert!((1..=15 * 60).contains(&wait), "{wait}");
    wait
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_cannot_invent_where_it_comes_from() {
    let client = client();
    let installation = Installation::on_sqlite().with("FLOWTHROUGH_TRUST_PROXY", "2");
    let server = installation.serve(&client, free_port()).await;
    let sign_in = async |invented: &str, real: &str| {
        let form = "email=ann%40sp.example&password=wrong&next=";
        let request = post(&client, &server, "/api/hub/sign-in", form, "application/json");
        // The client's line, then those of two proxies, as HAProxy and nginx write them.
        let request =
            request.header("x-forwarded-for", invented).header("x-forwarded-for", format!("{real}, 10.0.0.1"));
        request.send().await.unwrap()
    };
    for number in 0..HUB_SIGN_IN.account.max {
        let refused = sign_in(&format!("203.0.113.{number}"), "198.51.100.7").await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    }
    let refused = sign_in("203.0.113.99", "198.51.100.7").await;
    wait(&refused);
    assert!(refused.text().await.unwrap().contains("too_many_attempts"));
    assert_eq!(sign_in("203.0.113.99", "198.51.100.8").await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_without_javascript_are_429_too() {
    let broadworks = BroadWorks::start().await;
    broadworks.put("1@sp.com", "Ann");
    let client = client();
    let installation = Installation::on_sqlite()
        .with("FLOWTHROUGH_ALLOW_PRIVATE_XSI", "true")
        .with("FLOWTHROUGH_PUBLIC_URL", PUBLIC_URL);
    let added = installation.run(&["template", "add", "Untrusted", "--xsi-url", broadworks.settings().0]);
    let share = added.lines().nth(1).unwrap().rsplit('/').next().unwrap();
    let server = installation.serve(&client, free_port()).await;
    let form = format!("share={share}&user_id=1%40sp.com&password=wrong");
    let plain = post(&client, &server, "/api/portal/sign_in", &form, "text/html");
    for _ in 0..PORTAL_SIGN_IN.account.max {
        assert_eq!(plain.try_clone().unwrap().send().await.unwrap().status(), StatusCode::SEE_OTHER);
    }
    let sent_on = plain.send().await.unwrap();
    assert_eq!(sent_on.status(), StatusCode::SEE_OTHER);
    let page = follow(&client, &server, sent_on).await;
    wait(&page);
    assert!(page.text().await.unwrap().contains("There were too many attempts."));

    let form = "email=ann%40sp.example&password=wrong&next=";
    let plain = post(&client, &server, "/api/hub/sign-in", form, "text/html");
    for _ in 0..HUB_SIGN_IN.account.max {
        plain.try_clone().unwrap().send().await.unwrap();
    }
    let sent_on = plain.send().await.unwrap();
    let page = follow(&client, &server, sent_on).await;
    wait(&page);
    assert!(page.text().await.unwrap().contains("There were too many attempts."));
}
