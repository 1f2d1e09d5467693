//! Why TLS came to nothing, in words.

use std::fmt::Debug;

use rustls::{Error, PeerIncompatible};

use crate::flaw;

/// Why TLS came to nothing, in a sentence about `peer`: `the server`. No name of rustls's code is in it.
pub fn trouble(peer: &str, error: &Error) -> String {
    match error {
        Error::InvalidCertificate(error) => format!("{peer}'s certificate is not accepted: {}", flaw(error)),
        Error::AlertReceived(alert) => {
            format!("{peer} ended it with the alert {}", alert.as_str().unwrap_or("unknown"))
        }
        Error::NoCertificatesPresented => format!("{peer} showed no certificate"),
        Error::PeerIncompatible(why) => format!("{peer} {}", nothing_in_common(why)),
        Error::NoApplicationProtocol => format!("{peer} has none of our protocols (ALPN)"),
        Error::InvalidMessage(why) => format!("what {peer} sent is not TLS, or damaged ({})", spelled_out(why)),
        Error::PeerMisbehaved(why) => format!("{peer} breaks the rules of TLS ({})", spelled_out(why)),
        Error::InappropriateMessage { .. } | Error::InappropriateHandshakeMessage { .. } => {
            format!("{peer} sent a message that is not due")
        }
        Error::DecryptError => format!("what {peer} sent cannot be decrypted"),
        Error::PeerSentOversizedRecord => format!("{peer} sent a record that is too long"),
        error => error.to_string(),
    }
}

/// What the peer does not have, or does not offer.
fn nothing_in_common(why: &PeerIncompatible) -> &'static str {
    match why {
        PeerIncompatible::NoCipherSuitesInCommon => "has none of our cipher suites",
        PeerIncompatible::NoKxGroupsInCommon => "has none of our groups for the key exchange",
        PeerIncompatible::NoSignatureSchemesInCommon
        | PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon => "has none of our signature schemes",
        PeerIncompatible::ServerDoesNotSupportTls12Or13
        | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
        | PeerIncompatible::SupportedVersionsExtensionRequired
        | PeerIncompatible::Tls12NotOffered
        | PeerIncompatible::Tls12NotOfferedOrEnabled => "offers neither TLS 1.2 nor TLS 1.3",
        _ => "lacks an extension of TLS that is needed here",
    }
}

/// `InvalidContentType` as `invalid content type`.
fn spelled_out(why: &impl Debug) -> String {
    let mut words = String::new();
    let mut in_word = false;
    for character in format!("{why:?}").chars() {
        if character.is_uppercase() && in_word {
            words.push(' ');
        }
        words.extend(character.to_lowercase());
        in_word = character.is_lowercase() || character.is_ascii_digit();
    }
    words
}

#[cfg(test)]
mod tests {
    use rustls::{AlertDescription, CertificateError, InvalidMessage, PeerMisbehaved};

    use super::*;

    #[test]
    fn no_name_of_the_code_is_in_a_sentence() {
        for (error, words) in [
            (
                Error::InvalidCertificate(CertificateError::BadEncoding),
                "the server's certificate is not accepted: it cannot be read",
            ),
            (
                Error::AlertReceived(AlertDescription::HandshakeFailure),
                "the server ended it with the alert HandshakeFailure",
            ),
            (Error::NoCertificatesPresented, "the server showed no certificate"),
            (PeerIncompatible::NoCipherSuitesInCommon.into(), "the server has none of our cipher suites"),
            (PeerIncompatible::Tls12NotOffered.into(), "the server offers neither TLS 1.2 nor TLS 1.3"),
            (
                PeerIncompatible::KeyShareExtensionRequired.into(),
                "the server lacks an extension of TLS that is needed here",
            ),
            (
                Error::InvalidMessage(InvalidMessage::InvalidContentType),
                "what the server sent is not TLS, or damaged (invalid content type)",
            ),
            (
                Error::InvalidMessage(InvalidMessage::MissingData("ServerHello")),
                "what the server sent is not TLS, or damaged (missing data(\"server hello\"))",
            ),
            (
                PeerMisbehaved::IllegalMiddleboxChangeCipherSpec.into(),
                "the server breaks the rules of TLS (illegal middlebox change cipher spec)",
            ),
            (Error::DecryptError, "what the server sent cannot be decrypted"),
        ] {
            assert_eq!(trouble("the server", &error), words);
        }
    }
}
