//! Graph's way of saying no: the error envelope, and the documented status and title of each code.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// An error answer of the Graph API.
#[derive(Debug)]
pub(super) struct Refusal {
    code: i64,
    subcode: Option<i64>,
    /// What is wrong in this very case; never holds values of the request.
    details: String,
}

impl Refusal {
    pub(super) fn new(code: i64, details: impl Into<String>) -> Self {
        Self { code, subcode: None, details: details.into() }
    }

    /// A parameter is not supported, misspelled or too long.
    pub(super) fn unsupported(details: impl Into<String>) -> Self {
        Self::new(100, details)
    }

    /// A required parameter is missing.
    pub(super) fn missing(path: &str) -> Self {
        Self::new(131_008, format!("The parameter {path} is required."))
    }

    /// A parameter has a value it may not have.
    pub(super) fn value(details: impl Into<String>) -> Self {
        Self::new(131_009, details)
    }

    /// An id in the path that names nothing this token can see.
    pub(super) fn no_such_object() -> Self {
        let details = "The object does not exist, cannot be loaded due to missing permissions, or does not support \
                       this operation.";
        Self { code: 100, subcode: Some(33), details: details.into() }
    }

    /// A token that was good before.
    pub(super) fn expired() -> Self {
        let details = "Error validating access token: Session has expired.";
        Self { code: 190, subcode: Some(463), details: details.into() }
    }

    /// The same refusal where there is no code but 100 for what is wrong with a parameter: everywhere but in messages.
    pub(super) fn of_parameter(mut self) -> Self {
        if matches!(self.code, 131_008 | 131_009) {
            self.code = 100;
        }
        self
    }

    /// The same refusal, with the subcode that tells what is wrong with the template.
    pub(super) fn of_template(mut self, subcode: i64) -> Self {
        self.subcode = Some(subcode);
        self
    }

    /// A path that no resource has.
    pub(super) fn no_such_path() -> Self {
        Self::new(2500, "Unknown path components.")
    }

    #[cfg(test)]
    pub(super) fn code(&self) -> i64 {
        self.code
    }

    /// What is wrong, where it is told of one thing among many.
    pub(super) fn into_details(self) -> String {
        self.details
    }

    #[cfg(test)]
    pub(super) fn details(&self) -> &str {
        &self.details
    }

    /// Whether it is about the token: Graph answers before WhatsApp has a say, and without its members.
    fn is_about_token(&self) -> bool {
        matches!(self.code, 104 | 190)
    }

    /// The JSON of the answer.
    pub(super) fn body(&self, trace: &str) -> Value {
        let mut error = json!({
            "message": format!("(#{}) {}", self.code, title(self.code)),
            "type": if self.subcode == Some(33) { "GraphMethodException" } else { "OAuthException" },
            "code": self.code,
            "error_data": { "messaging_product": "whatsapp", "details": self.details },
            "fbtrace_id": trace,
        });
        if let (true, Some(members)) = (self.is_about_token(), error.as_object_mut()) {
            members.insert("message".into(), self.details.as_str().into());
            members.remove("error_data");
        }
        if let (Some(subcode), Some(members)) = (self.subcode, error.as_object_mut()) {
            members.insert("error_subcode".into(), subcode.into());
            if subcode > 2_388_000 {
                members.insert("error_user_title".into(), template_title(subcode).into());
                members.insert("error_user_msg".into(), self.details.as_str().into());
            }
        }
        json!({ "error": error })
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let trace = trace_id();
        let mut answer =
            (status(self.code), [("x-fb-trace-id", trace.as_str())], Json(self.body(&trace))).into_response();
        if self.is_about_token() {
            let challenge = format!("OAuth \"Facebook Platform\" \"invalid_token\" \"{}\"", self.details);
            // Our own words, which a header can hold.
            if let Ok(challenge) = HeaderValue::try_from(challenge) {
                answer.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            }
        }
        answer
    }
}

/// The same error as a webhook reports it: in `statuses[].errors[]`.
pub(super) fn reported(code: i64, details: &str) -> Value {
    json!({
        "code": code,
        "title": title(code),
        "message": title(code),
        "error_data": { "details": details },
        "href": "/documentation/business-messaging/whatsapp/support/error-codes",
    })
}

