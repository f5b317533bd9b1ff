use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::transport::scope;

/// Lifetime of a cached address. The system does not say how long it may be.
const LIFETIME: Duration = Duration::from_secs(60);

/// Names that are kept at once: a client talks to one host, or to that and a proxy.
const CAPACITY: usize = 8;

/// The system's resolver, asked once a minute and not twice a call.
///
/// `ureq` resolves the name on every call, over a pooled connection too, and starts a thread for
/// it where a timeout is set. An address that was found goes on being used until it is old, or
/// [forgotten](Self::forget) because nothing answers there.
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
    /// Asks the system again next time.
    pub fn forget(&self) {
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
