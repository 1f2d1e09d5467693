//! The key of transaction signatures, from the line or from files.

#![expect(clippy::disallowed_methods, reason = "the shell: key files")]

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use sockeye_cli::{Failure, Output, Status};

use crate::options::{Globals, Refusal};
use crate::tsig::Key;
use crate::tsig::key::KeyText;
use crate::tsig::keyfile::{self, KeyFileFault};
use crate::tsig::keypair;

/// A secret of fewer bits gets a warning.
const SECURE_BITS: usize = 64;

/// What came of `-k` and `-y`.
#[derive(Clone, Debug, Default)]
pub(super) struct Loaded {
    /// The key.
    pub(super) key: Option<Arc<Key>>,
    /// There is a secret, but no key could be made of it.
    pub(super) is_unusable: bool,
}

/// The key that was asked for. Without one that can be read the queries go out unsigned, as dig sends them.
///
/// # Errors
/// [`Failure`] where dig ends: an algorithm's length that is none, a key statement without a secret, or with an empty one.
/// And where dig would sign, and we cannot: a query that was meant to be signed does not go out otherwise.
pub(super) fn load(globals: &Globals, output: &mut Output<'_>) -> Result<Loaded, Failure> {
    let mut is_unusable = globals.key_text.is_some();
    let key = match (globals.key_file.as_ref().filter(|path| !path.is_empty()), &globals.key_text) {
        (Some(path), _) => match from_pair(path, output)? {
            Some(key) => Some(key),
            None => match from_file(path, output)? {
                Some(text) => {
                    is_unusable = true;
                    from_text(&text, output)?
                }
                None => None,
            },
        },
        (None, Some(text)) => from_text(text, output)?,
        (None, None) => None,
    };
    if let Some(key) = key.as_ref().filter(|key| key.secret_bits() < SECURE_BITS) {
        log(output, &format!("the key '{}' is too short to be secure", key.name.without_last_dot()));
        if key.secret_bits() == 0 {
            // Everybody can sign with it.
            return Err(Failure::new(Status(1), "dns_message_renderend: illegal operation for a null key".to_owned()));
        }
    }
    Ok(Loaded { is_unusable: is_unusable && key.is_none(), key: key.map(Arc::new) })
}

/// The key statement of a file.
fn from_file(path: &str, output: &mut Output<'_>) -> Result<Option<KeyText>, Failure> {
    let text = read(path).map_err(KeyFileFault::File).and_then(|text| keyfile::parse(text, &mut |path| read(path)));
    match text {
        Ok(text) => {
            if let Some(warning) = text.warning() {
                output.stderr_line(warning);
            }
            Ok(Some(text))
        }
        Err(fault @ KeyFileFault::Incomplete) => Err(Failure::new(Status(1), fault.to_string())),
        Err(fault @ KeyFileFault::Pattern) => Err(Failure::new(Status(1), format!("{path}: {fault}"))),
        Err(fault) => {
            output.stderr_line(format!("Couldn't read key from {path}: {fault}"));
            Ok(None)
        }
    }
}

/// A pair of files, which dig looks for before it reads the file itself.
fn from_pair(path: &str, output: &mut Output<'_>) -> Result<Option<Key>, Failure> {
    let (public, private) = keypair::paths(path);
    let (Ok(public), Ok(secret)) = (fs::read_to_string(public), fs::read_to_string(&private)) else { return Ok(None) };
    if let Some(algorithm) = keypair::sig0_algorithm(&public) {
        let why =
            format!("{private}: a key for SIG(0) (algorithm {algorithm}), which is not built: only TSIG keys can sign");
        return Err(Failure::new(Status(1), why));
    }
    let key = keypair::parse(&public, &secret);
    if key.is_some() {
        log(output, &format!("{private}: Use of K* file pairs for HMAC is deprecated\n"));
    }
    Ok(key)
}

fn from_text(text: &KeyText, output: &mut Output<'_>) -> Result<Option<Key>, Failure> {
    let spec = match text.spec() {
        Ok(spec) => spec,
        Err(fault) => return Err(refused(&fault.refusal(), output)?),
    };
    match text.key(spec) {
        Ok(key) => Ok(Some(key)),
        Err(fault) => {
            if output.is_json() {
                output.stderr_line(fault.to_string());
            } else {
                output.raw(format!("{fault}\n").as_bytes())?;
            }
            Ok(None)
        }
    }
}

/// What a refusal of the command line says, said later.
fn refused(refusal: &Refusal, output: &mut Output<'_>) -> Result<Failure, Failure> {
    if output.is_json() {
        return Ok(Failure::new(refusal.status, refusal.sentence()));
    }
    output.raw(refusal.stdout.as_bytes())?;
    Ok(Failure::new(refusal.status, refusal.message.clone().unwrap_or_default()))
}

/// The file's octets, or dig's word for why not.
fn read(path: &str) -> Result<Vec<u8>, &'static str> {
    if Path::new(path).is_dir() {
        return Err("not a file");
    }
    fs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "file not found",
        io::ErrorKind::PermissionDenied => "permission denied",
        _ => "failure",
    })
}

/// A line of BIND's log: day and time in front.
fn log(output: &mut Output<'_>, line: &str) {
    output.stderr_line(format!("{} {line}", super::log_time()));
}
