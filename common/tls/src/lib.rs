//! What the tools that speak TLS share: certificates as they are read and trusted, and the signatures of a handshake.
//!
//! What a certificate is refused for, and in whose words that is said, is each tool's own.
#![forbid(unsafe_code)]

use std::sync::LazyLock;

use rustls::CertificateError;
use rustls::pki_types::pem::{Error, PemObject};
use rustls::pki_types::{CertificateDer, UnixTime};
use x509_parser::prelude::{FromDer, X509Certificate};

mod flaw;
mod trouble;

pub use self::flaw::flaw;
pub use self::trouble::trouble;
#[doc(hidden)]
pub use rustls;

/// Certificates in their order, as a file has them or a peer shows them.
pub type Chain = Vec<CertificateDer<'static>>;

/// The certificates of a file in PEM: none if it has none.
///
/// # Errors
/// [`Error`] if one of them is damaged.
pub fn certificates(pem: &[u8]) -> Result<Chain, Error> {
    CertificateDer::pem_slice_iter(pem).collect()
}

/// The certificates that this host trusts, read at the first call: one before a process gives up to read files is enough for all
/// after it. Some that cannot be read are no reason to refuse those that can.
pub fn trusted_by_host() -> &'static Chain {
    static TRUSTED: LazyLock<Chain> = LazyLock::new(|| rustls_native_certs::load_native_certs().certs);
    &TRUSTED
}

/// What a certificate says of itself.
///
/// # Errors
/// [`CertificateError::BadEncoding`].
pub fn parse<'der>(certificate: &'der CertificateDer<'_>) -> Result<X509Certificate<'der>, CertificateError> {
    X509Certificate::from_der(certificate).map(|(_, parsed)| parsed).map_err(|_| CertificateError::BadEncoding)
}

/// Checks the time of a certificate that is trusted itself: of those in a chain, webpki does.
///
/// # Errors
/// [`CertificateError::NotValidYet`], [`CertificateError::Expired`].
///
/// # Source
/// RFC 5280 section 4.1.2.5: both ends of the period belong to it.
pub fn check_time(certificate: &X509Certificate<'_>, now: UnixTime) -> Result<(), CertificateError> {
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let validity = certificate.validity();
    if now < validity.not_before.timestamp() {
        Err(CertificateError::NotValidYet)
    } else if now > validity.not_after.timestamp() {
        Err(CertificateError::Expired)
    } else {
        Ok(())
    }
}

/// The part of a verifier (of servers or of clients) that is about the signatures of the handshake, which are always
/// checked: three functions of the trait, by the `WebPkiSupportedAlgorithms` in the field that is named.
#[macro_export]
macro_rules! verify_signatures {
    ($algorithms:ident) => {
        fn verify_tls12_signature(
            &self,
            message: &[u8],
            cert: &$crate::rustls::pki_types::CertificateDer<'_>,
            signed: &$crate::rustls::DigitallySignedStruct,
        ) -> Result<$crate::rustls::client::danger::HandshakeSignatureValid, $crate::rustls::Error> {
            $crate::rustls::crypto::verify_tls12_signature(message, cert, signed, &self.$algorithms)
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            cert: &$crate::rustls::pki_types::CertificateDer<'_>,
            signed: &$crate::rustls::DigitallySignedStruct,
        ) -> Result<$crate::rustls::client::danger::HandshakeSignatureValid, $crate::rustls::Error> {
            $crate::rustls::crypto::verify_tls13_signature(message, cert, signed, &self.$algorithms)
        }

        fn supported_verify_schemes(&self) -> Vec<$crate::rustls::SignatureScheme> {
            self.$algorithms.supported_schemes()
        }
    };
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn made() -> rcgen::Certificate {
        let mut params = rcgen::CertificateParams::new(["a.test".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
        params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap()
    }

    #[test]
    fn a_file_has_its_certificates_in_their_order() {
        let (one, other) = (made(), made());
        let file = format!("in front\n{}between\n{}", one.pem(), other.pem());
        assert_eq!(certificates(file.as_bytes()).unwrap(), [one.der().clone(), other.der().clone()]);
        assert_eq!(certificates(b"nothing").unwrap(), Chain::new());
        assert!(certificates(b"-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n").is_err());
        assert_eq!(parse(&CertificateDer::from(vec![0x30, 1])).unwrap_err(), CertificateError::BadEncoding);
    }

    #[test]
    fn both_ends_of_the_period_belong_to_it() {
        let made = made();
        let parsed = parse(made.der()).unwrap();
        // 2020-01-01 and 2021-01-01 at midnight, UTC.
        for (seconds, expected) in [
            (1_577_836_799, Err(CertificateError::NotValidYet)),
            (1_577_836_800, Ok(())),
            (1_609_459_200, Ok(())),
            (1_609_459_201, Err(CertificateError::Expired)),
        ] {
            let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
            assert_eq!(check_time(&parsed, now), expected, "{seconds}");
        }
    }
}
