//! TLS: what the options make of it, and the handshake.

#![expect(clippy::disallowed_methods, reason = "the shell: reads files and the clock")]

mod certs;
mod stream;

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{
    CertificateError, ClientConfig, ClientConnection, Connection, Error, RootCertStore, ServerConfig, ServerConnection,
    SupportedCipherSuite,
};
use sockeye_cli::Failure;
use sockeye_sys::poll::{Events, PollFd, poll};
use sockeye_tls::Chain;

pub(super) use self::stream::Stream;
use super::wire::Wire;
use super::{FAILED, Session};
use crate::explain::Event;
use crate::explain::tls::Handshake;
use crate::options::{Role, Tls};

/// How long a peer whose handshake failed may take to read why.
const LET_GO: Duration = Duration::from_secs(1);
/// How long a client may take for its handshake: nobody else is served meanwhile.
const HANDSHAKE_TIME: Duration = Duration::from_secs(30);

/// What the options make of TLS, once for all connections.
pub(super) enum Setup {
    Client(Arc<ClientConfig>, Arc<certs::Watch<dyn ServerCertVerifier>>),
    Server(Arc<ServerConfig>, Option<Arc<certs::Watch<dyn ClientCertVerifier>>>),
}

impl Setup {
    fn seen(&self) -> Vec<Vec<u8>> {
        match self {
            Self::Client(_, watch) => watch.seen(),
            Self::Server(_, watch) => watch.as_ref().map_or_else(Vec::new, |watch| watch.seen()),
        }
    }
}

impl Session<'_, '_> {
    /// Reads certificates and keys, before anything is connected or bound.
    pub(super) fn prepare_tls(&mut self) -> Result<(), Failure> {
        let Some(tls) = &self.options.tls else { return Ok(()) };
        let provider = Arc::new(provider(tls)?);
        let trusted = if tls.verify { trusted(tls)? } else { Vec::new() };
        let setup = if matches!(self.options.role, Role::Listen(_)) {
            self.server_setup(tls, &provider, trusted)?
        } else {
            client_setup(tls, provider, trusted)?
        };
        self.tls = Some(Arc::new(setup));
        Ok(())
    }

