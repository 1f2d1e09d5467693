//! Certificates and keys for one test.

use std::net::IpAddr;
use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, SanType, date_time_ymd,
};

type Authority = Issuer<'static, KeyPair>;

/// Writes them into the folder: each a NAME.pem, with NAME.key where it has a key of its own.
///
/// `ca` signs all but `other` and `self`; the key of the servers' is `ns.key`.
pub(super) fn write(folder: &Path) {
    let save = |file: &str, text: String| std::fs::write(folder.join(file), text).unwrap();
    let (ca_pem, ca) = authority("Lab CA");
    let (other_pem, _) = authority("Other CA");
    let key = KeyPair::generate().unwrap();
    let sign = |params: &CertificateParams, by: &Authority| params.signed_by(&key, by).unwrap().pem();
    let ns_pem = sign(&server(), &ca);
    save("chain.pem", format!("{ns_pem}{ca_pem}"));
    save("ns.pem", ns_pem);
    save("ns.key", key.serialize_pem());
    save("other.pem", other_pem);
    save("nameonly.pem", sign(&named("ns", &["ns.lab.test", "*.wild.test"]), &ca));
    let mut expired = server();
    (expired.not_before, expired.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    save("expired.pem", sign(&expired, &ca));
    let mut future = server();
    (future.not_before, future.not_after) = (date_time_ymd(2090, 1, 1), date_time_ymd(2091, 1, 1));
    save("future.pem", sign(&future, &ca));
    let mut clients_only = server();
    clients_only.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    save("clientonly.pem", sign(&clients_only, &ca));
    save("nosan.pem", sign(&named("nosan.lab.test", &[]), &ca));

    let client_key = KeyPair::generate().unwrap();
    let client = named("client.lab.test", &["client.lab.test"]);
    let client_pem = client.signed_by(&client_key, &ca).unwrap().pem();
    save("client.key", client_key.serialize_pem());
    // One that is none has signed this.
    let no_authority = Issuer::new(client, client_key);
    save("notca.pem", format!("{}{client_pem}", sign(&server(), &no_authority)));
    save("client.pem", client_pem);
    save("ca.pem", ca_pem);

    let self_key = KeyPair::generate().unwrap();
    let mut own = server();
    own.distinguished_name.push(DnType::CommonName, "self");
    own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    save("self.pem", own.self_signed(&self_key).unwrap().pem());
    save("self.key", self_key.serialize_pem());
}

fn authority(name: &str) -> (String, Authority) {
    let key = KeyPair::generate().unwrap();
    let mut params = named(name, &[]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let pem = params.self_signed(&key).unwrap().pem();
    (pem, Issuer::new(params, key))
}

/// For ns.lab.test and both loopback addresses.
fn server() -> CertificateParams {
    let mut params = named("ns.lab.test", &["ns.lab.test"]);
    for addr in ["127.0.0.1", "::1"] {
        params.subject_alt_names.push(SanType::IpAddress(addr.parse::<IpAddr>().unwrap()));
    }
    params
}

fn named(common_name: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params
}
