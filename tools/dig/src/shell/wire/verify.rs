//! Whether a server's certificate proves who it is, judged in OpenSSL's order and told in its words.
//!
//! dig names one fault of a certificate that may have several: first that nobody trusted has signed it, then that it
//! may not be used for this, then that it is for another name, and that it has expired last.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error, OtherError, RootCertStore};
use sockeye_tls::{Chain, parse};
use x509_parser::prelude::X509Certificate;

const EXPIRED: &str = "certificate has expired";
const NOT_YET_VALID: &str = "certificate is not yet valid";
const PURPOSE: &str = "unsuitable certificate purpose";

/// A certificate that is not good enough; OpenSSL's words for why.
#[derive(Debug)]
pub(super) struct Refused(pub(super) &'static str);

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

impl std::error::Error for Refused {}

/// Judges a server's certificate, or takes any.
#[derive(Debug)]
pub(super) struct Verifier {
    /// `None` takes every certificate.
    strict: Option<Strict>,
    algorithms: WebPkiSupportedAlgorithms,
    /// Why the last one was not taken: QUIC has no room for that in its errors.
    refused: Mutex<Option<&'static str>>,
}

#[derive(Debug)]
struct Strict {
    trusted: Chain,
    roots: RootCertStore,
    /// `None` is a name that no certificate can have.
    name: Option<ServerName<'static>>,
}

impl Verifier {
    /// Takes every certificate.
    pub(super) fn lax(provider: &CryptoProvider) -> Self {
        Self { strict: None, algorithms: provider.signature_verification_algorithms, refused: Mutex::default() }
    }

    /// Takes certificates for the name that one of the trusted has signed.
    pub(super) fn strict(trusted: Chain, name: Option<ServerName<'static>>, provider: &CryptoProvider) -> Self {
        let mut roots = RootCertStore::empty();
        // What cannot be read as an authority has signed nobody's certificate.
        let _ = roots.add_parsable_certificates(trusted.iter().cloned());
        let strict = Some(Strict { trusted, roots, name });
        Self { strict, algorithms: provider.signature_verification_algorithms, refused: Mutex::default() }
    }

    /// Why the last certificate was not taken, if it was not.
    pub(super) fn refused(&self) -> Option<&'static str> {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(strict) = &self.strict {
            let judged = strict.judge(end_entity, intermediates, now, &self.algorithms);
            let reason = judged.as_ref().err().and_then(|error| match error {
                Error::Other(other) => other.0.downcast_ref::<Refused>().map(|refused| refused.0),
                _ => None,
            });
            *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = reason;
            judged?;
        }
        Ok(ServerCertVerified::assertion())
    }

    sockeye_tls::verify_signatures!(algorithms);
}

impl Strict {
    fn judge(
        &self,
        der: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
        algorithms: &WebPkiSupportedAlgorithms,
    ) -> Result<(), Error> {
        let leaf = parse(der)?;
        if let Some(reason) = self.untrusted(der, intermediates) {
            return Err(refused(reason));
        }
        let parsed = ParsedCertificate::try_from(der)?;
        // A certificate that is trusted itself needs nobody's signature.
        let chain = if is_self_signed(&leaf) {
            trusted_itself(&leaf, now)
        } else {
            verify_server_cert_signed_by_trust_anchor(&parsed, &self.roots, intermediates, now, algorithms.all)
                .map_err(|error| reason_of(&error))
        };
        match chain {
            Err(Some(late @ (EXPIRED | NOT_YET_VALID))) => {
                self.named(&parsed)?;
                Err(refused(late))
            }
            Err(Some(reason)) => Err(refused(reason)),
            Err(None) => Err(CertificateError::BadEncoding.into()),
            Ok(()) => self.named(&parsed),
        }
    }

    /// Why no trusted certificate is at the end of the chain, going by names alone.
    fn untrusted(&self, leaf: &CertificateDer<'_>, intermediates: &[CertificateDer<'_>]) -> Option<&'static str> {
        const UNKNOWN: &str = "unable to get local issuer certificate";
        let mut current = leaf;
        // No chain is longer than all that was sent.
        for depth in 0..=intermediates.len() {
            let Ok(certificate) = parse(current) else { return Some(UNKNOWN) };
            if is_self_signed(&certificate) {
                let trusted = self.trusted.iter().any(|trusted| trusted == current);
                let reason =
                    if depth == 0 { "self-signed certificate" } else { "self-signed certificate in certificate chain" };
                return (!trusted).then_some(reason);
            }
            let signed = |by: &CertificateDer<'_>| parse(by).is_ok_and(|by| by.subject() == certificate.issuer());
            if self.trusted.iter().any(signed) {
                return None;
            }
            let Some(issuer) = intermediates.iter().find(|by| signed(by)) else { return Some(UNKNOWN) };
            current = issuer;
        }
        Some(UNKNOWN)
    }

    fn named(&self, parsed: &ParsedCertificate<'_>) -> Result<(), Error> {
        match &self.name {
            Some(name) if verify_server_name(parsed, name).is_ok() => Ok(()),
            Some(ServerName::IpAddress(_)) => Err(refused("IP address mismatch")),
            _ => Err(refused("hostname mismatch")),
        }
    }
}

fn is_self_signed(certificate: &X509Certificate<'_>) -> bool {
    certificate.subject() == certificate.issuer()
}

fn trusted_itself(leaf: &X509Certificate<'_>, now: UnixTime) -> Result<(), Option<&'static str>> {
    let usage = leaf.extended_key_usage().ok().flatten();
    if usage.is_some_and(|usage| !usage.value.server_auth && !usage.value.any) {
        return Err(Some(PURPOSE));
    }
    sockeye_tls::check_time(leaf, now).map_err(|error| reason_of(&error.into()))
}

fn refused(reason: &'static str) -> Error {
    Error::Other(OtherError(Arc::new(Refused(reason))))
}

/// OpenSSL's words; `None` for what it would not even read.
fn reason_of(error: &Error) -> Option<&'static str> {
    let Error::InvalidCertificate(error) = error else { return None };
    Some(match error {
        CertificateError::BadEncoding => return None,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => EXPIRED,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => NOT_YET_VALID,
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => PURPOSE,
        CertificateError::BadSignature => "certificate signature failure",
        CertificateError::UnhandledCriticalExtension => "unhandled critical extension",
        CertificateError::UnknownIssuer => "unable to get local issuer certificate",
        // What webpki has no word of its own for: an issuer that is none.
        _ => "invalid CA certificate",
    })
}
