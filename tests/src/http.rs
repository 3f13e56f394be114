//! The pages as a browser without a script would use them: a cookie, plain requests, forms read from the page.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::html::{Form, forms, tags};

/// A visitor who was let in by the opening address.
#[derive(Debug, Clone)]
pub struct Visitor {
    address: SocketAddr,
    cookie: String,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers as they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// A page that takes longer than this has failed, also on a busy machine.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

impl Visitor {
    /// Opens the address that the node printed, and takes the cookie it gives.
    pub fn open(opening: &str) -> Self {
        let rest = opening.strip_prefix("http://").expect("the opening address is of http");
        let (host, path) = rest.split_once('/').expect("the opening address has a path");
        let address = host.parse().expect("the opening address names 127.0.0.1 and a port");
        let mut visitor = Self { address, cookie: String::new() };
        let answer = visitor.request("GET", &format!("/{path}"), None);
        assert_eq!(answer.status, 303, "the opening address lets in: {answer:?}");
        let cookie = answer.header("set-cookie").expect("the opening address gives a cookie");
        visitor.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        visitor
    }

    /// The page of a path; it must be there.
    pub fn page(&self, path: &str) -> String {
        let answer = self.request("GET", path, None);
        assert_eq!(answer.status, 200, "GET {path}: {}", answer.body);
        answer.body
    }

    /// The form of a page that goes to `action`.
    pub fn form(&self, path: &str, action: &str) -> Form {
        let page = self.page(path);
        let form = forms(&page).into_iter().find(|it| it.action == action);
        form.unwrap_or_else(|| panic!("{path} has no form to {action}: {page}"))
    }

    /// Sends a form.
    pub fn send(&self, form: &Form) -> Answer {
        self.request("POST", &form.action, Some(&encode(form)))
    }

    /// Sends a form to a node that may be killed while it answers.
    pub fn try_send(&self, form: &Form) -> io::Result<Answer> {
        self.try_request("POST", &form.action, Some(&encode(form)))
    }

    /// The form of a page of such a node; `None` if the page does not come or has no such form.
    pub fn try_form(&self, path: &str, action: &str) -> Option<Form> {
        let answer = self.try_request("GET", path, None).ok().filter(|it| it.status == 200)?;
        forms(&answer.body).into_iter().find(|it| it.action == action)
    }

    /// Sends a form that is meant to succeed.
    pub fn save(&self, form: &Form) {
        let answer = self.send(form);
        assert_eq!(answer.status, 303, "POST {}: {}", form.action, answer.body);
    }

    /// The addresses that the links of a page lead to.
    pub fn links(&self, path: &str) -> Vec<String> {
        tags(&self.page(path)).iter().filter(|it| it.name == "a").map(|it| it.value("href")).collect()
    }

    /// Chooses a file in the form of a page, and sends it.
    pub fn upload(&self, page: &str, name: &str, bytes: &[u8]) -> Answer {
        const BOUNDARY: &str = "svod-test-boundary";
        let found =
            tags(&self.page(page)).into_iter().find(|it| it.value("enctype") == "multipart/form-data");
        let action = found.unwrap_or_else(|| panic!("{page} takes no file")).value("action");
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        let body = [head.as_bytes(), bytes, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat();
        self.ask("POST", &action, &format!("multipart/form-data; boundary={BOUNDARY}"), &body)
    }

    /// One request on a connection of its own.
    pub fn request(&self, method: &str, path: &str, form: Option<&str>) -> Answer {
        self.try_request(method, path, form).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// The same, of a node that may be killed while it answers: an answer is given only if it came whole.
    pub fn try_request(&self, method: &str, path: &str, form: Option<&str>) -> io::Result<Answer> {
        self.try_ask(method, path, "application/x-www-form-urlencoded", form.unwrap_or_default().as_bytes())
    }

    fn ask(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Answer {
        self.try_ask(method, path, kind, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    fn try_ask(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
        let (host, cookie, length) = (self.address, &self.cookie, body.len());
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {cookie}\r\n\
             Accept-Language: ru\r\nConnection: close\r\nContent-Type: {kind}\r\n\
             Content-Length: {length}\r\n\r\n"
        );
        stream.write_all(&[request.as_bytes(), body].concat())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        if answer.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Answer::parse(&String::from_utf8_lossy(&answer)))
    }
}

impl Answer {
    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|it| it.split(' ').nth(1)).and_then(|it| it.parse().ok());
        let headers: Vec<_> = lines
            .filter_map(|it| it.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let answer = Self { status: status.unwrap_or_default(), headers, body: body.to_owned() };
        assert_eq!(answer.header("transfer-encoding"), None, "pages come whole");
        answer
    }

    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }
}

fn encode(form: &Form) -> String {
    let pair = |(name, value): &(String, String)| format!("{}={}", escape(name), escape(value));
    form.fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// A text as a form sends it.
fn escape(text: &str) -> String {
    let sign = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(sign).collect()
}
