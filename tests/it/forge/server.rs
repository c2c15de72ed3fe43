//! A forge on loopback that answers by a script, and writes down what it was asked.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

use crate::loopback::{self, Request};

/// One answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) fault: Option<Fault>,
}

/// How an answer breaks off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// More bytes are promised than come.
    Truncated,
    /// Nothing comes, and the connection ends.
    Silent,
    /// Nothing comes, and the connection stays.
    Hangs,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::raw(status, body.to_string())
    }

    pub(crate) fn raw(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, body: body.into(), ..Self::default() }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn breaking(fault: Fault) -> Self {
        Self { fault: Some(fault), ..Self::raw(200, "[{\"id\": 1}]") }
    }
}

/// How a forge tells that there is another page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Paging {
    Links,
    NextPage,
    Nothing,
}

struct Script {
    paging: Paging,
    /// Answers by what is asked; of several each is given once, the last one for ever.
    replies: BTreeMap<String, Vec<Reply>>,
    asked: Vec<Request>,
}

/// A forge that answers by a script.
pub(crate) struct Double {
    pub(crate) base: String,
    script: Arc<Mutex<Script>>,
}

impl Double {
    pub(crate) fn new(paging: Paging) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let script = Arc::new(Mutex::new(Script { paging, replies: BTreeMap::new(), asked: Vec::new() }));
        let (shared, address) = (Arc::clone(&script), base.clone());
        // It ends with the process of the tests.
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (script, base) = (Arc::clone(&shared), address.clone());
                thread::spawn(move || serve(&stream, &script, &base));
            }
        });
        Self { base, script }
    }

    /// Answers `GET /path?query` without `page`, `GET /path?query#2` for a page, `graphql NAME` and `graphql NAME#CURSOR`.
    pub(crate) fn answers(&self, what: &str, replies: Vec<Reply>) {
        self.script.lock().unwrap().replies.insert(what.to_owned(), replies);
    }

    /// The first answer to a question.
    pub(crate) fn reply(&self, what: &str) -> Reply {
        self.script.lock().unwrap().replies[what][0].clone()
    }

    pub(crate) fn asked(&self) -> Vec<Request> {
        self.script.lock().unwrap().asked.clone()
    }

    /// What is asked about, as it stands in the script.
    pub(crate) fn questions(&self) -> Vec<String> {
        self.script.lock().unwrap().replies.keys().cloned().collect()
    }
}

fn serve(stream: &TcpStream, script: &Mutex<Script>, base: &str) {
    let Ok(asked) = loopback::read(stream) else { return };
    let key = key(&asked);
    let reply = {
        let mut script = script.lock().unwrap();
        script.asked.push(asked);
        let paging = script.paging;
        let next = key.rsplit_once('#').map_or(2, |(_, page)| page.parse().unwrap_or(1) + 1);
        let first = key.split('#').next().unwrap().to_owned();
        let has_next = key.starts_with("GET") && script.replies.contains_key(&format!("{first}#{next}"));
        match script.replies.get_mut(&key) {
            Some(replies) => {
                let reply = if replies.len() < 2 { replies[0].clone() } else { replies.remove(0) };
                if has_next { with_next(reply, paging, (&first, next)) } else { reply }
            }
            // Past the end of a list there is an empty page; what is not in the script is not there.
            None if key.contains('#') && paging == Paging::Nothing => Reply::raw(200, "[]"),
            None => Reply::raw(404, "{\"message\": \"Not Found\"}"),
        }
    };
    send(stream, &reply, base);
}

fn key(asked: &Request) -> String {
    if asked.method == "POST" {
        let body: Value = serde_json::from_slice(&asked.body).unwrap();
        let query = body["query"].as_str().unwrap();
        let names = ["mergeQueue", "reviewThreads", "reviews", "commits"];
        let name = names.iter().find(|name| query.contains(&format!("{name}("))).unwrap();
        let cursor = body["variables"]["after"].as_str().map(|it| format!("#{it}")).unwrap_or_default();
        return format!("graphql {name}{cursor}");
    }
    let (page, rest): (Vec<&str>, Vec<&str>) = asked.query.split('&').partition(|it| it.starts_with("page="));
    let page = page.first().map(|it| it.trim_start_matches("page=")).filter(|it| *it != "1");
    let page = page.map(|it| format!("#{it}")).unwrap_or_default();
    let sign = if rest.iter().all(|it| it.is_empty()) { "" } else { "?" };
    // On a server of one's own the API of GitHub has a folder.
    let path = asked.path.strip_prefix("/api/v3").unwrap_or(&asked.path);
    format!("{} {path}{sign}{}{page}", asked.method, rest.join("&"))
}

fn with_next(reply: Reply, paging: Paging, (first, next): (&str, u32)) -> Reply {
    let path = first.strip_prefix("GET ").unwrap();
    let sign = if path.contains('?') { '&' } else { '?' };
    match paging {
        _ if reply.headers.iter().any(|(name, _)| name == "link") => reply,
        Paging::Links => reply.with("link", &format!("<{{base}}{path}{sign}page={next}>; rel=\"next\"")),
        Paging::NextPage => reply.with("x-next-page", &next.to_string()),
        Paging::Nothing => reply,
    }
}

fn send(mut stream: &TcpStream, reply: &Reply, base: &str) {
    let length = reply.body.len();
    let promised = match reply.fault {
        Some(Fault::Silent) => return,
        Some(Fault::Hangs) => {
            // Until the client gives up.
            let _ = stream.read(&mut [0]);
            return;
        }
        Some(Fault::Truncated) => length + 100,
        None => length,
    };
    let mut head = format!("HTTP/1.1 {} x\r\ncontent-length: {promised}\r\nconnection: close\r\n", reply.status);
    for (name, value) in &reply.headers {
        write!(head, "{name}: {}\r\n", value.replace("{base}", base)).unwrap();
    }
    // A client that has seen enough may be gone.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(b"\r\n"));
    let _ = stream.write_all(&reply.body);
}
