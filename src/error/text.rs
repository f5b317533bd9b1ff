//! `Display` and `Debug` of errors.

use std::error::Error as _;
use std::fmt;

use ureq::http::StatusCode;

use super::{Error, Kind};
use crate::text::Plain;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.0.operation {
            write!(
                f,
                "{} ({} {}): ",
                operation.name, operation.method, operation.path
            )?;
        }
        match (self.0.status, self.0.kind) {
            (Some(status), Kind::Status | Kind::Redirect) => {
                f.write_str(status.as_str())?;
                if let Some(reason) = status.canonical_reason() {
                    write!(f, " {reason}")?;
                }
            }
            // A response that does not decode is a success: the status 200 adds nothing.
            (Some(status), kind) if kind != Kind::Decode || status != StatusCode::OK => {
                write!(f, "{} (status {})", Plain(&self.0.message), status.as_u16())?
            }
            _ => write!(f, "{}", Plain(&self.0.message))?,
        }
        if let Some(location) = self.location() {
            write!(f, ", to {}", Plain(location))?;
        }
        if let Some(detail) = self.detail().filter(|detail| !self.repeats_status(detail)) {
            write!(f, ": {}", Plain(detail).without_stop())?;
        }
        for (name, text) in self.field_errors() {
            match name {
                "non_field_errors" => write!(f, "; {}", Plain(text).without_stop())?,
                name => write!(f, "; {}: {}", Plain(name), Plain(text).without_stop())?,
            }
        }
        self.write_place(f)?;
        match self.advice() {
            Some(advice) => write!(f, "; {advice}"),
            None => Ok(()),
        }
    }
}

impl Error {
    /// Writes the page, the record and the value that the error is about.
    fn write_place(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The messages of these kinds name the page.
        let names_page = matches!(self.0.kind, Kind::Invalid | Kind::Repeats);
        if let Some(page) = self.page().filter(|_| !names_page) {
            write!(f, ", page {page}")?;
        }
        if let Some(id) = self.record_id() {
            write!(f, ", id {}", Plain(id))?;
        }
        match self.json_path() {
            Some(path) => write!(f, ", at `{}`", Plain(path)),
            None => Ok(()),
        }
    }

    /// Returns true if the server's message only repeats the status, such as
    /// `503 Service Unavailable`.
    fn repeats_status(&self, detail: &str) -> bool {
        self.0.status.is_some_and(|status| {
            let reason = detail.trim().trim_end_matches('.');
            let reason = reason.strip_prefix(status.as_str()).unwrap_or(reason);
            let known = status.canonical_reason().unwrap_or_default();
            reason.trim().eq_ignore_ascii_case(known)
        })
    }
}

/// Writes the line of `Display`, the causes, and the size and the media type of the body.
///
/// A `main` that returns the error prints this. The body can contain personal data, so only
/// [`body`](Error::body) returns it.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.to_string();
        f.write_str(&line)?;
        let mut source = self.source();
        while let Some(cause) = source {
            let text = Plain(&cause.to_string()).to_string();
            if !line.contains(&text) {
                write!(f, "\n  caused by: {text}")?;
            }
            source = cause.source();
        }
        match &self.0.server.body_shape {
            Some(shape) if self.detail().is_none() => {
                write!(f, "\n  body: {}, see `Error::body`", Plain(shape))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ServerMessage;
    use crate::operation::Operation;

    fn refused(status: u16, detail: &str) -> Error {
        let server = ServerMessage {
            detail: Some(detail.into()),
            ..ServerMessage::default()
        };
        let status = StatusCode::from_u16(status).unwrap();
        Error::new(Kind::Status, "")
            .with_status(status)
            .with_server(server)
    }

    #[test]
    fn a_detail_that_only_repeats_the_status_is_left_out() {
        for detail in [
            "Service Unavailable",
            "service unavailable.",
            "503 Service Unavailable",
        ] {
            let error = refused(503, detail);
            let text = error.to_string();
            assert_eq!(text, "503 Service Unavailable; try again later");
            assert_eq!(error.detail(), Some(detail));
        }
        let more = refused(503, "Service Unavailable until noon").to_string();
        assert!(more.starts_with("503 Service Unavailable: Service Unavailable until noon;"));
    }

    #[test]
    fn a_page_is_named_once() {
        let error = |kind| Error::new(kind, "the parameter `page` is 0").with_page(0);
        assert_eq!(
            error(Kind::Invalid).to_string(),
            "the parameter `page` is 0"
        );
        assert!(error(Kind::Transport).to_string().contains(", page 0;"));
    }

    #[test]
    fn no_character_of_a_server_changes_how_the_others_are_shown() {
        for character in [
            '\u{7}',
            '\u{1b}',
            '\u{85}',
            '\u{ad}',
            '\u{61c}',
            '\u{200b}',
            '\u{200d}',
            '\u{200e}',
            '\u{2028}',
            '\u{2029}',
            '\u{202a}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2069}',
            '\u{feff}',
            '\u{fffb}',
            '\u{e0041}',
        ] {
            let error = refused(400, &format!("a{character}b"));
            let escaped = format!("a\\u{{{:x}}}b", u32::from(character));
            for shown in [error.to_string(), format!("{error:?}")] {
                assert!(!shown.contains(character), "{shown:?}");
                assert!(shown.contains(&escaped), "{shown:?}");
            }
        }
        let text = "déjà vu, 走る, עברית, नमस्ते, 🏃";
        assert!(refused(400, text).to_string().contains(text));
    }

    #[test]
    fn an_error_is_a_pointer_in_size_and_goes_to_other_threads() {
        fn sendable<T: Send + Sync + 'static>() {}
        sendable::<Error>();
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn a_redirect_to_the_path_with_a_slash_is_blamed_on_the_document() {
        static OPERATION: Operation = Operation {
            name: "list_users",
            method: crate::operation::Method::GET,
            path: "/users",
            server: None,
            token: true,
            secrets: &[],
        };
        let to = |location: &str| {
            let server = ServerMessage {
                location: Some(location.into()),
                ..ServerMessage::default()
            };
            let error = Error::new(Kind::Redirect, "").with_status(StatusCode::MOVED_PERMANENTLY);
            error
                .with_operation(&OPERATION)
                .with_server(server)
                .to_string()
        };
        assert_eq!(
            to("/iq/users/"),
            "list_users (GET /users): 301 Moved Permanently, to /iq/users/; \
             the path lacks its final slash: correct it in the OpenAPI document"
        );
        assert!(to("/login").ends_with("check the base URL"));
    }

    #[test]
    fn a_terminal_obeys_nothing_that_a_server_says() {
        let server = ServerMessage {
            detail: Some("\u{1b}[2Jgone\u{7}".into()),
            ..ServerMessage::default()
        };
        let error = Error::new(Kind::Status, "").with_status(StatusCode::BAD_REQUEST);
        let text = format!("{:?}", error.with_server(server));
        assert!(!text.contains(['\u{1b}', '\u{7}']), "{text}");
    }
}
