//! Notices of accounts, their partners and how they are paid.

use super::{at, kind, notice, read};
use crate::webhook::fixture;
use whatsapp_business::{
    id::BusinessId,
    webhook::{
        PricingCategory,
        notice::{
            AccountEvent, AccountUpdate, AlertEntity, AlertKind, AlertSeverity, AlertStatus, BanState,
            CertificationStatus, DisconnectionReason, Initiator, NoticeKind, PaymentConfigurationStatus,
            PaymentProvider, RestrictionKind, ReviewDecision, SolutionEvent, SolutionStatus, ViolationKind,
        },
    },
};

fn account(name: &str) -> AccountUpdate {
    kind!(AccountUpdate, name)
}

#[test]
fn every_event_of_an_account_has_a_name() {
    for (name, event) in [
        ("deleted", AccountEvent::Deleted),
        ("violation", AccountEvent::Violation),
        ("restriction", AccountEvent::Restriction),
        ("offboarded", AccountEvent::Offboarded),
        ("reconnected", AccountEvent::Reconnected),
        ("ad_account_linked", AccountEvent::AdAccountLinked),
        ("international_rates", AccountEvent::InternationalRates),
        ("country", AccountEvent::PrimaryLocationUpdate),
        ("disabled", AccountEvent::DisabledUpdate),
        ("marketing_terms", AccountEvent::MarketingTermsSigned),
        ("partner_added", AccountEvent::PartnerAdded),
        ("partner_removed", AccountEvent::PartnerRemoved),
        ("partner_app_installed", AccountEvent::PartnerAppInstalled),
        ("partner_app_uninstalled", AccountEvent::PartnerAppUninstalled),
        ("certification", AccountEvent::CertificationUpdate),
        ("certification_needed", AccountEvent::CertificationNeeded),
        ("verified", AccountEvent::Verified),
        ("volume_tier", AccountEvent::VolumeTierUpdate),
    ] {
        assert_eq!(account(&format!("account_update_{name}")).event, event);
    }
}

#[test]
fn an_account_that_broke_a_policy_hears_which_and_what_follows() {
    let violation = account("account_update_violation");
    assert_eq!(violation.phone_number.as_deref(), Some("14155550123"));
    let violation = violation.violation.unwrap();
    assert_eq!(violation.kind, Some(ViolationKind::UserInitiatedCallingQuality));
    assert_eq!(violation.remediation.as_deref(), Some("Answer more calls."));

    let restrictions = account("account_update_restriction").restrictions;
    let [messaging, numbers] = &restrictions[..] else { panic!("{restrictions:?}") };
    assert_eq!(messaging.kind, Some(RestrictionKind::BusinessInitiatedMessaging));
    assert_eq!(messaging.expires_at, at(1_700_604_800));
    assert_eq!(messaging.remediation.as_deref(), Some("Review your messaging practices."));
    assert_eq!(numbers.kind, Some(RestrictionKind::AddPhoneNumbers));
    assert_eq!((numbers.expires_at, &numbers.remediation), (at(1_700_604_801), &None));

    let ban = account("account_update_disabled").ban.unwrap();
    assert_eq!((ban.state, ban.date.as_deref()), (Some(BanState::Scheduled), Some("November 30, 2026")));
}

#[test]
fn an_account_hears_what_changes_its_prices() {
    let rates = account("account_update_international_rates").international_rates.unwrap();
    assert_eq!(rates.starts_at, at(1_700_000_000));
    let exceptions: Vec<_> =
        rates.exceptions.iter().map(|rate| (rate.country.as_deref().unwrap(), rate.starts_at)).collect();
    assert_eq!(exceptions, [("ID", at(1_700_086_400)), ("IN", at(1_700_172_800))]);

    let tier = account("account_update_volume_tier").volume_tier.unwrap();
    assert_eq!((tier.category, tier.updated_at), (Some(PricingCategory::Utility), at(1_700_000_000)));
    assert_eq!(tier.tier.as_deref(), Some("25000001:50000000"));
    assert_eq!((tier.month.as_deref(), tier.region.as_deref()), (Some("2026-11"), Some("India")));
    assert_eq!(account("account_update_country").country.as_deref(), Some("IN"));
}

