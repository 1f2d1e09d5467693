//! Certificates in words, and how they are checked.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use ring::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use rustls::client::danger::{ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DistinguishedName, Error};
use sockeye_common::hex;
use sockeye_tls::Chain;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use crate::explain::tls::Certificate;

/// What a certificate says of itself; nothing of it is believed here.
pub(super) fn describe(depth: usize, der: &[u8]) -> Certificate {
    let sha256 = hex::encode(digest(&SHA256, der).as_ref());
    let unreadable = || "(cannot be read)".to_owned();
    match X509Certificate::from_der(der) {
        Ok((_, parsed)) => Certificate {
            depth,
            subject: named(parsed.subject().to_string()),
            issuer: named(parsed.issuer().to_string()),
            not_before: parsed.validity().not_before.to_string(),
            not_after: parsed.validity().not_after.to_string(),
            names: names(&parsed),
            sha256,
        },
        Err(_) => Certificate {
            depth,
            subject: unreadable(),
            issuer: unreadable(),
            not_before: unreadable(),
            not_after: unreadable(),
            names: Vec::new(),
            sha256,
        },
    }
}

fn named(name: String) -> String {
    if name.is_empty() { "(empty)".to_owned() } else { name }
}

/// The names of subjectAltName.
fn names(parsed: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(names)) = parsed.subject_alternative_name() else { return Vec::new() };
    names.value.general_names.iter().filter_map(name).collect()
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(octets) => <[u8; 4]>::try_from(*octets)
            .map(IpAddr::from)
            .or_else(|_| <[u8; 16]>::try_from(*octets).map(IpAddr::from))
            .ok()
            .map(|ip| ip.to_string()),
        _ => None,
    }
}

/// SHA-1 and SHA-256 in groups of four digits, as ncat writes them.
pub(super) fn fingerprints(der: &[u8]) -> [(&'static str, String); 2] {
    let grouped = |algorithm: &'static Algorithm| {
        let digits = hex::encode(digest(algorithm, der).as_ref()).to_uppercase();
        let (groups, _) = digits.as_bytes().as_chunks::<4>();
        groups.iter().map(|group| String::from_utf8_lossy(group).into_owned()).collect::<Vec<_>>().join(" ")
    };
    [("SHA-1", grouped(&SHA1_FOR_LEGACY_USE_ONLY)), ("SHA-256", grouped(&SHA256))]
}

const TRUST_IT: &str = "--ssl-trustfile FILE trusts the certificates in FILE; --no-ssl-verify checks nothing";

/// Why a certificate was not taken, and what can be done.
pub(super) fn refusal(error: &CertificateError, chain: &[Vec<u8>], wanted: &str) -> (String, String) {
    let Some(first) = chain.first() else {
        return (format!("a certificate is not accepted: {}", sockeye_tls::flaw(error)), String::new());
    };
    let Certificate { subject, issuer, not_before, not_after, names, .. } = describe(0, first);
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            let dates: Vec<_> = chain
                .iter()
                .enumerate()
                .map(|(depth, der)| describe(depth, der))
                .map(|certificate| format!("{} until {}", certificate.subject, certificate.not_after))
                .collect();
            (
                format!("a certificate has expired: {}", dates.join(", issued by ")),
                format!("it was valid until {not_after}; is the clock of this host right?"),
            )
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (
            format!("the certificate of {subject} is not valid yet: only from {not_before}"),
            "is the clock of this host right?".to_owned(),
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            let names = if names.is_empty() { "no name at all".to_owned() } else { names.join(", ") };
            (
                format!("the certificate of {subject} is not for {wanted} but for {names}"),
                "--ssl-servername says another name; --no-ssl-verify checks nothing".to_owned(),
            )
        }
        CertificateError::BadSignature => (
            format!("the certificate of {subject} was not signed by the {issuer} that is trusted"),
            TRUST_IT.to_owned(),
        ),
        CertificateError::UnknownIssuer => {
            (format!("the certificate of {subject} has an unknown issuer: {issuer}"), TRUST_IT.to_owned())
        }
        other => (
            format!("the certificate of {subject}, issued by {issuer}, is not accepted: {}", sockeye_tls::flaw(other)),
            // Whatever a chain lacks, a certificate that is trusted itself needs none.
            TRUST_IT.to_owned(),
        ),
    }
}

/// Checks a peer's certificates, or takes any, and remembers them for whoever has to tell why not.
#[derive(Debug)]
pub(in crate::shell) struct Watch<V: ?Sized> {
    /// `None` takes every certificate.
    judge: Option<Arc<V>>,
    /// Certificates that are trusted themselves, although they may have signed nobody's.
    trusted: Chain,
    algorithms: WebPkiSupportedAlgorithms,
    /// The chain that was judged last. A handshake fails in the call that judges, and is told at once.
    seen: Mutex<Vec<Vec<u8>>>,
}

impl<V: ?Sized> Watch<V> {
    pub(super) fn new(judge: Option<Arc<V>>, trusted: Chain, provider: &CryptoProvider) -> Self {
        Self { judge, trusted, algorithms: provider.signature_verification_algorithms, seen: Mutex::default() }
    }

    pub(super) fn seen(&self) -> Vec<Vec<u8>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn look(&self, first: &CertificateDer<'_>, more: &[CertificateDer<'_>]) {
        let chain = std::iter::once(first).chain(more).map(|der| der.to_vec()).collect();
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = chain;
    }

    /// Whether exactly this certificate was given as trusted, and is valid now.
    fn is_trusted(&self, der: &CertificateDer<'_>, now: UnixTime) -> Result<bool, Error> {
        if !self.trusted.iter().any(|trusted| trusted == der) {
            return Ok(false);
        }
        sockeye_tls::check_time(&sockeye_tls::parse(der)?, now)?;
        Ok(true)
    }
}

impl ServerCertVerifier for Watch<dyn ServerCertVerifier> {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.look(end_entity, intermediates);
        let Some(judge) = &self.judge else { return Ok(ServerCertVerified::assertion()) };
        if self.is_trusted(end_entity, now)? {
            verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
            return Ok(ServerCertVerified::assertion());
        }
        judge.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    sockeye_tls::verify_signatures!(algorithms);
}

impl ClientCertVerifier for Watch<dyn ClientCertVerifier> {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.judge.as_ref().map_or(&[], |judge| judge.root_hint_subjects())
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.look(end_entity, intermediates);
        match &self.judge {
            Some(judge) if !self.is_trusted(end_entity, now)? => {
                judge.verify_client_cert(end_entity, intermediates, now)
            }
            _ => Ok(ClientCertVerified::assertion()),
        }
    }

    sockeye_tls::verify_signatures!(algorithms);
}