    fn server_setup(&mut self, tls: &Tls, provider: &Arc<CryptoProvider>, trusted: Chain) -> Result<Setup, Failure> {
        let builder = ServerConfig::builder_with_provider(Arc::clone(provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| unusable(&error))?;
        let mut watch = None;
        let builder = if tls.verify {
            let judge: Arc<dyn ClientCertVerifier> =
                WebPkiClientVerifier::builder_with_provider(roots(&trusted)?, Arc::clone(provider))
                    .build()
                    .map_err(|error| Failure::new(FAILED, format!("--ssl-trustfile: {error}")))?;
            let made = Arc::new(certs::Watch::new(Some(judge), trusted, provider));
            watch = Some(Arc::clone(&made));
            builder.with_client_cert_verifier(made)
        } else {
            builder.with_no_client_auth()
        };
        let (chain, key) = match identity(tls)? {
            Some(identity) => identity,
            None => self.throw_away()?,
        };
        let mut config = builder.with_single_cert(chain, key).map_err(|error| wrong_identity(tls, &error))?;
        config.alpn_protocols = alpn(tls);
        Ok(Setup::Server(Arc::new(config), watch))
    }

    /// A certificate of our own for this run, told as ncat tells it.
    fn throw_away(&mut self) -> Result<(Chain, PrivateKeyDer<'static>), Failure> {
        let (der, key) = self_signed("localhost")
            .map_err(|error| Failure::new(FAILED, format!("--ssl: no certificate can be made: {error}")))?;
        self.say("Generating a temporary key. Use --ssl-key and --ssl-cert to use a permanent one.");
        for (algorithm, fingerprint) in certs::fingerprints(&der) {
            self.say(format!("{algorithm} fingerprint: {fingerprint}"));
        }
        Ok((vec![der], key))
    }

    /// Puts TLS on a connection as its client, if the options ask for it, and waits for the handshake.
    ///
    /// # Errors
    /// [`Failure`] that says which certificate is wrong and how, or which side ended the handshake.
    pub(super) fn secure_client(&mut self, wire: Wire, server_name: &str) -> Result<Wire, Failure> {
        let Some(setup) = self.tls.clone() else { return Ok(wire) };
        let Setup::Client(config, _) = &*setup else { return Ok(wire) };
        let wanted = self.options.tls.as_ref().and_then(|tls| tls.server_name.as_deref()).unwrap_or(server_name);
        let plain = wanted.split_once('%').map_or(wanted, |(ip, _)| ip);
        let name = if self.options.transport.is_unix() && plain == server_name {
            "localhost".to_owned()
        } else {
            plain.to_owned()
        };
        let name = ServerName::try_from(name).map_err(|_| {
            Failure::new(FAILED, format!("--ssl: \"{wanted}\" cannot be the name of a server"))
                .hint("--ssl-servername says another")
        })?;
        let connection = ClientConnection::new(Arc::clone(config), name)
            .map_err(|error| Failure::new(FAILED, format!("--ssl: {error}")))?;
        self.shake(wire, connection.into(), Some(plain), self.connect_limit())
    }

    /// Puts TLS on an accepted connection, if the options ask for it, and waits for the handshake.
    ///
    /// # Errors
    /// See [`Self::secure_client`].
    pub(super) fn secure_server(&mut self, wire: Wire) -> Result<Wire, Failure> {
        if self.tls.is_none() {
            return Ok(wire);
        }
        let Some(connection) = self.server_connection()? else { return Ok(wire) };
        let limit = self.connect_limit().unwrap_or(HANDSHAKE_TIME);
        self.shake(wire, connection, None, Some(limit))
    }

    /// The server's side of one connection, for [`Wire::with_tls`]. A wire with it shakes hands as part of
    /// [`Wire::receive`] and [`Wire::send`], and holds nobody else up.
    pub(super) fn server_connection(&self) -> Result<Option<Connection>, Failure> {
        let Some(Setup::Server(config, _)) = self.tls.as_deref() else { return Ok(None) };
        let made = ServerConnection::new(Arc::clone(config));
        made.map(|made| Some(made.into())).map_err(|error| Failure::new(FAILED, format!("--ssl: {error}")))
    }

    fn shake(
        &mut self,
        wire: Wire,
        connection: Connection,
        wanted: Option<&str>,
        limit: Option<Duration>,
    ) -> Result<Wire, Failure> {
        let start = Instant::now();
        let deadline = limit.and_then(|limit| start.checked_add(limit));
        let peer = wire.peer_text();
        let mut wire = wire.with_tls(connection);
        let done = complete(&mut wire, deadline);
        let chain = wire.tls().and_then(|stream| stream.connection().peer_certificates());
        let chain = match chain {
            Some(chain) => chain.iter().map(|der| der.to_vec()).collect(),
            None if done.is_err() => self.tls.as_ref().map_or_else(Vec::new, |setup| setup.seen()),
            None => Vec::new(),
        };
        for (depth, der) in chain.iter().enumerate() {
            self.explain(|| Event::TlsCertificate(Box::new(certs::describe(depth, der))));
        }
        match done {
            Ok(()) => {
                let took_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
                let verified = self.options.tls.as_ref().is_some_and(|tls| tls.verify);
                if let Some(stream) = wire.tls() {
                    let agreed = agreed(stream.connection(), wanted, verified, took_us);
                    if let Some(alpn) = &agreed.alpn {
                        self.say(format!("ALPN: {}", sockeye_cli::escape::escape(alpn)));
                    }
                    self.explain(|| Event::TlsHandshake(Box::new(agreed)));
                }
                Ok(wire)
            }
            Err(error) => {
                self.explain(|| Event::failed("TLS handshake", &peer, &error));
                let_go(&wire);
                Err(why_not(&peer, &error, &chain, wanted.unwrap_or_default()))
            }
        }
    }
}

/// A new key, and a certificate for `name` that it has signed itself.
fn self_signed(name: &str) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), rcgen::Error> {
    let mut params = rcgen::CertificateParams::new([name.to_owned()])?;
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    let key = rcgen::KeyPair::generate()?;
    let made = params.self_signed(&key)?;
    Ok((made.der().clone(), PrivatePkcs8KeyDer::from(key.serialize_der()).into()))
}