#[test]
fn an_account_is_shared_with_partners_and_leaves_them() {
    let installed = account("account_update_partner_app_installed").shared.unwrap();
    assert_eq!(installed.id.unwrap().as_str(), "102290129340398");
    assert_eq!(installed.owner_business_id.unwrap().as_str(), "520744086200222");
    assert_eq!(installed.partner_app_id.unwrap().as_str(), "793702766889889");
    assert_eq!(installed.solution_id.unwrap().as_str(), "303610109049230");
    let partners: Vec<_> = installed.partner_business_ids.iter().map(BusinessId::as_str).collect();
    assert_eq!(partners, ["506914307656634", "116133292427920"]);

    let linked = account("account_update_ad_account_linked").shared.unwrap();
    assert_eq!(linked.ad_account_id.as_deref(), Some("633456882212545"));
    let body = fixture("account_update_ad_account_linked");
    for members in [r#""ad_account_id": "#, r#""ad_account_linked": "5", "ad_account_id": "#] {
        let NoticeKind::AccountUpdate(update) = read(&body.replace(r#""ad_account_linked": "#, members)).kind
        else {
            panic!()
        };
        assert_eq!(update.shared.unwrap().ad_account_id.as_deref(), Some("633456882212545"), "{members}");
    }

    let removed = account("account_update_partner_removed").disconnection.unwrap();
    assert_eq!(removed.reason, Some(DisconnectionReason::PrimaryInactivity));
    assert_eq!(removed.initiated_by, Some(Initiator::System));

    let certification = account("account_update_certification").certification.unwrap();
    assert_eq!(certification.client_business_id.unwrap().as_str(), "2729063490586005");
    assert_eq!(certification.status, Some(CertificationStatus::Failed));
    assert_eq!(certification.rejection_reasons, ["LEGAL NAME NOT MATCHING", "WEBSITE NOT MATCHING"]);
    let needed = account("account_update_certification_needed").certification_needed;
    assert_eq!(needed.unwrap().as_str(), "2729063490586005");
}

#[test]
fn an_account_is_not_taken_for_the_portfolio_it_is_reported_to() {
    let ids = |body: &str| {
        let notice = read(body);
        let text = |id: Option<&str>| id.map(str::to_owned);
        let account = text(notice.account_id.as_ref().map(|id| id.as_str()));
        (account, text(notice.business_id.as_ref().map(|id| id.as_str())))
    };
    let (account, portfolio) = (Some("102290129340398".to_owned()), Some("2949482758682047".to_owned()));
    for name in ["partner_added", "partner_app_installed", "ad_account_linked", "marketing_terms"] {
        let body = fixture(&format!("account_update_{name}"));
        assert_eq!(ids(&body), (account.clone(), portfolio.clone()), "{name}");
        let told_twice = body.replace("2949482758682047", "102290129340398");
        assert_eq!(ids(&told_twice), (account.clone(), None), "{name}");
    }
    assert_eq!(ids(&fixture("account_update_partner_removed")), (account, None), "it names no other account");
    assert_eq!(ids(&fixture("account_update_partner_app_uninstalled")), (None, portfolio.clone()));
    assert_eq!(ids(&fixture("partner_solution_updated")), (None, portfolio));
    assert_eq!(ids(&fixture("payment_configuration_update")), (None, None), "Meta writes 0 for none");
}

#[test]
fn an_account_is_reviewed_and_alerted() {
    let review = kind!(AccountReviewUpdate, "account_review_update");
    assert_eq!(review.decision, ReviewDecision::Approved);

    let alert = kind!(AccountAlert, "account_alert_business");
    assert_eq!(
        (alert.entity, alert.entity_id.as_deref()),
        (Some(AlertEntity::Business), Some("506914307656634"))
    );
    assert_eq!((alert.kind, alert.status), (AlertKind::LimitIncreaseDeferred, Some(AlertStatus::Active)));
    assert_eq!(alert.severity, Some(AlertSeverity::Warning));
    assert_eq!(alert.description.as_deref(), Some("Limits of Lucky Shrub cannot be increased yet."));
    assert_eq!(notice("account_alert_business").phone_number_id, None);

    let number = notice("account_alert_phone_number");
    assert_eq!(number.phone_number_id.unwrap().as_str(), "106540352242922", "it can be routed");
    let NoticeKind::AccountAlert(alert) = number.kind else { panic!() };
    assert_eq!((alert.kind, alert.status), (AlertKind::OfficialAccountApproved, Some(AlertStatus::Inactive)));
}

#[test]
fn a_solution_and_a_way_to_be_paid_change() {
    let solution = kind!(SolutionUpdate, "partner_solution_updated");
    assert_eq!(
        (solution.event, solution.status),
        (SolutionEvent::Updated, Some(SolutionStatus::PendingDeactivation))
    );
    assert_eq!(solution.solution_id.unwrap().as_str(), "303610109049230");

    let payment = kind!(PaymentConfigurationUpdate, "payment_configuration_update");
    assert_eq!((payment.name.as_str(), payment.provider), ("shop-payments", Some(PaymentProvider::Razorpay)));
    assert_eq!(payment.merchant_id.as_deref(), Some("acc_GP4lfNA0iIMn5B"));
    assert_eq!(payment.status, Some(PaymentConfigurationStatus::NeedsTesting));
    assert_eq!((payment.created_at, payment.updated_at), (at(1_699_990_000), at(1_700_000_000)));
}
