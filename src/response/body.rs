//! Reads the body of a response.

use std::cell::Cell;
use std::io::Read;

use ureq::Body;

use crate::error::{Error, Kind};
use crate::transport::errors;
use crate::transport::scope::{Phase, Report};

/// The maximum capacity preallocated from `Content-Length`.
const MAX_PREALLOC: u64 = 1024 * 1024;
/// The capacity preallocated without `Content-Length`. With less, the body would be read in very small
/// steps.
const INITIAL_CAPACITY: u64 = 4 * 1024;
/// The largest buffer that a thread keeps for its next response. The allocator returns large buffers to
/// the system, and getting one again costs more than reading the body.
pub(super) const KEPT_BUFFER: usize = 4 * 1024 * 1024;

thread_local! {
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Takes the buffer of the thread. Returns an empty buffer while the thread ends.
pub(super) fn take_buffer() -> Vec<u8> {
    BUFFER.try_with(Cell::take).unwrap_or_default()
}

/// Keeps a buffer for the next response of the thread, unless it is too large.
pub(super) fn keep_buffer(mut buffer: Vec<u8>) {
    // A response without a body has no buffer to keep, and must not replace one.
    if (1..=KEPT_BUFFER).contains(&buffer.capacity()) {
        buffer.clear();
        // A thread that ends keeps nothing.
        let _ = BUFFER.try_with(|kept| kept.set(buffer));
    }
}

/// The error of a body that could not be read to its end.
pub(super) struct BodyError {
    pub error: Error,
    /// Whether the connection failed.
    pub is_cut_off: bool,
}

/// Reads a body of at most `limit` bytes, counted after decompression. After an error, `bytes` holds
/// the part that was read.
pub(super) fn read(body: Body, limit: u64, bytes: &mut Vec<u8>) -> Result<(), BodyError> {
    let announced = body.content_length().unwrap_or(INITIAL_CAPACITY);
    let fits = usize::try_from(announced.min(limit).min(MAX_PREALLOC)).unwrap_or_default();
    bytes.reserve_exact(fits.saturating_add(1));
    // `ureq` counts the bytes on the wire: compressed data that hardly compresses is larger than the
    // body. The size after decompression is limited below.
    let wire = body
        .into_with_config()
        .limit(limit.saturating_add(limit / 64 + 1024))
        .reader();
    let read = wire.take(limit.saturating_add(1)).read_to_end(bytes);
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    match read {
        Ok(_) if size <= limit => Ok(()),
        Ok(_) => Err(whole(too_large(limit))),
        Err(error) => {
            let error = ureq::Error::from(error);
            // An empty body is not compressed, even with `Content-Encoding`.
            if bytes.is_empty() && lacks_compressed_data(&error) {
                return Ok(());
            }
            Err(convert(error, limit))
        }
    }
}

/// Returns true if a compressed body ended too early.
fn lacks_compressed_data(error: &ureq::Error) -> bool {
    match error {
        #[cfg(feature = "gzip")]
        ureq::Error::Decompress(_, error) => error.kind() == std::io::ErrorKind::UnexpectedEof,
        _ => false,
    }
}

fn convert(error: ureq::Error, limit: u64) -> BodyError {
    match error {
        ureq::Error::BodyExceedsLimit(_) => whole(too_large(limit)),
        #[cfg(feature = "gzip")]
        // `flate2` returns this kind for data that is not gzip. Another attempt would get the same.
        ureq::Error::Decompress(name, error)
            if error.kind() == std::io::ErrorKind::InvalidInput =>
        {
            let message =
                format!("the response has the content encoding {name}, but is not valid {name}");
            whole(Error::new(Kind::Decode, message).with_source(error))
        }
        #[cfg(feature = "gzip")]
        ureq::Error::Decompress(_, error) => {
            let message = "the compressed response is broken";
            whole(Error::new(Kind::Transport, message).with_source(error))
        }
        // The head was valid HTTP, so this is a failure of the connection.
        ureq::Error::Protocol(error) => {
            let message = format!("the body of the response is broken: {error}");
            cut_off(Error::new(Kind::Transport, message))
        }
        error => {
            let report = Report {
                phase: Phase::Sent,
                endpoint: None,
                may_be_stale: false,
            };
            cut_off(errors::convert(error, &report))
        }
    }
}

fn whole(error: Error) -> BodyError {
    BodyError {
        error,
        is_cut_off: false,
    }
}

fn cut_off(error: Error) -> BodyError {
    BodyError {
        is_cut_off: error.kind() == Kind::Transport,
        error,
    }
}

fn too_large(limit: u64) -> Error {
    Error::new(
        Kind::TooLarge,
        format!("the response is larger than {limit} bytes"),
    )
}

/// Returns true if a `Content-Type` has the charset Latin-1.
pub(super) fn is_latin(media_type: &str) -> bool {
    let parameters = media_type.split(';').skip(1);
    parameters
        .filter_map(|parameter| parameter.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .any(|(_, value)| {
            let value = value.trim().trim_matches('"');
            ["iso-8859-1", "latin1"]
                .iter()
                .any(|latin| value.eq_ignore_ascii_case(latin))
        })
}

/// Returns true if `ureq` converts a body in another character set to UTF-8.
///
/// It does with its feature `charset`, which any crate of an application can enable. A crate cannot
/// query the features of a dependency, so this converts a body of one byte.
pub(super) fn is_converted(body: &Body) -> bool {
    const LETTER: &[u8] = &[0xe4];
    let (Some(media_type), Some(charset)) = (body.mime_type(), body.charset()) else {
        return false;
    };
    let sample = Body::builder().mime_type(media_type).charset(charset);
    let read = sample.data(LETTER).read_to_vec();
    read.is_ok_and(|read| read != LETTER)
}
