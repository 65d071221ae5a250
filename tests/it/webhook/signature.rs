//! Only what Meta signed is read.
//!
//! | rule | | tested |
//! |---|---|---|
//! | S1 | a signature of any other length than its own is refused | here |
//! | S2 | the prefix is lower-case, the digits may be of either case | here |
//! | S3 | no header, two headers, joined values and what is no text are refused | here and in `axum.rs` |
//! | S4 | the header of older days (`X-Hub-Signature`, SHA-1) counts for nothing | here and in `axum.rs` |
//! | S5 | the bytes as they came are what is signed, not the JSON in them | here |
//! | S6 | a body with a content encoding is refused unread | in `axum.rs` |
//! | S7 | there is no webhook without a secret | here |
//! | S8 | several secrets are accepted, and the one that signed is told | here |
//! | S9 | the time of a refusal tells nothing of the expected signature | here |
//! | S10 | the challenge goes back as plain text to who knows the token | in `handshake.rs` and `axum.rs` |
//!
//! The vectors in `tests/fixtures/signatures.json` were computed with Python's `hmac`, for any implementation to use.

use super::{SECRET, envelope, fixture, text, webhook};
use serde_json::Value;
use std::{
    fs,
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};
use whatsapp_business::{
    AppSecret, ErrorKind, VerifyToken, Webhook,
    error::{Result, SignatureProblem},
};

fn problem<T: std::fmt::Debug>(result: Result<T>) -> SignatureProblem {
    match result.unwrap_err().kind() {
        ErrorKind::Signature(problem) => *problem,
        other => panic!("{other:?}"),
    }
}

fn bytes(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn every_vector_comes_out_as_it_says() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/signatures.json");
    let vectors: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    assert!(cases.len() > 120, "{}", cases.len());
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let body = match case["body_hex"].as_str() {
            Some(digits) => bytes(digits),
            None => case["body"].as_str().unwrap().as_bytes().to_vec(),
        };
        let mut secrets = case["secrets"].as_array().unwrap().iter().map(|secret| secret.as_str().unwrap());
        let first = Webhook::new(secrets.next().unwrap(), "verify-token").unwrap();
        let webhook = secrets
            .fold(first, |webhook, secret| webhook.also_accept(AppSecret::new(secret).unwrap()))
            .accept_unescaped(case["accept_unescaped"] == true);
        let told = match webhook.verify(&body, case["header"].as_str()) {
            Ok(place) => {
                assert_eq!(case["secret"], place, "{name}");
                "valid"
            }
            Err(error) => match error.kind() {
                ErrorKind::Signature(SignatureProblem::Missing) => "missing",
                ErrorKind::Signature(SignatureProblem::Malformed) => "malformed",
                ErrorKind::Signature(SignatureProblem::Mismatch) => "mismatch",
                other => panic!("{name}: {other:?}"),
            },
        };
        assert_eq!(case["result"], told, "{name}");
    }
}

#[test]
fn the_vector_of_rfc_4231_that_has_a_secret_of_text_verifies() {
    let webhook = Webhook::new("Jefe", "verify-token").unwrap();
    let header = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert_eq!(webhook.sign(b"what do ya want for nothing?"), header);
    webhook.verify(b"what do ya want for nothing?", Some(header)).unwrap();
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
    let tag = bytes(digits);
    for bit in 0..256 {
        let mut flipped = tag.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let header: String = flipped.iter().map(|byte| format!("{byte:02x}")).collect();
        let result = webhook().read(&body, format!("sha256={header}").as_str());
        assert_eq!(problem(result), SignatureProblem::Mismatch, "bit {bit}");
    }
}

#[test]
fn s1_a_good_signature_cut_short_or_drawn_out_is_refused() {
    let good = webhook().sign(b"{}");
    for length in (0..=200).filter(|length| *length != good.len()) {
        let header: String = good.chars().chain("0123456789abcdef".chars().cycle()).take(length).collect();
        assert_eq!(problem(webhook().verify(b"{}", Some(&header))), SignatureProblem::Malformed, "{length}");
    }
}

#[test]
fn s2_the_prefix_is_lower_case_and_the_digits_may_be_of_either() {
    let good = webhook().sign(b"{}");
    let digits = good.strip_prefix("sha256=").unwrap();
    webhook().verify(b"{}", Some(&format!("sha256={}", digits.to_uppercase()))).unwrap();
    for prefix in ["SHA256=", "Sha256=", "sha256:", "sha-256=", "", "sha256", "sha256 =", "sha256= "] {
        let header = format!("{prefix}{digits}");
        assert_eq!(
            problem(webhook().verify(b"{}", Some(&header))),
            SignatureProblem::Malformed,
            "{prefix:?}"
        );
    }
}

