//! The browser's files, and what else an address may lead to.

use std::{
    borrow::Cow,
    fmt::{self, Display},
    fs,
    path::PathBuf,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::map_response,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use percent_encoding::percent_decode_str;
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

/// The most bytes that a file's name can have on Linux, less those of the longest ending of a compressed one.
const LONGEST_NAME: usize = 255 - ".zst".len();
/// The most bytes that a path below the site's folder can have; the system takes 4,096 with the folder's own.
const LONGEST_PATH: usize = 1_024;
/// How a file may be compressed, and how its name ends then: the smaller first.
const COMPRESSED: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// Where the browser's files are.
#[derive(Clone, Debug)]
pub enum BrowserFiles {
    /// In this folder.
    Folder(PathBuf),
    /// In the program itself.
    Packed(Packed),
}

/// Files that are part of the program: the one of a name such as `pkg/hub.js`, if there is one.
pub type Packed = fn(&str) -> Option<File>;

/// A file that is part of the program.
pub struct File {
    /// What is in it.
    pub bytes: Cow<'static, [u8]>,
    /// The SHA-256 of that.
    pub hash: [u8; 32],
}

impl BrowserFiles {
    /// What is in a file, if it is there.
    #[must_use]
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        match self {
            Self::Folder(folder) => fs::read(folder.join(name)).ok(),
            Self::Packed(packed) => packed(name).map(|file| file.bytes.into_owned()),
        }
    }

    /// These files, and whatever `unknown` says to what is none.
    pub fn or(self, unknown: Router) -> Router {
        self.below("", unknown)
    }

    /// Those of the folder `pkg` and nothing else, to be nested there.
    pub fn package(self) -> Router {
        self.below("pkg/", Router::new())
    }

    fn below(self, folder: &'static str, unknown: Router) -> Router {
        let files = match self {
            Self::Folder(site) => of_folder(site.join(folder), unknown),
            Self::Packed(packed) => of_program(packed, folder, unknown),
        };
        files.layer(map_response(with_charset))
    }
}

impl Display for BrowserFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "{}", std::path::absolute(folder).as_ref().unwrap_or(folder).display()),
            Self::Packed(_) => write!(f, "in the program"),
        }
    }
}

fn of_folder(folder: PathBuf, unknown: Router) -> Router {
    let files = ServeDir::new(folder)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .call_fallback_on_method_not_allowed(true)
        .fallback(unknown.clone());
    Router::new().fallback(move |request: Request| {
        let (files, unknown) = (files.clone(), unknown.clone());
        async move {
            // The system's "name too long" would be answered as if our disk were broken (tower-http 0.6.11).
            let Ok(answer) = if can_be_a_file(request.uri().path()) {
                files.oneshot(request).await.map(IntoResponse::into_response)
            } else {
                unknown.oneshot(request).await
            };
            answer
        }
    })
}

fn of_program(packed: Packed, folder: &'static str, unknown: Router) -> Router {
    Router::new().fallback(move |request: Request| {
        let unknown = unknown.clone();
        async move {
            match packed_answer(packed, folder, &request) {
                Some(answer) => answer,
                None => unknown.oneshot(request).await.into_response(),
            }
        }
    })
}

