//! The proxy of a client: two spellings, OpenBSD's and ncat's, which are not mixed.

use sockeye_cli::Exit;
use sockeye_cli::escape::escape;

use super::Reader;
use crate::options::{Proxy, ProxyDns, ProxyKind, Transport};
use crate::port;
use crate::proxy::endpoint;

impl Reader<'_> {
    /// The protocol of `-X` and the address, or those of `--proxy-type` and `--proxy`.
    fn proxy_address(&self) -> Result<Option<(ProxyKind, &String)>, Exit> {
        let args = &self.args;
        // Judged without -x as well, as OpenBSD's does.
        let protocol = match args.proxy_protocol.as_deref() {
            None | Some("5") => ProxyKind::Socks5,
            Some("4") => ProxyKind::Socks4,
            Some(text) if text.eq_ignore_ascii_case("connect") => ProxyKind::Http,
            Some(_) => return Err(self.wrong("unsupported proxy protocol")),
        };
        // Those of a listener are what it serves.
        let client = !args.listen;
        match (&args.proxy_address, &args.proxy) {
            (Some(_), Some(_)) => Err(self.wrong("only one of -x and --proxy")),
            (Some(_), None) if client && args.proxy_type.is_some() => {
                Err(self.wrong("--proxy-type is about --proxy: what the proxy of -x speaks, -X says"))
            }
            (Some(address), None) => Ok(Some((protocol, address))),
            (None, Some(_)) if args.proxy_protocol.is_some() => {
                Err(self.wrong("-X is about -x: what the proxy of --proxy speaks, --proxy-type says"))
            }
            (None, Some(address)) => {
                let kind = match args.proxy_type.as_deref() {
                    None | Some("http") => ProxyKind::Http,
                    Some("socks4") => ProxyKind::Socks4,
                    Some("socks5") => ProxyKind::Socks5,
                    Some(text) => return Err(self.wrong(format!("Invalid proxy type \"{}\"", escape(text)))),
                };
                Ok(Some((kind, address)))
            }
            (None, None) => {
                let needs = [
                    (client && args.proxy_type.is_some(), "proxy-type"),
                    (client && args.proxy_auth.is_some(), "proxy-auth"),
                    (args.proxy_dns.is_some(), "proxy-dns"),
                ];
                match self.first(&needs) {
                    Some(option) => Err(self.wrong(format!("{option} needs --proxy or -x"))),
                    None => Ok(None),
                }
            }
        }
    }

    pub(super) fn proxy(&self, transport: Transport) -> Result<Option<Proxy>, Exit> {
        let args = &self.args;
        let Some((kind, address)) = self.proxy_address()? else { return Ok(None) };
        if transport.is_datagram() {
            return Err(self.wrong("no proxy support for UDP mode"));
        }
        if args.listen {
            let said = if self.is_ncat() {
                "Invalid option combination: --proxy and -l"
            } else {
                "no proxy support for listen"
            };
            return Err(self.wrong(said));
        }
        if transport.is_unix() {
            return Err(self.wrong("no proxy support for unix sockets"));
        }
        let dns = match args.proxy_dns.as_deref() {
            None | Some("remote") => ProxyDns::Remote,
            Some("local") => ProxyDns::Local,
            Some("both") => ProxyDns::Both,
            Some("none") => ProxyDns::None,
            Some(text) => return Err(self.wrong(format!("Invalid proxy DNS type \"{}\"", escape(text)))),
        };
        if let (_, Some(port)) = endpoint(address) {
            port::parse(port).map_err(|error| self.wrong(error.to_string()))?;
        }
        if args.proxy_user.is_some() && args.proxy_auth.is_some() {
            return Err(self.wrong("only one of -P and --proxy-auth"));
        }
        // OpenBSD's has no use for the user where no password is asked for.
        let user = args.proxy_user.clone().filter(|_| kind == ProxyKind::Http);
        let asks_for_password = user.is_some();
        let auth = user.or(args.proxy_auth.clone());
        Ok(Some(Proxy { kind, address: address.clone(), auth, asks_for_password, dns }))
    }
}