#[test]
fn s3_a_missing_header_is_told_from_one_that_is_not_a_single_signature() {
    let good = webhook().sign(b"{}");
    let digits = good.strip_prefix("sha256=").unwrap();
    assert_eq!(problem(webhook().read(b"{}", None)), SignatureProblem::Missing);
    for bad in [
        String::new(),
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
fn s4_a_sha1_of_older_days_counts_for_nothing() {
    // HMAC-SHA1 of the body under the secret, as `X-Hub-Signature` had it.
    let header = "sha1=80797d364ae52b33f184d6f6a876e198fb150aa3";
    assert_eq!(problem(webhook().verify(b"{}", Some(header))), SignatureProblem::Malformed);
    let filled = format!("sha256={:0<64}", header.strip_prefix("sha1=").unwrap());
    assert_eq!(problem(webhook().verify(b"{}", Some(&filled))), SignatureProblem::Mismatch);
}

/// R16: the bytes are signed, not what they mean.
#[test]
fn s5_json_that_was_written_again_does_not_verify() {
    for (sent, again) in [
        (r#"{"t":"\u00e4"}"#, r#"{"t":"ä"}"#),
        (r#"{"t":"\/"}"#, r#"{"t":"/"}"#),
        (r#"{"t":"\u003C"}"#, r#"{"t":"<"}"#),
        (r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#),
        (r#"{"a":1}"#, r#"{"a": 1}"#),
        (r#"{"a":1}"#, "{\"a\":1}\n"),
        (r#"{"a":1}"#, "\u{feff}{\"a\":1}"),
        ("{\n}", "{\r\n}"),
        (r#"{"a":1.0}"#, r#"{"a":1}"#),
    ] {
        for (signed, received) in [(sent, again), (again, sent)] {
            let signature = webhook().sign(signed.as_bytes());
            webhook().verify(signed.as_bytes(), Some(&signature)).unwrap();
            let result = webhook().verify(received.as_bytes(), Some(&signature));
            assert_eq!(problem(result), SignatureProblem::Mismatch, "{signed} as {received}");
        }
    }
}

#[test]
fn characters_that_a_proxy_unescaped_are_accepted_where_that_is_wished() {
    let sent = fixture("message_text").replace("red one", r"r\u00f6d \ud83d\ude42 one");
    let received = sent.replace(r"\u00f6", "ö").replace(r"\ud83d\ude42", "🙂");
    assert_ne!(sent, received);
    let signature = webhook().sign(sent.as_bytes());
    let lenient = webhook().accept_unescaped(true);
    let text = |body: &str| lenient.read(body.as_bytes(), signature.as_str()).unwrap().events()[0].key();
    assert_eq!(text(&received), text(&sent));
    let half = sent.replace(r"\u00f6", "ö");
    assert_eq!(text(&half), text(&sent), "also where only some are");
    for other in [received.replace('ö', "o"), received.replace('ö', "Ö"), received.replace('🙂', "")] {
        let result = lenient.read(other.as_bytes(), signature.as_str());
        assert_eq!(problem(result), SignatureProblem::Mismatch, "{other}");
    }
    for strict in [webhook(), lenient.clone().accept_unescaped(false)] {
        let result = strict.read(received.as_bytes(), signature.as_str());
        assert_eq!(problem(result), SignatureProblem::Mismatch);
    }
}

#[test]
fn s8_any_accepted_secret_will_do_and_the_one_that_signed_is_told() {
    let (next, stranger) = ("11111111111111111111111111111111", "22222222222222222222222222222222");
    let rotating = webhook().also_accept(AppSecret::new(next).unwrap());
    let body = fixture("message_text").into_bytes();
    for (place, secret) in [SECRET, next].into_iter().enumerate() {
        let signature = Webhook::new(secret, "t").unwrap().sign(&body);
        assert_eq!(rotating.verify(&body, Some(&signature)).unwrap(), place);
        assert_eq!(rotating.read(&body, signature.as_str()).unwrap().signed_by(), Some(place));
    }
    let signature = Webhook::new(stranger, "t").unwrap().sign(&body);
    assert_eq!(problem(rotating.verify(&body, Some(&signature))), SignatureProblem::Mismatch);
    assert_eq!(rotating.sign(&body), webhook().sign(&body), "the first secret signs");
    let rotated = Webhook::new(next, "t").unwrap();
    let old = webhook().sign(&body);
    assert_eq!(problem(rotated.verify(&body, Some(&old))), SignatureProblem::Mismatch, "the old one is out");
}

/// Tells whether a type has a default: then the constant of its own hides that of the trait.
struct Of<T>(std::marker::PhantomData<T>);

trait Without {
    const HAS_DEFAULT: bool = false;
}

impl<T> Without for Of<T> {}

impl<T: Default> Of<T> {
    const HAS_DEFAULT: bool = true;
}

#[test]
fn s7_there_is_no_webhook_and_no_secret_by_default() {
    assert_eq!([Of::<String>::HAS_DEFAULT, Of::<Webhook>::HAS_DEFAULT], [true, false]);
    assert_eq!([Of::<AppSecret>::HAS_DEFAULT, Of::<VerifyToken>::HAS_DEFAULT], [false, false]);
}

#[test]
fn s7_empty_secrets_are_refused_and_none_is_shown() {
    for (secret, token) in
        [("", "token"), ("secret", ""), (" ", "token"), ("secret", "\n"), ("\u{a0}", "token")]
    {
        assert!(matches!(Webhook::new(secret, token).unwrap_err().kind(), ErrorKind::Config(_)));
    }
    let shown = format!("{:?}", webhook());
    assert!(!shown.contains(SECRET) && !shown.contains("verify-token"), "{shown}");
}

/// R16: whoever guesses learns nothing.
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

/// Welch's t of two samples of times, without the slowest tenth of both: those were interrupted.
fn t(a: &[Duration], b: &[Duration]) -> f64 {
    let mut all = [a, b].concat();
    all.sort_unstable();
    let slow = all[all.len() * 9 / 10];
    let of = |sample: &[Duration]| {
        let times: Vec<f64> = sample.iter().filter(|t| **t < slow).map(Duration::as_secs_f64).collect();
        let (count, sum) = (times.len() as f64, times.iter().sum::<f64>());
        let mean = sum / count;
        (mean, times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0) / count)
    };
    let ((mean_a, variance_a), (mean_b, variance_b)) = (of(a), of(b));
    (mean_a - mean_b) / (variance_a + variance_b).sqrt()
}

#[test]
#[ignore = "measures time: cargo test --release --test it s9 -- --ignored, on a machine that does nothing else"]
fn s9_the_time_of_a_refusal_tells_nothing_of_the_expected_signature() {
    const SAMPLES: usize = 1_000_000;
    let (webhook, body) = (webhook(), b"{}");
    let good = webhook.sign(body);
    let digits = bytes(good.strip_prefix("sha256=").unwrap());
    let wrong_at = |place: usize| {
        let mut tag = digits.clone();
        tag[place] ^= 1;
        format!("sha256={}", tag.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    };
    let token = |query: &str| format!("hub.mode=subscribe&hub.challenge=1&hub.verify_token={query}");
    let headers = [wrong_at(0), wrong_at(31)];
    let queries = [token("verify-tokem"), token("Verify-token")];
    type Refuse<'a> = Box<dyn Fn(&str) + 'a>;
    let refusals: [(&str, [String; 2], Refuse<'_>); 2] = [
        ("signature", headers, Box::new(|header| drop(black_box(webhook.verify(body, Some(header)))))),
        ("token", queries, Box::new(|query| drop(black_box(webhook.challenge(query))))),
    ];
    for (what, inputs, refuse) in refusals {
        let mut times = [Vec::with_capacity(SAMPLES), Vec::with_capacity(SAMPLES)];
        let mut random: u64 = 88_172_645_463_325_252;
        // Both at the same place: where text lies in memory takes time, too.
        let mut input = String::with_capacity(100);
        while times.iter().any(|sample| sample.len() < SAMPLES) {
            // In random turns, so that what else the machine does slows both alike.
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let which = usize::from(random >> 32 & 1 == 1);
            input.clear();
            input.push_str(&inputs[which]);
            let start = Instant::now();
            refuse(&input);
            times[which].push(start.elapsed());
        }
        let t = t(&times[0], &times[1]);
        assert!(t.abs() < 4.5, "{what}: t = {t:.2}");
    }
}
