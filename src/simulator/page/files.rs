//! The files of the page, and the files that are sent with it.

use super::Desktop;
use crate::id::MediaId;
use axum::{
    extract::{Path, State},
    http::{
        HeaderName, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
};

/// Nothing but the page's own files, and no text that becomes code.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'";

/// A file of a customer or of the application is looked at, never run.
const MEDIA_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

const HTML: &str = "text/html; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const PICTURE: &str = "image/svg+xml";

/// Name, type and text of every file.
const FILES: &[(&str, &str, &str)] = &[
    ("index.html", HTML, include_str!("index.html")),
    ("icon.svg", PICTURE, include_str!("icon.svg")),
    ("base.css", STYLE, include_str!("base.css")),
    ("phone.css", STYLE, include_str!("phone.css")),
    ("inspector.css", STYLE, include_str!("inspector.css")),
    ("app.js", SCRIPT, include_str!("app.js")),
    ("act.js", SCRIPT, include_str!("act.js")),
    ("attachment.js", SCRIPT, include_str!("attachment.js")),
    ("bubble.js", SCRIPT, include_str!("bubble.js")),
    ("composer.js", SCRIPT, include_str!("composer.js")),
    ("dom.js", SCRIPT, include_str!("dom.js")),
    ("faults.js", SCRIPT, include_str!("faults.js")),
    ("format.js", SCRIPT, include_str!("format.js")),
    ("gestures.js", SCRIPT, include_str!("gestures.js")),
    ("inspector.js", SCRIPT, include_str!("inspector.js")),
    ("panels.js", SCRIPT, include_str!("panels.js")),
    ("phone.js", SCRIPT, include_str!("phone.js")),
    ("sheet.js", SCRIPT, include_str!("sheet.js")),
    ("templates.js", SCRIPT, include_str!("templates.js")),
];

pub(super) async fn index() -> Response {
    file(Path("index.html".to_owned())).await
}

pub(super) async fn file(Path(name): Path<String>) -> Response {
    match FILES.iter().find(|(known, ..)| *known == name) {
        Some((_, kind, text)) => {
            let headers = [
                (CONTENT_TYPE, *kind),
                (CONTENT_SECURITY_POLICY, POLICY),
                (X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (REFERRER_POLICY, "no-referrer"),
                (CACHE_CONTROL, "no-cache"),
                (CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
            ];
            (headers, *text).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A file that one side has sent.
pub(super) async fn media(State(desktop): State<Desktop>, Path(id): Path<MediaId>) -> Response {
    match desktop.platform.look(|model| model.media(&id).cloned()) {
        Some(object) => {
            let headers = [
                (CONTENT_TYPE, object.mime.as_str()),
                (CONTENT_SECURITY_POLICY, MEDIA_POLICY),
                (X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
            ];
            (headers, object.bytes).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
