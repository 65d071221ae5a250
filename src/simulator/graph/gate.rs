//! What every Graph request passes: the count, the faults a test asked for, the version and the token.

use super::{archive, mishap};
use crate::simulator::{faults::Permission, model::Throttled, platform::Platform, refusal::Refusal};
use axum::{
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header::AUTHORIZATION},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::sync::Arc;

pub(super) async fn pass(State(platform): State<Arc<Platform>>, request: Request, next: Next) -> Response {
    let is_send = request.uri().path().ends_with("messages");
    let (refusal, mishap) = platform.change(|model, _| {
        model.requests += 1;
        // What a test asked for happens as it asked for it.
        match model.trouble.refusals.pop_front() {
            Some(code) => (Some(Refusal::new(code, "The test asked for this error.")), None),
            None => (None, model.trouble.mishap(is_send)),
        }
    });
    match (refusal, mishap) {
        (Some(refusal), _) => refuse(request, refusal).await,
        (None, None) => admit(&platform, request, next).await,
        (None, Some(mishap)) => {
            let answer = if mishap.is_carried_out {
                admit(&platform, request, next).await
            } else {
                read_out(request).await;
                Response::default()
            };
            mishap::spoil(mishap, answer)
        }
    }
}

async fn admit(platform: &Platform, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    // The other host's paths have no version before the object.
    let is_other_host = archive::has(path);
    let has_version = path.split('/').nth(1).is_some_and(is_version) || is_other_host;
    let object = path.split('/').nth(if is_other_host { 1 } else { 2 }).unwrap_or_default();
    let verdict = if has_version {
        check_object(platform, request.headers(), object)
    } else {
        Err(Refusal::no_such_path())
    };
    if let Err(refusal) = verdict {
        return refuse(request, refusal).await;
    }
    let missing = permission(path).filter(|needed| platform.look(|model| model.trouble.lacks(*needed)));
    if let Some(missing) = missing {
        return refuse(request, missing.refusal()).await;
    }
    let now = platform.now();
    match platform.look(|model| model.throttled(object, now)).filter(|_| is_counted(path)) {
        None => next.run(request).await,
        Some(throttled) => {
            let details = "There have been too many calls to this WhatsApp Business account.";
            let mut answer = refuse(request, Refusal::new(80_007, details)).await;
            tell_usage(answer.headers_mut(), &throttled);
            answer
        }
    }
}

/// The permission that a path needs. What is asked of a single object is free.
fn permission(path: &str) -> Option<Permission> {
    match path.split('/').nth(3)? {
        "messages" | "marketing_messages" | "media" => Some(Permission::Messaging),
        "uploads" => None,
        _ => Some(Permission::Management),
    }
}

/// Whether a request counts as management of the account.
fn is_counted(path: &str) -> bool {
    !matches!(path.rsplit('/').next(), Some("messages" | "marketing_messages" | "media"))
}

fn tell_usage(headers: &mut HeaderMap, throttled: &Throttled) {
    let app = r#"{"call_count":1,"total_cputime":1,"total_time":1}"#;
    headers.insert("x-app-usage", HeaderValue::from_static(app));
    // Ids of accounts that a header cannot hold are nobody's.
    if let Ok(usage) = HeaderValue::try_from(throttled.usage().to_string()) {
        headers.insert("x-business-use-case-usage", usage);
    }
}

async fn refuse(request: Request, refusal: Refusal) -> Response {
    read_out(request).await;
    refusal.into_response()
}

/// An answer before the end of an upload would break the connection under the sender's hands.
async fn read_out(request: Request) {
    let _ = to_bytes(request.into_body(), usize::MAX).await;
}

/// Whether a part of the path is a version of the API, such as `v26.0`.
fn is_version(part: &str) -> bool {
    let number = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    part.strip_prefix('v')
        .and_then(|version| version.split_once('.'))
        .is_some_and(|(major, minor)| number(major) && number(minor))
}

/// Refuses a missing token and one that nobody has.
pub(super) fn check_token(platform: &Platform, headers: &HeaderMap) -> Result<(), Refusal> {
    token(headers).and_then(|token| platform.look(|model| model.accounts_of(token).map(drop)))
}

/// Refuses an object that the token of a request does not speak for.
pub(super) fn check_object(platform: &Platform, headers: &HeaderMap, object: &str) -> Result<(), Refusal> {
    token(headers).and_then(|token| platform.look(|model| model.admit(token, object)))
}

fn token(headers: &HeaderMap) -> Result<&str, Refusal> {
    // Meta's page of the Resumable Upload API calls the token `OAuth`.
    let token = headers.get(AUTHORIZATION).and_then(|value| {
        let value = value.to_str().ok()?;
        value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("OAuth "))
    });
    token.ok_or_else(|| Refusal::new(104, "An access token is required to request this resource."))
}

#[cfg(test)]
mod tests {
    use super::is_version;

    #[test]
    fn versions_are_v_and_two_numbers() {
        for (part, expected) in
            [("v26.0", true), ("v5.12", true), ("v26", false), ("26.0", false), ("v.0", false)]
        {
            assert_eq!(is_version(part), expected, "{part}");
        }
    }
}