/// Waits for the socket until the handshake is complete.
fn complete(wire: &mut Wire, deadline: Option<Instant>) -> io::Result<()> {
    while let Some(stream) = wire.tls_mut() {
        if stream.handshake()? {
            return Ok(());
        }
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "timed out"));
        }
        let wanted = wire.interest(false, false);
        poll(&mut [PollFd::new(wire.fd(), wanted)], left)?;
    }
    Ok(())
}

/// Ends a connection whose handshake failed: the peer is to read why.
///
/// close(2) with octets that nobody has read sends a RST, which would overtake the alert.
fn let_go(wire: &Wire) {
    let _ = wire.socket().shutdown(std::net::Shutdown::Write);
    let until = Instant::now().checked_add(LET_GO);
    let mut room = [0; 4096];
    loop {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        if !matches!(poll(&mut [PollFd::new(wire.fd(), Events::IN)], left), Ok(ready) if ready > 0) {
            return;
        }
        let mut socket = wire.socket();
        if !matches!(io::Read::read(&mut socket, &mut room), Ok(len) if len > 0) {
            return;
        }
    }
}

fn agreed(connection: &Connection, wanted: Option<&str>, verified: bool, took_us: u64) -> Handshake {
    let text = |value: Option<String>| value.unwrap_or_else(|| "unknown".to_owned());
    let asked = match connection {
        Connection::Server(server) => server.server_name().map(str::to_owned),
        Connection::Client(_) => wanted.map(str::to_owned),
    };
    Handshake {
        version: text(connection.protocol_version().and_then(|version| version.as_str().map(str::to_owned))),
        cipher_suite: text(
            connection.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str().map(str::to_owned)),
        ),
        group: connection.negotiated_key_exchange_group().and_then(|group| group.name().as_str().map(str::to_owned)),
        alpn: connection.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned()),
        server_name: asked,
        verified,
        took_us,
    }
}

/// Why a handshake came to nothing.
fn why_not(peer: &str, error: &io::Error, chain: &[Vec<u8>], wanted: &str) -> Failure {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    let (why, hint) = match inner {
        Some(Error::InvalidCertificate(why)) => certs::refusal(why, chain, wanted),
        Some(inner) => {
            let hint = match inner {
                Error::InvalidMessage(_) => "does the peer speak TLS on this port?",
                Error::NoCertificatesPresented => "ours must be verified: --ssl-cert on its side",
                _ => "",
            };
            (sockeye_tls::trouble("the peer", inner), hint.to_owned())
        }
        None => (sockeye_cli::failure::errno_text(error), String::new()),
    };
    let failure = Failure::new(FAILED, format!("TLS handshake {peer}: {why}"));
    if hint.is_empty() { failure } else { failure.hint(hint) }
}

fn client_setup(tls: &Tls, provider: Arc<CryptoProvider>, trusted: Chain) -> Result<Setup, Failure> {
    let judge: Option<Arc<dyn ServerCertVerifier>> = if tls.verify {
        let made = WebPkiServerVerifier::builder_with_provider(roots(&trusted)?, Arc::clone(&provider)).build();
        Some(made.map_err(|error| Failure::new(FAILED, format!("--ssl-trustfile: {error}")))?)
    } else {
        None
    };
    let watch = Arc::new(certs::Watch::new(judge, trusted, &provider));
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&watch) as Arc<dyn ServerCertVerifier>);
    let mut config = match identity(tls)? {
        Some((chain, key)) => builder.with_client_auth_cert(chain, key).map_err(|error| wrong_identity(tls, &error))?,
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = alpn(tls);
    Ok(Setup::Client(Arc::new(config), watch))
}

fn unusable(error: &Error) -> Failure {
    Failure::new(FAILED, format!("--ssl-ciphers: {error}"))
}

fn wrong_identity(tls: &Tls, error: &Error) -> Failure {
    let file = tls.cert.as_deref().unwrap_or("the certificate");
    match error {
        Error::InconsistentKeys(_) => Failure::new(FAILED, format!("--ssl-key: not the key of {file}")),
        Error::InvalidCertificate(CertificateError::BadEncoding) => {
            Failure::new(FAILED, format!("--ssl-cert {file}: not a certificate"))
        }
        Error::InvalidCertificate(why) => Failure::new(
            FAILED,
            format!("--ssl-cert {file}: the certificate cannot be shown: {}", sockeye_tls::flaw(why)),
        ),
        error => Failure::new(FAILED, format!("--ssl-cert {file}: {error}")),
    }
}

