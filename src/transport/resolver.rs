use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::transport::scope;

/// Lifetime of a cached address. The system does not report the lifetime of its own.
const LIFETIME: Duration = Duration::from_secs(60);

/// Maximum number of cached names. A client connects to one host, or to one proxy as well.
const CAPACITY: usize = 8;

/// The system's resolver with a cache.
///
/// `ureq` resolves the name on every call, even if it then uses a pooled connection, and with a
/// timeout it starts a thread for this. A cached address is used for up to one minute, or until a
/// connection to it fails and the cache is [cleared](Self::clear).
#[derive(Clone, Debug, Default)]
pub(crate) struct CachingResolver(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    system: DefaultResolver,
    known: Mutex<Vec<Known>>,
}

#[derive(Debug)]
struct Known {
    scheme: String,
    authority: String,
    addresses: ResolvedSocketAddrs,
    since: Instant,
}

impl CachingResolver {
    /// Empties the cache, so that the system resolves the next name.
    pub fn clear(&self) {
        self.known().clear();
    }

    fn known(&self) -> MutexGuard<'_, Vec<Known>> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Resolver for CachingResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        scope::note_endpoint(uri);
        let (scheme, authority) = match (uri.scheme_str(), uri.authority()) {
            (Some(scheme), Some(authority)) => (scheme, authority.as_str()),
            _ => return self.0.system.resolve(uri, config, timeout),
        };
        let is = |known: &Known| {
            known.authority == authority
                && known.scheme == scheme
                && known.since.elapsed() < LIFETIME
        };
        if let Some(known) = self.known().iter().find(|known| is(known)) {
            return Ok(known.addresses.clone());
        }
        let addresses = self.0.system.resolve(uri, config, timeout)?;
        let mut known = self.known();
        known.retain(|known| known.since.elapsed() < LIFETIME);
        if known.len() < CAPACITY {
            known.push(Known {
                scheme: scheme.to_owned(),
                authority: authority.to_owned(),
                addresses: addresses.clone(),
                since: Instant::now(),
            });
        }
        Ok(addresses)
    }
}
