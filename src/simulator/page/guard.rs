//! Who may use the page: a browser that shows it, and programs of this machine, but no page from elsewhere.

use axum::{
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Refuses what a page of another site makes a browser send.
pub(super) async fn same_origin_only(request: Request, next: Next) -> Response {
    if is_own(request.headers()) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "Only the simulator's own page may do this, at 127.0.0.1 or localhost.")
            .into_response()
    }
}

/// A name other than this machine's leads here by a trick with DNS; a browser tells the origin of what is not its own.
fn is_own(headers: &HeaderMap) -> bool {
    let member = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let Some(host) = member(header::HOST.as_str()) else { return false };
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let is_here = matches!(name, "127.0.0.1" | "localhost");
    let is_own_origin = member(header::ORIGIN.as_str())
        .is_none_or(|origin| origin.strip_prefix("http://").is_some_and(|origin| origin == host));
    let is_own_site = member("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    is_here && is_own_origin && is_own_site
}

#[cfg(test)]
mod tests {
    use super::is_own;
    use axum::http::HeaderMap;

    #[test]
    fn only_the_page_itself_and_programs_of_this_machine_get_in() {
        for (host, origin, site, expected) in [
            ("127.0.0.1:4004", None, None, true),
            ("localhost:4004", Some("http://localhost:4004"), Some("same-origin"), true),
            ("127.0.0.1:4004", None, Some("none"), true),
            ("127.0.0.1:4004", Some("http://127.0.0.1:5000"), Some("same-site"), false),
            ("127.0.0.1:4004", Some("https://127.0.0.1:4004"), None, false),
            ("127.0.0.1:4004", Some("http://localhost:4004"), None, false),
            ("127.0.0.1:4004", Some("null"), None, false),
            ("127.0.0.1:4004", None, Some("cross-site"), false),
            ("evil.example:4004", None, None, false),
            ("127.0.0.1.evil.example", Some("http://127.0.0.1.evil.example"), Some("same-origin"), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("host", host.parse().unwrap());
            for (name, value) in [("origin", origin), ("sec-fetch-site", site)] {
                if let Some(value) = value {
                    headers.insert(name, value.parse().unwrap());
                }
            }
            assert_eq!(is_own(&headers), expected, "{host} {origin:?} {site:?}");
        }
        assert!(!is_own(&HeaderMap::new()));
    }
}
