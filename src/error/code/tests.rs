use super::{Advice, Class, Retry, Scope, advice, table};
use std::time::Duration;

/// Every code of Meta's table and of the pages beside it, by hand.
const DOCUMENTED: &[i64] = &[
    0, 3, 10, 102, 104, 190, 200, 201, 250, 299, 803, // authorization
    368, 130497, 131031, // integrity
    4, 17, 613, 80007, 130429, 131048, 131056, 131064, 133016, 132069, 131208, // throttling
    1, 2, 131000, 131016, 131057, 2494100, 133004, 133000, 133015, 134101, // passing trouble
    33, 100, 130403, 130472, 131005, 131008, 131009, 131021, 131026, 131030, 131037, 131042, 131044, 131045,
    131047, 131049, 131050, 131051, 131052, 131053, 131055, 131059, 131060, 131062, 131063, 134011, 134100,
    134102, 135000, 137000, // sending
    132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018, 132068, // templates
    2388019, 2388023, 2388024, 2388039, 2388040, 2388047, 2388072, 2388073, 2388273, 2388293, 2388299,
    200005, 200006, 200007, 1752041, 2388318, 2388330, 139200, // definitions of templates
    133005, 133006, 133008, 133009, 133010, 2388001, 2388012, 2388091, 2388093, 2388103, 2593079, 2593085,
    2593107, 2593108, 2593109, 1349174, 1349175, 1349176, // registration
    139000, 139001, 139002, 139003, 139004, 139006, 4233041, // Flows
    139100, 139101, 139102, 139103, // blocking
    138000, 138001, 138002, 138003, 138004, 138005, 138006, 138007, 138009, 138012, 138013, 138014, 138015,
    138017, 138018, 138019, 138020, 138021, 138022, 138023, // calling
    131020, 131041, 131201, 131202, 131203, 131204, 131207, 131209, 131210, 131211, 131212, 131213, 131214,
    131215, 130501, 2494191, // groups, threads
    147001, 147002, 147003, 147004, 147005, // usernames
    2494164, 2494165, 2494166, 2494167, 2494168, 2494176, 2494177, 2494179, // sign-ups
];

fn first_wait(code: i64) -> Option<u64> {
    match Advice::of(code).retry {
        Retry::Soon(backoff) => Some(backoff.first.as_secs()),
        Retry::Later(wait) => Some(wait.as_secs()),
        _ => None,
    }
}

