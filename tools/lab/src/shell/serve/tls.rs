//! An authority of our own, and a certificate by it that is right or wrong.

use std::fs;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use sockeye_cli::{Failure, Status};

use crate::apps::{Certificate, Tls};

/// Whose a certificate for the wrong name is.
const OTHER_NAME: &str = "somebody-else.example";

/// Makes a certificate and writes that of the authority where it is wanted.
///
/// # Errors
/// [`Failure`] if the name cannot be in a certificate, or the file not be written.
pub fn config(tls: &Tls) -> Result<Arc<ServerConfig>, Failure> {
    let made = make(tls).map_err(|error| Failure::usage(format!("--name {}: {error}", tls.name)))?;
    if let Some(path) = &tls.authority {
        fs::write(path, &made.authority)
            .map_err(|error| Failure::call(Status::HOST, "write", path.display(), &error))?;
    }
    let unusable = |error: rustls::Error| Failure::host(format!("TLS: {error}"));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(vec![made.certificate], made.key)
        .map_err(unusable)?;
    Ok(Arc::new(config))
}

struct Made {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    /// The certificate of the authority, as PEM.
    authority: String,
}

fn make(tls: &Tls) -> Result<Made, rcgen::Error> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name.push(DnType::CommonName, tls.issuer.as_str());
    let authority_key = KeyPair::generate()?;
    let authority = params.self_signed(&authority_key)?;
    let issuer = Issuer::new(params, authority_key);

    let name = if tls.certificate == Certificate::WrongName { OTHER_NAME } else { tls.name.as_str() };
    let mut params = CertificateParams::new(vec![name.to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, name);
    if tls.certificate == Certificate::Expired {
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(2020, 1, 1);
    }
    let key = KeyPair::generate()?;
    let certificate = match tls.certificate {
        Certificate::SelfSigned => params.self_signed(&key)?,
        Certificate::Valid | Certificate::Expired | Certificate::WrongName => params.signed_by(&key, &issuer)?,
    };
    Ok(Made {
        certificate: certificate.der().clone(),
        key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        authority: authority.pem(),
    })
}
