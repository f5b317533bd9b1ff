//! Requests, as bytes.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::net::TcpStream;

/// A request as it came, byte by byte.
#[derive(Clone)]
pub struct Received {
    pub bytes: Vec<u8>,
    /// Which connection it came on, from 1.
    pub connection: usize,
    head: usize,
}

impl Received {
    /// `None` at the end of a connection. What does not begin like HTTP is taken as it comes.
    pub(super) fn read(reader: &mut BufReader<&TcpStream>) -> io::Result<Option<Self>> {
        let start = reader.fill_buf()?.to_vec();
        match start.first() {
            None => return Ok(None),
            Some(byte) if byte.is_ascii_uppercase() => {}
            Some(_) => {
                reader.consume(start.len());
                return Ok(Some(Self {
                    bytes: start,
                    connection: 0,
                    head: 0,
                }));
            }
        }
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            if reader.read_until(b'\n', &mut bytes)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let head = bytes.len();
        let mut request = Self {
            bytes,
            connection: 0,
            head,
        };
        let length = request.header("content-length").unwrap_or("0").parse();
        let mut body = vec![0; length.unwrap()];
        reader.read_exact(&mut body)?;
        request.bytes.extend(body);
        Ok(Some(request))
    }

    fn head(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.head]).unwrap()
    }

    /// Method, path and query: `GET /iq/users/?page=2`.
    pub fn line(&self) -> &str {
        let line = self.head().lines().next().unwrap_or_default();
        line.strip_suffix(" HTTP/1.1").unwrap()
    }

    /// What stands after the `?`.
    pub fn query(&self) -> Option<&str> {
        self.line().split_once('?').map(|(_, query)| query)
    }

    /// The value of a header that must not be there twice.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self
            .headers()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value);
        let value = values.next();
        assert_eq!(values.next(), None, "{name} is there twice");
        value
    }

    /// The names of all headers, in lower case and in order of the alphabet.
    pub fn header_names(&self) -> Vec<String> {
        let mut names: Vec<_> = self
            .headers()
            .map(|(name, _)| name.to_ascii_lowercase())
            .collect();
        names.sort();
        names
    }

    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let lines = self.head().lines().skip(1);
        lines.filter_map(|line| line.split_once(": "))
    }

    pub fn body(&self) -> &str {
        std::str::from_utf8(self.body_bytes()).unwrap()
    }

    pub fn body_bytes(&self) -> &[u8] {
        &self.bytes[self.head..]
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.bytes))
    }
}
