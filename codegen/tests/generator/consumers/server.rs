
/// Answers every request in its turn, and keeps what was asked.
struct Server {
    url: String,
    asked: std::sync::mpsc::Receiver<String>,
}

impl Server {
    /// Each answer is a status line and a body, with a type for it between.
    fn new(answers: Vec<(u16, &'static str, &'static str)>) -> Self {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (tell, asked) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for (status, kind, body) in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut bytes = Vec::new();
                let mut buffer = [0; 4096];
                while !is_whole(&bytes) {
                    let count = stream.read(&mut buffer).unwrap();
                    assert!(count > 0, "cut off: {}", String::from_utf8_lossy(&bytes));
                    bytes.extend_from_slice(&buffer[..count]);
                }
                tell.send(String::from_utf8(bytes).unwrap()).unwrap();
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status} Whatever\r\ncontent-type: {kind}\r\n\
                     content-length: {length}\r\nconnection: close\r\n\r\n{body}"
                );
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        Self { url, asked }
    }

    fn client(&self) -> fitrankings::Client<fitrankings::NoToken> {
        let client = fitrankings::Client::builder().base_url(&self.url);
        client.build(fitrankings::NoToken).unwrap()
    }

    /// The next request, its header in small letters.
    fn asked(&self) -> Asked {
        let text = self.asked.recv().unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let (line, headers) = head.split_once("\r\n").unwrap();
        let headers = headers.lines().map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_ascii_lowercase(), value.to_owned())
        });
        Asked {
            line: line.strip_suffix(" HTTP/1.1").unwrap().to_owned(),
            headers: headers.collect(),
            body: body.to_owned(),
        }
    }
}

fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let head = head.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}

#[derive(Debug)]
#[allow(dead_code)]
struct Asked {
    line: String,
    headers: std::collections::HashMap<String, String>,
    body: String,
}

impl Asked {
    #[allow(dead_code)]
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(String::as_str).unwrap_or_default()
    }
}