#[test]
fn every_documented_code_is_known() {
    let unknown: Vec<_> = DOCUMENTED.iter().filter(|code| advice(**code, None).is_none()).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn the_tables_hold_documented_codes_only() {
    let odd: Vec<_> = table::CODES
        .iter()
        .chain(table::SUBCODES)
        .map(|row| row.0)
        .filter(|c| !DOCUMENTED.contains(c))
        .collect();
    assert!(odd.is_empty(), "{odd:?}");
}

#[test]
fn the_tables_ascend_without_duplicates() {
    for rows in [table::CODES, table::SUBCODES] {
        assert!(rows.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
    assert!(table::SUBCODES.iter().all(|row| table::CODES.iter().all(|code| code.0 != row.0)));
}

#[test]
fn every_hint_is_one_short_sentence() {
    for (code, advice) in table::CODES.iter().chain(table::SUBCODES) {
        assert!((10..=100).contains(&advice.hint.len()) && !advice.hint.ends_with('.'), "{code}");
        assert_ne!(advice.class, Class::Unknown, "{code}");
    }
}

#[test]
fn throttling_proves_that_nothing_was_sent() {
    for (code, advice) in table::CODES.iter().filter(|row| row.1.class == Class::Throttled) {
        assert!(!advice.may_have_happened, "{code}");
        assert!(matches!(advice.retry, Retry::Soon(_) | Retry::Later(_)), "{code}");
    }
}

/// R17: each code has its class, and what it is about.
#[test]
fn the_codes_that_matter_most_mean_what_meta_says() {
    for (code, class, scope) in [
        (0, Class::Auth, Scope::Token),
        (190, Class::Auth, Scope::Token),
        (3, Class::Permission, Scope::Token),
        (10, Class::Permission, Scope::Token),
        (250, Class::Permission, Scope::Token),
        (368, Class::Integrity, Scope::Account),
        (131031, Class::Integrity, Scope::Account),
        (4, Class::Throttled, Scope::App),
        (80007, Class::Throttled, Scope::Account),
        (130429, Class::Throttled, Scope::Number),
        (131048, Class::Throttled, Scope::Number),
        (131056, Class::Throttled, Scope::Pair),
        (132069, Class::Throttled, Scope::Flow),
        (131000, Class::Unavailable, Scope::Request),
        (131016, Class::Unavailable, Scope::Request),
        (131057, Class::Unavailable, Scope::Number),
        (100, Class::Parameter, Scope::Request),
        (131026, Class::Recipient, Scope::Recipient),
        (131042, Class::Payment, Scope::Account),
        (131045, Class::Registration, Scope::Number),
        (131047, Class::Window, Scope::Pair),
        (131049, Class::MarketingLimit, Scope::Recipient),
        (131050, Class::OptedOut, Scope::Recipient),
        (131053, Class::Media, Scope::Request),
        (132000, Class::Template, Scope::Request),
        (132001, Class::Template, Scope::Template),
        (132015, Class::Template, Scope::Template),
        (137000, Class::Identity, Scope::Recipient),
        (2388024, Class::TemplateDefinition, Scope::Template),
    ] {
        let advice = Advice::of(code);
        assert_eq!((advice.class, advice.scope), (class, scope), "{code}");
    }
}

/// R17: of all codes, few are tried again.
#[test]
fn only_what_passes_by_itself_is_tried_again_automatically() {
    let soon: Vec<i64> =
        DOCUMENTED.iter().copied().filter(|c| matches!(Advice::of(*c).retry, Retry::Soon(_))).collect();
    let expected = [
        4, 17, 613, 80007, 130429, 131056, 131208, 1, 2, 131000, 131016, 131057, 2494100, 133004, 133015,
        134101, 139102, 139103, 138002, 138004, 138005, 138007, 138019, 138020, 138022,
    ];
    assert_eq!(soon, expected);
}

#[test]
fn only_failures_inside_meta_leave_the_outcome_open() {
    let open: Vec<i64> = DOCUMENTED.iter().copied().filter(|c| Advice::of(*c).may_have_happened).collect();
    assert_eq!(open, [1, 2, 131000, 131016, 133004, 139100, 139103, 138004, 138007, 131201]);
}

#[test]
fn a_server_status_does_not_make_a_code_transient() {
    for code in [3, 131045, 134102] {
        assert!(!matches!(Advice::of(code).retry, Retry::Soon(_)), "{code}");
        assert!(!Advice::of(code).may_have_happened, "{code}");
    }
}

#[test]
fn waits_are_those_meta_gives() {
    const HOUR: u64 = 3_600;
    for (code, wait) in [
        (130429, Some(1)),
        (131056, Some(1)),
        (4, Some(60)),
        (80007, Some(60)),
        (133015, Some(300)),
        (132069, Some(HOUR)),
        (131049, Some(24 * HOUR)),
        (133016, Some(72 * HOUR)),
        (131047, None),
        (190, None),
    ] {
        assert_eq!(first_wait(code), wait, "{code}");
    }
}

#[test]
fn the_pair_limit_waits_four_to_the_power_of_n_seconds() {
    let Retry::Soon(backoff) = Advice::of(131056).retry else { panic!("not soon") };
    let waits: Vec<_> = (1..=6).map(|failures| backoff.wait(failures).map(|wait| wait.as_secs())).collect();
    assert_eq!(waits, [Some(1), Some(4), Some(16), Some(64), Some(256), None]);
    assert_eq!(backoff.wait(0), Some(Duration::from_secs(1)));
    assert_eq!(backoff.wait(u32::MAX), None);
}

#[test]
fn no_wait_is_longer_than_its_maximum() {
    for (code, advice) in table::CODES.iter().chain(table::SUBCODES) {
        let Retry::Soon(backoff) = advice.retry else { continue };
        assert!(backoff.tries > 0 && backoff.first <= backoff.max, "{code}");
        assert!(
            (0..=backoff.tries).all(|n| backoff.wait(n).is_some_and(|wait| wait <= backoff.max)),
            "{code}"
        );
    }
}

#[test]
fn a_subcode_counts_under_a_code_that_tells_nothing() {
    for (code, subcode, class) in [
        (100, Some(2388024), Class::TemplateDefinition),
        (1, Some(2388273), Class::TemplateDefinition),
        (-1, Some(2388024), Class::TemplateDefinition),
        (2388024, None, Class::TemplateDefinition),
        (200, Some(1349174), Class::Permission),
        (100, Some(2494055), Class::Parameter),
        (100, Some(190), Class::Parameter),
        (190, Some(463), Class::Auth),
        (130429, Some(2388024), Class::Throttled),
    ] {
        assert_eq!(advice(code, subcode).map(|advice| advice.class), Some(class), "{code} {subcode:?}");
    }
}

#[test]
fn a_code_of_no_table_is_unknown() {
    for code in [-1, 5, 199, 300, 130428, 999_999, i64::MAX, i64::MIN] {
        let advice = Advice::of(code);
        assert_eq!(
            (advice.class, advice.retry, advice.may_have_happened),
            (Class::Unknown, Retry::Never, false)
        );
    }
}
