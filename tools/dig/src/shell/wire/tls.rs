//! TLS to a name server: what the options make of it, the handshake, and the octets inside.

#![expect(clippy::disallowed_methods, reason = "the shell: reads certificates and keys, and the clock")]

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::Resumption;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, Error};
use sockeye_tls::Chain;

use super::tcp::Tcp;
use super::verify::{Refused, Verifier};
use crate::exchange::Ask;
use crate::transport::{self, TlsFailure};

/// How long the last octets may wait for room in the kernel.
const GOODBYE: Duration = Duration::from_millis(100);

/// What the options make of TLS, for one server.
#[derive(Clone)]
pub(super) struct Setup {
    pub(super) config: Arc<ClientConfig>,
    pub(super) name: ServerName<'static>,
    pub(super) verifier: Arc<Verifier>,
    options: transport::Tls,
    written: String,
    alpn: &'static [u8],
}

impl Setup {
    /// Reads certificates and keys.
    pub(super) fn new(options: &transport::Tls, ask: &Ask, alpn: &'static [u8]) -> Result<Self, TlsFailure> {
        let wanted = options.hostname.as_ref().unwrap_or(&ask.server.written);
        let name = ServerName::try_from(wanted.clone()).ok().filter(|_| !wanted.ends_with('.'));
        let provider = Arc::new(ring::default_provider());
        let verifier = if options.verifies() {
            Verifier::strict(trusted(options)?, name.clone(), &provider)
        } else {
            Verifier::lax(&provider)
        };
        let verifier = Arc::new(verifier);
        let unusable = |error: Error| context(None, error.to_string());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::<Verifier>::clone(&verifier));
        let mut config = match identity(options)? {
            Some((chain, key)) => builder.with_client_auth_cert(chain, key).map_err(|_| wrong_key(options))?,
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![alpn.to_vec()];
        config.resumption = Resumption::disabled();
        Ok(Self {
            config: Arc::new(config),
            // Without a name that a certificate could have, the address: it is not sent.
            name: name.unwrap_or_else(|| ServerName::IpAddress(ask.server.addr.ip().into())),
            verifier,
            options: options.clone(),
            written: ask.server.written.clone(),
            alpn,
        })
    }

    /// Whether it was made for just that.
    pub(super) fn is_for(&self, options: &transport::Tls, ask: &Ask, alpn: &[u8]) -> bool {
        self.options == *options && self.written == ask.server.written && self.alpn == alpn
    }
}

/// A connection with TLS on it.
pub(super) struct TlsStream {
    tcp: Tcp,
    connection: ClientConnection,
}

impl TlsStream {
    /// Puts TLS on a connection and waits for the handshake.
    pub(super) fn handshake(tcp: Tcp, setup: &Setup, until: Instant) -> io::Result<Self> {
        let connection =
            ClientConnection::new(Arc::clone(&setup.config), setup.name.clone()).map_err(io::Error::other)?;
        let mut stream = Self { tcp, connection };
        while stream.connection.is_handshaking() {
            if stream.connection.wants_write() {
                stream.flush(until)?;
            } else {
                stream.fill(until)?;
            }
        }
        stream.flush(until)?;
        Ok(stream)
    }

    /// The protocol that the server has chosen.
    pub(super) fn alpn(&self) -> Option<&[u8]> {
        self.connection.alpn_protocol()
    }

    pub(super) fn read(&mut self, buffer: &mut [u8], until: Instant) -> io::Result<usize> {
        loop {
            match self.connection.reader().read(buffer) {
                // dig takes no notice of close_notify: the connection has to end.
                Ok(0) if !buffer.is_empty() => self.wait_for_end(until)?,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.flush(until)?;
                    self.fill(until)?;
                    continue;
                }
                done => return done,
            }
            return Ok(0);
        }
    }

    pub(super) fn write_all(&mut self, octets: &[u8], until: Instant) -> io::Result<()> {
        let mut rest = octets;
        while !rest.is_empty() {
            let taken = self.connection.writer().write(rest)?;
            rest = rest.get(taken..).unwrap_or_default();
            self.flush(until)?;
        }
        Ok(())
    }

    fn flush(&mut self, until: Instant) -> io::Result<()> {
        while self.connection.wants_write() {
            self.connection.write_tls(&mut self.tcp.until(until))?;
        }
        Ok(())
    }

    /// Takes what the peer has sent, and tells it if that is wrong.
    fn fill(&mut self, until: Instant) -> io::Result<()> {
        self.tcp.hurry();
        let got = self.connection.read_tls(&mut self.tcp.until(until))?;
        if let Err(error) = self.connection.process_new_packets() {
            let _ = self.flush(until);
            return Err(io::Error::other(error));
        }
        if got == 0 && self.connection.is_handshaking() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    fn wait_for_end(&mut self, until: Instant) -> io::Result<()> {
        let mut room = [0; 512];
        while self.tcp.until(until).read(&mut room)? > 0 {}
        Ok(())
    }
}