/// The HTTP status that Meta's table gives a code; 400 for all it does not name.
///
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes>
fn status(code: i64) -> StatusCode {
    match code {
        0 | 104 | 190 | 138_000 | 138_006 => StatusCode::UNAUTHORIZED,
        3 | 131_000 | 131_016 | 131_045 | 131_057 | 133_000 | 134_102 | 2_494_100 => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        2 | 133_004 => StatusCode::SERVICE_UNAVAILABLE,
        10 | 200..=299 | 368 | 130_497 | 131_005 | 131_031 | 131_207 => StatusCode::FORBIDDEN,
        803 | 132_001 => StatusCode::NOT_FOUND,
        613 | 131_208 | 138_002 | 138_005 => StatusCode::TOO_MANY_REQUESTS,
        131_201 => StatusCode::PARTIAL_CONTENT,
        _ => StatusCode::BAD_REQUEST,
    }
}

fn title(code: i64) -> &'static str {
    match code {
        0 => "AuthException",
        1 => "API Unknown",
        2 => "API Service",
        3 => "API Method",
        4 => "API Too Many Calls",
        10 => "Permission Denied",
        33 => "Parameter value is not valid",
        100 => "Invalid parameter",
        104 => "An access token is required to request this resource",
        190 => "Invalid OAuth access token",
        200..=299 => "API Permission",
        368 => "Temporarily blocked for policies violations",
        2500 => "Unknown path components",
        80_007 => "Rate limit issues",
        130_403 => "User is blocked by the business",
        130_429 => "Rate limit hit",
        130_472 => "User's number is part of an experiment",
        130_497 => "Business account is restricted from messaging users in this country",
        131_000 => "Something went wrong",
        131_005 => "Access denied",
        131_008 => "Required parameter is missing",
        131_009 => "Parameter value is not valid",
        131_016 => "Service unavailable",
        131_020 => "Bad group",
        131_021 => "Recipient cannot be sender",
        131_026 => "Message undeliverable",
        131_030 => "Recipient phone number not in allowed list",
        131_031 => "Account has been locked",
        131_041 => "Group unknown",
        131_042 => "Business eligibility payment issue",
        131_045 => "Incorrect certificate",
        131_047 => "Re-engagement message",
        131_048 => "Spam rate limit hit",
        131_049 => "Meta chose not to deliver",
        131_050 => "User has stopped marketing messages",
        131_051 => "Unsupported message type",
        131_052 => "Media download error",
        131_053 => "Media upload error",
        131_056 => "(Business Account, Consumer Account) pair rate limit hit",
        131_057 => "Account in maintenance mode",
        131_062 => "Recipient not allowed for this message",
        132_000 => "Number of parameters does not match the expected number of params",
        132_001 => "Template name does not exist in the translation",
        132_005 => "Translated text too long",
        132_007 => "Template format character policy violated",
        132_012 => "Parameter format does not match format in the created template",
        132_015 => "Template is paused",
        132_016 => "Template is disabled",
        132_018 => "Template validation error",
        133_005 => "Two step verification PIN mismatch",
        133_006 => "Phone number re-verification needed",
        133_008 => "Too many two step verification PIN guesses",
        133_010 => "Phone number not registered",
        133_016 => "Account register deregister rate limit exceeded",
        131_059 => "Invalid or expired cursor",
        139_100 => "Failed to block/unblock some users",
        134_100 => "Only marketing messages supported",
        _ => "An error the simulator was asked for",
    }
}

/// What is wrong with a template, in a few words.
fn template_title(subcode: i64) -> &'static str {
    match subcode {
        2_388_019 => "Too many templates",
        2_388_023 => "The template is being deleted",
        2_388_024 => "The template exists already in this language",
        2_388_039 => "The template cannot be changed",
        2_388_040 => "Too many characters",
        2_388_047 => "The header is not as it should be",
        2_388_072 => "The body is not as it should be",
        2_388_073 => "The footer is not as it should be",
        2_388_273 => "The header has no sample",
        2_388_293 => "Too many placeholders for the length",
        2_388_299 => "A placeholder at the beginning or end",
        _ => "The template is not as it should be",
    }
}

/// Like the ones Meta gives to quote to its support.
pub(super) fn trace_id() -> String {
    std::iter::once('A').chain(std::iter::repeat_with(fastrand::alphanumeric).take(22)).collect()
}
