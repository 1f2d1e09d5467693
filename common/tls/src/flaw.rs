//! What is wrong with a certificate, in words.

use rustls::CertificateError;
use webpki::Error;

/// The flaw of "it", a certificate, as the rest of a sentence. Who has more to say, of names or dates, says that instead.
pub fn flaw(error: &CertificateError) -> &'static str {
    match error {
        CertificateError::BadEncoding => "it cannot be read",
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "it is not valid yet",
        CertificateError::Revoked => "it was revoked",
        CertificateError::UnhandledCriticalExtension => UNKNOWN_EXTENSION,
        CertificateError::UnknownIssuer => "its issuer is unknown",
        CertificateError::UnknownRevocationStatus => "nothing says whether it was revoked",
        CertificateError::ExpiredRevocationList | CertificateError::ExpiredRevocationListContext { .. } => {
            "the list that says whether it was revoked is out of date"
        }
        CertificateError::BadSignature => "its signature is wrong",
        CertificateError::UnsupportedSignatureAlgorithmContext { .. } => {
            "it is signed with an algorithm that is not supported"
        }
        CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "it is signed with an algorithm that is not one for the key of its issuer"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => "it is for another name",
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "its extended key usage is another"
        }
        CertificateError::InvalidOcspResponse => "the OCSP response that came with it is wrong",
        CertificateError::ApplicationVerificationFailure => "it is not accepted",
        CertificateError::Other(other) => other.0.downcast_ref::<Error>().map_or(OTHER, flaw_of_chain),
        // An algorithm, as older versions of rustls name it.
        _ => "it is signed in a way that is not supported",
    }
}

const OTHER: &str = "it is not valid";
const UNKNOWN_EXTENSION: &str = "it has a critical extension that is not known here";

/// What webpki finds and rustls has no word for.
fn flaw_of_chain(error: &Error) -> &'static str {
    match error {
        Error::CaUsedAsEndEntity => "it is that of an authority (CA:TRUE), and not trusted itself",
        Error::EndEntityUsedAsCa => "one that signed it is not that of an authority (CA:FALSE)",
        Error::CertDistrusted => "its key is distrusted",
        Error::EmptyEkuExtension => "its extended key usage is empty",
        Error::ExtensionValueInvalid | Error::MalformedExtensions => "one of its extensions is damaged",
        Error::InvalidSerialNumber => "its serial number is damaged",
        Error::MalformedDnsIdentifier => "one of its names is damaged",
        Error::MalformedNameConstraint | Error::InvalidNetworkMaskConstraint => {
            "the name constraints of one that signed it are damaged"
        }
        Error::NameConstraintViolation => "one that signed it may not sign for its name (name constraints)",
        Error::PathLenConstraintViolated => "one that signed it may not have so many below it (path length)",
        Error::MaximumNameConstraintComparisonsExceeded
        | Error::MaximumPathBuildCallsExceeded
        | Error::MaximumPathDepthExceeded
        | Error::MaximumSignatureChecksExceeded => "its chain is too long to be checked",
        Error::SignatureAlgorithmMismatch => "it names two algorithms for its one signature",
        Error::UnsupportedCertVersion => "it is not one of version 3",
        Error::UnsupportedCriticalExtension => UNKNOWN_EXTENSION,
        Error::UnsupportedNameType => "it is for a kind of name that is not supported",
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::OtherError;

    use super::*;

    #[test]
    fn no_name_of_the_code_is_in_a_sentence() {
        let other = |error: Error| CertificateError::Other(OtherError(Arc::new(error)));
        for (error, words) in [
            (CertificateError::BadEncoding, "it cannot be read"),
            (CertificateError::InvalidPurpose, "its extended key usage is another"),
            (other(Error::CaUsedAsEndEntity), "it is that of an authority (CA:TRUE), and not trusted itself"),
            (other(Error::PathLenConstraintViolated), "one that signed it may not have so many below it (path length)"),
            (other(Error::UnsupportedCertVersion), "it is not one of version 3"),
            (other(Error::InvalidCrlNumber), OTHER),
            (CertificateError::Other(OtherError(Arc::new(std::fmt::Error))), OTHER),
        ] {
            assert_eq!(flaw(&error), words, "{error:?}");
        }
    }
}