impl Drop for TlsStream {
    fn drop(&mut self) {
        self.connection.send_close_notify();
        let now = Instant::now();
        let _ = self.flush(now.checked_add(GOODBYE).unwrap_or(now));
    }
}

/// Why a handshake came to nothing.
pub(super) fn why_not(error: &io::Error) -> TlsFailure {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(inner) => refusal(inner),
        None => TlsFailure::Handshake { reason: super::reason(error) },
    }
}

/// Why TLS came to nothing, over TCP or QUIC.
pub(super) fn refusal(error: &Error) -> TlsFailure {
    match error {
        Error::Other(other) => match other.0.downcast_ref::<Refused>() {
            Some(refused) => TlsFailure::Certificate { reason: refused.0 },
            None => TlsFailure::Handshake { reason: other.to_string() },
        },
        error => TlsFailure::Handshake { reason: sockeye_tls::trouble("the server", error) },
    }
}

fn context(log: Option<String>, reason: String) -> TlsFailure {
    TlsFailure::Context { log, reason }
}

/// The certificates that are trusted: the file's, or this host's.
fn trusted(options: &transport::Tls) -> Result<Chain, TlsFailure> {
    let Some(Some(file)) = &options.ca else { return Ok(sockeye_tls::trusted_by_host().clone()) };
    let pem = std::fs::read(file).map_err(|error| context(None, format!("{file}: {}", super::reason(&error))))?;
    match sockeye_tls::certificates(&pem) {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        _ => Err(context(None, format!("{file}: no certificates as PEM"))),
    }
}

const CERT_CALL: &str = "SSL_CTX_use_certificate_chain_file";
const KEY_CALL: &str = "SSL_CTX_use_PrivateKey_file";
/// OpenSSL's words for a file that cannot be opened, and for one that holds something else.
const SYSTEM: &str = "error:0A080002:SSL routines::system lib";
const PEM: &str = "error:0A080009:SSL routines::PEM lib";
const MISMATCH: &str = "error:05800074:x509 certificate routines::key values mismatch";

/// Our certificate and its key.
fn identity(options: &transport::Tls) -> Result<Option<(Chain, PrivateKeyDer<'static>)>, TlsFailure> {
    let (cert_file, key_file) = match (&options.cert_file, &options.key_file) {
        (None, None) => return Ok(None),
        (Some(cert), Some(key)) => (cert, key),
        _ => return Err(TlsFailure::HalfIdentity),
    };
    let chain = sockeye_tls::certificates(&read(CERT_CALL, cert_file)?).ok().filter(|chain| !chain.is_empty());
    let chain = chain.ok_or_else(|| fault(CERT_CALL, cert_file, PEM, "no certificates as PEM"))?;
    let key = PrivateKeyDer::from_pem_slice(&read(KEY_CALL, key_file)?);
    let key = key.map_err(|_| fault(KEY_CALL, key_file, PEM, "no private key as PEM"))?;
    Ok(Some((chain, key)))
}

fn read(call: &str, file: &str) -> Result<Vec<u8>, TlsFailure> {
    std::fs::read(file).map_err(|error| {
        // A folder can be opened, and only then not read.
        let words = if error.kind() == io::ErrorKind::IsADirectory { PEM } else { SYSTEM };
        fault(call, file, words, &super::reason(&error))
    })
}

fn wrong_key(options: &transport::Tls) -> TlsFailure {
    let file = options.key_file.as_deref().unwrap_or_default();
    fault(KEY_CALL, file, MISMATCH, "not the key of the certificate")
}

fn fault(call: &str, file: &str, words: &str, reason: &str) -> TlsFailure {
    context(Some(format!("{call}: '{file}' failed: {words}")), format!("{file}: {reason}"))
}
