//! Certificates for servers on loopback, and who trusts them.
#![allow(dead_code, reason = "no test file uses all of it")]
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, SupportedProtocolVersion};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// A certificate with its key.
pub struct Identity {
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

/// Who signs certificates.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    pub fn sign(&self, params: &CertificateParams) -> Identity {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Identity {
            certificate: certificate.into(),
            key,
        }
    }

    /// The settings of a client that trusts this authority alone.
    pub fn trusted(&self) -> TlsConfig {
        let root = Certificate::from_der(self.0.der()).to_owned();
        let roots = RootCerts::new_with_certs(&[root]);
        TlsConfig::builder().root_certs(roots).build()
    }
}

impl Identity {
    /// A self-signed certificate.
    pub fn self_signed(params: &CertificateParams) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self {
            certificate: certificate.into(),
            key,
        }
    }

    /// The settings of a server with this certificate.
    pub fn server(self, versions: &[&'static SupportedProtocolVersion]) -> Arc<ServerConfig> {
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate], PrivateKeyDer::Pkcs8(key))
            .unwrap();
        Arc::new(config)
    }
}

/// A certificate for a host that is valid today.
pub fn valid_for(host: &str) -> CertificateParams {
    CertificateParams::new([host.to_owned()]).unwrap()
}
