//! Where the token may go: exact origins, over TLS.

use crate::error::{Error, ErrorKind, Result};
use url::{Host, Url};

/// The addresses that may be given the token.
#[derive(Clone, Debug)]
pub(super) struct Origins {
    graph: Url,
    /// Where Meta has the few calls that are not on the Graph API.
    api: Url,
    media: Vec<Url>,
}

impl Origins {
    pub(super) const GRAPH: &str = "https://graph.facebook.com";
    /// Meta's host for the few calls that are not on the Graph API.
    const API: &str = "https://api.facebook.com";
    /// Meta's media host.
    pub(super) const MEDIA: &str = "https://lookaside.fbsbx.com";

    pub(super) fn new(graph: &str, media: &[String]) -> Result<Self> {
        let media = std::iter::once(Self::MEDIA).chain(media.iter().map(String::as_str)).map(origin);
        let graph = origin(graph)?;
        // Whatever stands for the Graph API stands for its neighbour as well.
        let api = if graph == origin(Self::GRAPH)? { origin(Self::API)? } else { graph.clone() };
        Ok(Self { graph, api, media: media.collect::<Result<_>>()? })
    }

    /// The origin of the Graph API.
    pub(super) fn graph(&self) -> &Url {
        &self.graph
    }

    /// The origin of the calls that are not on the Graph API.
    pub(super) fn api(&self) -> &Url {
        &self.api
    }

    /// Whether any of them is plain HTTP, to this machine.
    pub(super) fn any_plain(&self) -> bool {
        std::iter::once(&self.graph).chain(&self.media).any(|known| known.scheme() == "http")
    }

    /// Whether `url` is on the Graph API's origin, its neighbour's or a media host: the same scheme, host and port, and no user name.
    pub(super) fn trusts(&self, url: &Url) -> bool {
        let bare = url.username().is_empty() && url.password().is_none();
        bare && [&self.graph, &self.api]
            .into_iter()
            .chain(&self.media)
            .any(|known| known.origin() == url.origin())
    }
}

/// An origin that may be given a token: https, or http to this very machine.
fn origin(text: &str) -> Result<Url> {
    let refused =
        |problem: &str| Err(Error::new(ErrorKind::Config(format!("the server's address {problem}"))));
    let Ok(url) = Url::parse(text) else { return refused("is not a URL") };
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" if url.has_host() => {}
        "http" if local => {}
        "http" => return refused("is not https; http is for this machine (localhost) only"),
        _ => return refused("is not https"),
    }
    let bare =
        url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if bare { Ok(url) } else { refused("has more than scheme, host and port") }
}

#[cfg(test)]
mod tests {
    use super::Origins;
    use url::Url;

    #[test]
    fn the_token_goes_to_exact_origins_only() {
        let origins = Origins::new(Origins::GRAPH, &["https://media.example.com".into()]).unwrap();
        let trusts = |url: &str| origins.trusts(&Url::parse(url).unwrap());
        for url in [
            "https://graph.facebook.com/v26.0/1/messages",
            "https://graph.facebook.com:443/x",
            "https://api.facebook.com/1/message_templates/archive",
            "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1",
            "https://media.example.com/a",
        ] {
            assert!(trusts(url), "{url}");
        }
        for url in [
            "http://graph.facebook.com/x",
            "https://graph.facebook.com:8443/x",
            "https://lookaside.fbsbx.com.evil.tld/x",
            "https://evil.tld/lookaside.fbsbx.com",
            "https://lookaside.fbsbx.com@evil.tld/x",
            "https://user@lookaside.fbsbx.com/x",
            "https://api.graph.facebook.com/x",
            "ftp://lookaside.fbsbx.com/x",
            "data:text/plain,lookaside.fbsbx.com",
        ] {
            assert!(!trusts(url), "{url}");
        }
    }

    #[test]
    fn a_server_in_place_of_the_graph_is_in_place_of_its_neighbour() {
        let origins = Origins::new("https://proxy.example.com", &[]).unwrap();
        assert_eq!(origins.api().as_str(), "https://proxy.example.com/");
        assert!(!origins.trusts(&Url::parse("https://api.facebook.com/1").unwrap()));
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for good in
            ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:5/", "https://proxy.example.com"]
        {
            assert!(Origins::new(good, &[]).is_ok(), "{good}");
        }
        for bad in
            ["http://example.com", "http://10.0.0.1", "ftp://x", "graph", "https://x/v1", "https://a:b@x", ""]
        {
            assert!(Origins::new(bad, &[]).is_err(), "{bad}");
        }
    }
}
