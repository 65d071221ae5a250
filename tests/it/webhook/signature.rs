//! Only what Meta signed is read.

use super::{SECRET, envelope, text, webhook};
use whatsapp_business::{
    AppSecret, ErrorKind, Webhook,
    error::{Result, SignatureProblem},
};

fn problem<T: std::fmt::Debug>(result: Result<T>) -> SignatureProblem {
    match result.unwrap_err().kind() {
        ErrorKind::Signature(problem) => *problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn signatures_agree_with_another_implementation() {
    // Computed with Python's hmac module.
    for (body, digits) in [
        (
            r#"{"object":"whatsapp_business_account","entry":[]}"#,
            "eefab58106e73358686845848feb95c56372e7391b3dc050b6a31c8c5f347ece",
        ),
        (r#"{"a":"äöå \u00e4/<>@%"}"#, "ab049c48bce747848a75afb39be3397b1e762044d960477eeb37014ab144bb7d"),
    ] {
        let header = format!("sha256={digits}");
        assert_eq!(webhook().sign(body.as_bytes()), header);
        webhook().verify(body.as_bytes(), Some(&header)).unwrap();
        webhook().verify(body.as_bytes(), Some(&format!("sha256={}", digits.to_uppercase()))).unwrap();
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    let body = envelope(&format!(r#""messages":[{}]"#, text("wamid.1", "Hello"))).into_bytes();
    let signature = webhook().sign(&body);
    for bit in 0..body.len() * 8 {
        let mut flipped = body.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(
            problem(webhook().read(&flipped, signature.as_str())),
            SignatureProblem::Mismatch,
            "bit {bit}"
        );
    }
    let digits = signature.strip_prefix("sha256=").unwrap();
    let tag: Vec<u8> = (0..32).map(|n| u8::from_str_radix(&digits[2 * n..2 * n + 2], 16).unwrap()).collect();
    for bit in 0..256 {
        let mut flipped = tag.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let header: String = flipped.iter().map(|byte| format!("{byte:02x}")).collect();
        let result = webhook().read(&body, format!("sha256={header}").as_str());
        assert_eq!(problem(result), SignatureProblem::Mismatch, "bit {bit}");
    }
}

#[test]
fn a_good_signature_cut_short_or_drawn_out_is_refused() {
    let good = webhook().sign(b"{}");
    for length in (0..=200).filter(|length| *length != good.len()) {
        let header: String = good.chars().chain("0123456789abcdef".chars().cycle()).take(length).collect();
        assert_eq!(problem(webhook().verify(b"{}", Some(&header))), SignatureProblem::Malformed, "{length}");
    }
}

#[test]
fn a_missing_header_is_told_from_a_malformed_one() {
    let good = webhook().sign(b"{}");
    let digits = good.strip_prefix("sha256=").unwrap();
    assert_eq!(problem(webhook().read(b"{}", None)), SignatureProblem::Missing);
    for bad in [
        String::new(),
        digits.to_owned(),
        format!("SHA256={digits}"),
        format!("sha1={digits}"),
        format!("sha256:{digits}"),
        format!(" {good}"),
        format!("{good} "),
        format!("{good},{good}"),
        format!("{good}, {good}"),
        good.replace(|c: char| c.is_ascii_digit(), "\u{660}"),
        format!("sha256={}", "g".repeat(64)),
        format!("sha256=+{}", &digits[1..]),
    ] {
        assert_eq!(problem(webhook().read(b"{}", bad.as_str())), SignatureProblem::Malformed, "{bad}");
    }
}

#[test]
fn json_that_was_written_again_does_not_verify() {
    let sent = r#"{"text":"\u00e4 \/"}"#;
    let signature = webhook().sign(sent.as_bytes());
    let again = serde_json::from_str::<serde_json::Value>(sent).unwrap().to_string();
    assert_eq!(problem(webhook().verify(again.as_bytes(), Some(&signature))), SignatureProblem::Mismatch);
}

#[test]
fn any_accepted_secret_will_do_and_no_other() {
    let (next, stranger) = ("11111111111111111111111111111111", "22222222222222222222222222222222");
    let rotating = webhook().also_accept(AppSecret::new(next).unwrap());
    for secret in [SECRET, next] {
        let signature = Webhook::new(secret, "t").unwrap().sign(b"{}");
        rotating.verify(b"{}", Some(&signature)).unwrap();
    }
    let signature = Webhook::new(stranger, "t").unwrap().sign(b"{}");
    assert_eq!(problem(rotating.verify(b"{}", Some(&signature))), SignatureProblem::Mismatch);
    assert_eq!(rotating.sign(b"{}"), webhook().sign(b"{}"), "the first secret signs");
}

#[test]
fn empty_secrets_are_refused_and_none_is_shown() {
    for (secret, token) in [("", "token"), ("secret", ""), (" ", "token")] {
        assert!(matches!(Webhook::new(secret, token).unwrap_err().kind(), ErrorKind::Config(_)));
    }
    let shown = format!("{:?}", webhook());
    assert!(!shown.contains(SECRET) && !shown.contains("verify-token"), "{shown}");
}

#[test]
fn the_error_never_tells_the_expected_signature() {
    let error = webhook().read(b"{}", "sha256=00").unwrap_err();
    let expected = webhook().sign(b"{}");
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(!shown.contains(expected.strip_prefix("sha256=").unwrap()));
    }
}

#[test]
fn what_is_not_json_is_only_looked_at_when_it_is_signed() {
    assert_eq!(
        problem(webhook().read(b"not json", webhook().sign(b"{}").as_str())),
        SignatureProblem::Mismatch
    );
    let error = webhook().read(b"not json", webhook().sign(b"not json").as_str()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Envelope(_)), "{error:?}");
}