/// A file of the program, as compressed as its reader takes it; or that what the reader has is still the same.
fn packed_answer(packed: Packed, folder: &str, request: &Request) -> Option<Response> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let path = percent_decode_str(request.uri().path().strip_prefix('/')?).decode_utf8().ok()?;
    let name = format!("{folder}{path}");
    let plain = is_read.then(|| packed(&name)).flatten()?;
    let compressed: Vec<_> =
        COMPRESSED.iter().filter_map(|(as_, end)| Some((*as_, packed(&format!("{name}{end}"))?))).collect();
    let varies = !compressed.is_empty();
    // One mark for all forms of a file: a weak one says that they mean the same.
    let mark = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&plain.hash[..12]));
    let mut headers = HeaderMap::new();
    if varies {
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    headers.insert(header::ETAG, HeaderValue::from_str(&mark).ok()?);
    if has(request.headers(), &header::IF_NONE_MATCH, |known| known == "*" || known == mark) {
        return Some((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let kind = mime_guess::from_path(&name).first_or_octet_stream();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(kind.as_ref()).ok()?);
    let taken = compressed.into_iter().find(|(encoding, _)| takes(request.headers(), encoding));
    let file = match taken {
        Some((encoding, file)) => {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
            file
        }
        None => plain,
    };
    headers.insert(header::CONTENT_LENGTH, file.bytes.len().into());
    let body = match file.bytes {
        _ if request.method() == Method::HEAD => Body::empty(),
        Cow::Borrowed(bytes) => Bytes::from_static(bytes).into(),
        Cow::Owned(bytes) => bytes.into(),
    };
    Some((headers, body).into_response())
}

/// Whether a list in these headers has an entry like that.
fn has(headers: &HeaderMap, name: &HeaderName, wanted: impl Fn(&str) -> bool) -> bool {
    let lists = headers.get_all(name).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|entry| wanted(entry.trim()))
}

/// Whether the reader takes what is compressed so.
fn takes(headers: &HeaderMap, encoding: &str) -> bool {
    has(headers, &header::ACCEPT_ENCODING, |entry| {
        let (name, weight) = entry.split_once(';').unwrap_or((entry, "q=1"));
        let weight = weight.trim().trim_start_matches("q=").parse::<f32>();
        name.trim().eq_ignore_ascii_case(encoding) && weight.is_ok_and(|weight| weight > 0.0)
    })
}

/// All text that we serve is UTF-8, and says so.
async fn with_charset(mut answer: Response) -> Response {
    if let Some(kind) = answer.headers_mut().get_mut(header::CONTENT_TYPE)
        && let Ok(said) = kind.to_str()
        && said.starts_with("text/")
        && !said.contains("charset")
        && let Ok(whole) = HeaderValue::from_str(&format!("{said}; charset=utf-8"))
    {
        *kind = whole;
    }
    answer
}

fn can_be_a_file(path: &str) -> bool {
    let longest = percent_decode_str(path).collect::<Vec<u8>>();
    let name = longest.split(|byte| *byte == b'/').map(<[u8]>::len).max().unwrap_or(0);
    longest.len() <= LONGEST_PATH && name <= LONGEST_NAME
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    /// What the test's program has: a script that is worth compressing, and a text that is not.
    fn packed(name: &str) -> Option<File> {
        let file = |bytes: &'static str, hash| Some(File { bytes: Cow::Borrowed(bytes.as_bytes()), hash: [hash; 32] });
        match name {
            "pkg/hub.js" => file("plain", 1),
            "pkg/hub.js.br" => file("brotli", 2),
            "pkg/hub.js.gz" => file("gzip", 3),
            "robots.txt" => file("Disallow: /", 4),
            _ => None,
        }
    }

    /// The status, a header and the body of what is answered.
    async fn answer(
        method: Method,
        path: &str,
        header: Option<(HeaderName, &str)>,
        shown: HeaderName,
    ) -> (u16, String, String) {
        let mut request = Request::builder().method(method).uri(path);
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let unknown = Router::new().fallback(async || (StatusCode::IM_A_TEAPOT, "unknown"));
        let files = BrowserFiles::Packed(packed).or(unknown);
        let answer = files.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let shown = answer.headers().get(shown).map_or("", |value| value.to_str().unwrap()).to_owned();
        let status = answer.status().as_u16();
        (status, shown, String::from_utf8(to_bytes(answer.into_body(), 1_000).await.unwrap().to_vec()).unwrap())
    }

    fn is(status: u16, shown: &str, body: &str) -> (u16, String, String) {
        (status, shown.to_owned(), body.to_owned())
    }

    #[tokio::test]
    async fn a_file_of_the_program_comes_as_its_reader_takes_it() {
        for (accepted, encoding, body) in [
            ("gzip, deflate, br, zstd", "br", "brotli"),
            ("gzip", "gzip", "gzip"),
            ("GZIP;q=0.5", "gzip", "gzip"),
            ("br;q=0, gzip; q=1.0", "gzip", "gzip"),
            ("br;q=0,gzip;q=0.0", "", "plain"),
            ("identity", "", "plain"),
            ("", "", "plain"),
        ] {
            let accepts = Some((header::ACCEPT_ENCODING, accepted));
            let found = answer(Method::GET, "/pkg/hub.js", accepts, header::CONTENT_ENCODING).await;
            assert_eq!(found, is(200, encoding, body), "{accepted}");
        }
        let nested = Router::new().nest_service("/pkg", BrowserFiles::Packed(packed).package());
        for (path, status) in [("/pkg/hub.js", 200), ("/pkg/robots.txt", 404), ("/pkg/pkg/hub.js", 404)] {
            let request = Request::builder().uri(path).body(Body::empty()).unwrap();
            assert_eq!(nested.clone().oneshot(request).await.unwrap().status(), status, "{path}");
        }
        let head = answer(Method::HEAD, "/pkg/hub.js", None, header::CONTENT_LENGTH).await;
        assert_eq!(head, is(200, "5", ""));
        assert_eq!(answer(Method::GET, "/pkg/hub.js", None, header::VARY).await.1, "accept-encoding");
        assert_eq!(answer(Method::GET, "/robots.txt", None, header::VARY).await.1, "");
        let script = answer(Method::GET, "/pkg/hub%2Ejs", None, header::CONTENT_TYPE).await;
        assert_eq!(script, is(200, "text/javascript; charset=utf-8", "plain"));
        let text = answer(Method::GET, "/robots.txt", None, header::CONTENT_TYPE).await;
        assert_eq!(text, is(200, "text/plain; charset=utf-8", "Disallow: /"));
    }

    #[tokio::test]
    async fn what_the_reader_has_is_not_sent_again() {
        let (_, mark, _) = answer(Method::GET, "/pkg/hub.js", None, header::ETAG).await;
        assert_ne!(mark, answer(Method::GET, "/robots.txt", None, header::ETAG).await.1);
        for (known, status) in
            [(mark.as_str(), 304), (&format!("\"other\", {mark}"), 304), ("*", 304), ("\"other\"", 200), ("", 200)]
        {
            let known = Some((header::IF_NONE_MATCH, known));
            assert_eq!(answer(Method::GET, "/pkg/hub.js", known.clone(), header::ETAG).await.0, status, "{known:?}");
        }
    }

    #[tokio::test]
    async fn what_is_no_file_of_the_program_is_answered_by_others() {
        for (method, path) in [
            (Method::GET, "/"),
            (Method::GET, "/pkg/"),
            (Method::GET, "/pkg/other.js"),
            (Method::GET, "/pkg/%ff"),
            (Method::GET, "//robots.txt"),
            (Method::GET, "/pkg/../robots.txt"),
            (Method::POST, "/robots.txt"),
        ] {
            assert_eq!(answer(method, path, None, header::ETAG).await, is(418, "", "unknown"), "{path}");
        }
    }
}