fn alpn(tls: &Tls) -> Vec<Vec<u8>> {
    tls.alpn.iter().map(|name| name.clone().into_bytes()).collect()
}

/// Our certificate and its key. The key may be in the same file.
fn identity(tls: &Tls) -> Result<Option<(Chain, PrivateKeyDer<'static>)>, Failure> {
    let Some(cert) = &tls.cert else { return Ok(None) };
    let chain = certificates("--ssl-cert", cert)?;
    let key = tls.key.as_ref().unwrap_or(cert);
    let pem = read("--ssl-key", key)?;
    let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| {
        Failure::new(FAILED, format!("--ssl-key {key}: no private key in it"))
            .hint("PEM with PKCS #8, PKCS #1 or SEC 1, without a passphrase")
    })?;
    Ok(Some((chain, key)))
}

fn read(option: &str, file: &str) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|error| Failure::call(FAILED, option, file, &error))
}

fn certificates(option: &str, file: &str) -> Result<Chain, Failure> {
    let pem = read(option, file)?;
    match sockeye_tls::certificates(&pem) {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        Ok(_) => Err(Failure::new(FAILED, format!("{option} {file}: no certificate in it")).hint("PEM is read")),
        Err(error) => Err(Failure::new(FAILED, format!("{option} {file}: {error}"))),
    }
}

/// The certificates that are trusted.
fn trusted(tls: &Tls) -> Result<Chain, Failure> {
    match &tls.trust_file {
        Some(file) => certificates("--ssl-trustfile", file),
        None => Ok(sockeye_tls::trusted_by_host().clone()),
    }
}

fn roots(trusted: &Chain) -> Result<Arc<RootCertStore>, Failure> {
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(trusted.iter().cloned());
    if added == 0 {
        return Err(Failure::new(FAILED, "--ssl: this system trusts no certificate")
            .hint("install ca-certificates, or say --ssl-trustfile FILE or --no-ssl-verify"));
    }
    Ok(Arc::new(roots))
}

/// The suites that there are, by the names that OpenSSL has for them.
const SUITES: [(&str, SupportedCipherSuite); 9] = [
    ("TLS_AES_256_GCM_SHA384", ring::cipher_suite::TLS13_AES_256_GCM_SHA384),
    ("TLS_AES_128_GCM_SHA256", ring::cipher_suite::TLS13_AES_128_GCM_SHA256),
    ("TLS_CHACHA20_POLY1305_SHA256", ring::cipher_suite::TLS13_CHACHA20_POLY1305_SHA256),
    ("ECDHE-ECDSA-AES256-GCM-SHA384", ring::cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384),
    ("ECDHE-ECDSA-AES128-GCM-SHA256", ring::cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256),
    ("ECDHE-ECDSA-CHACHA20-POLY1305", ring::cipher_suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256),
    ("ECDHE-RSA-AES256-GCM-SHA384", ring::cipher_suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384),
    ("ECDHE-RSA-AES128-GCM-SHA256", ring::cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
    ("ECDHE-RSA-CHACHA20-POLY1305", ring::cipher_suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256),
];

/// What is encrypted with: everything that there is, or the suites of `--ssl-ciphers`.
fn provider(tls: &Tls) -> Result<CryptoProvider, Failure> {
    let mut provider = ring::default_provider();
    let Some(list) = &tls.ciphers else { return Ok(provider) };
    provider.cipher_suites.clear();
    for wanted in list.split([':', ',', ' ']).filter(|name| !name.is_empty()) {
        let Some((_, suite)) = SUITES.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)) else {
            let known: Vec<_> = SUITES.iter().map(|(name, _)| *name).collect();
            return Err(Failure::new(FAILED, format!("--ssl-ciphers: no cipher suite \"{wanted}\" here"))
                .hint(format!("there are {}", known.join(", "))));
        };
        provider.cipher_suites.push(*suite);
    }
    Ok(provider)
}
