//! The words that Meta's pages list, each of them known.

use whatsapp_business::{
    template::Category,
    webhook::{
        AppStateAction, AppStateKind, AutomaticEventName, CallDirection, CallEvent, CallOutcome,
        CallPermissionAnswer, CallPermissionSource, CallStatusKind, ClickComponent, ContactOrigin, FormKind,
        GroupInitiator, HistoryStatus, JoinApprovalMode, PaymentState, PreferenceCategory, PreferenceValue,
        PricingCategory, PricingKind, PricingModel, ReferralMedia, ReferralSource, SdpType, StatusKind,
        SystemKind, TransactionState, UserActionKind,
        notice::{
            AccountEvent, AlertEntity, AlertKind, AlertSeverity, AlertStatus, BanState, CallIconVisibility,
            CertificationStatus, DisconnectionReason, FlowAlertState, FlowEvent, FlowStatus, HandoverKind,
            Initiator, KeyExchange, MessagingLimit, NameRejection, PaymentConfigurationStatus,
            PaymentProvider, PhoneNumberQualityEvent, QualityScore, RestrictionKind, ReviewDecision, Role,
            SecurityEvent, SettingsKind, SolutionEvent, SolutionStatus, Switch, TemplateEvent, TemplatePause,
            TemplateRejection, UsernameStatus, ViolationKind,
        },
    },
};

#[test]
fn every_spelling_that_meta_documents_is_known() {
    macro_rules! known {
        ($($kind:ident: $($spelling:literal)+;)+) => {$($({
            let kind = $kind::from($spelling);
            assert!(!matches!(kind, $kind::Unknown(_)), "{} is not known", $spelling);
        })+)+};
    }
    known! {
        SystemKind: "user_changed_number" "user_changed_user_id" "user_identity_changed" "customer_changed_number"
            "customer_identity_changed";
        FormKind: "flow" "address_message";
        CallPermissionAnswer: "accept" "reject";
        CallPermissionSource: "user_action" "automatic";
        ContactOrigin: "contact_request" "other";
        ReferralSource: "ad" "post";
        ReferralMedia: "image" "video";
        ClickComponent: "cta" "body";
        StatusKind: "sent" "delivered" "read" "played" "failed";
        PricingModel: "PMP" "CBP";
        PricingKind: "regular" "free_customer_service" "free_entry_point" "free_group_customer_service";
        PricingCategory: "authentication" "authentication-international" "authentication_international" "marketing"
            "marketing_lite" "referral_conversion" "service" "utility" "general_purpose_ai" "group_marketing"
            "group_utility" "group_service";
        PaymentState: "captured" "pending" "failed";
        TransactionState: "pending" "success" "failed";
        TemplateEvent: "APPROVED" "ARCHIVED" "UNARCHIVED" "DELETED" "DISABLED" "FLAGGED" "IN_APPEAL" "LIMIT_EXCEEDED"
            "LOCKED" "PAUSED" "PENDING" "REINSTATED" "PENDING_DELETION" "REJECTED";
        TemplateRejection: "ABUSIVE_CONTENT" "CATEGORY_NOT_AVAILABLE" "INCORRECT_CATEGORY" "INVALID_FORMAT" "PROMOTIONAL"
            "SCAM" "TAG_CONTENT_MISMATCH";
        TemplatePause: "FIRST_PAUSE" "SECOND_PAUSE" "RATE_LIMITING_PAUSE" "UNPAUSE" "DISABLED";
        QualityScore: "GREEN" "YELLOW" "RED" "UNKNOWN";
        Category: "AUTHENTICATION" "MARKETING" "UTILITY";
        AccountEvent: "ACCOUNT_DELETED" "ACCOUNT_VIOLATION" "ACCOUNT_RESTRICTION" "ACCOUNT_OFFBOARDED"
            "ACCOUNT_RECONNECTED" "AD_ACCOUNT_LINKED" "AUTH_INTL_PRICE_ELIGIBILITY_UPDATE"
            "BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE" "DISABLED_UPDATE" "MM_LITE_TERMS_SIGNED" "PARTNER_ADDED"
            "PARTNER_REMOVED" "PARTNER_APP_INSTALLED" "PARTNER_APP_UNINSTALLED"
            "PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE" "PARTNER_CLIENT_CERTIFICATION_NEEDED" "VERIFIED_ACCOUNT"
            "VOLUME_BASED_PRICING_TIER_UPDATE";
        BanState: "DISABLE" "REINSTATE" "SCHEDULE_FOR_DISABLE";
        RestrictionKind: "RESTRICTED_ADD_PHONE_NUMBER_ACTION" "RESTRICTED_BIZ_INITIATED_MESSAGING"
            "RESTRICTED_CUSTOMER_INITIATED_MESSAGING" "RESTRICTED_BUSINESS_INITIATED_CALLING"
            "RESTRICTED_USER_INITIATED_CALLING" "RESTRICTED_BIZ_INITIATED_AND_USER_INITIATED_CALLING"
            "RESTRICTED_USER_INITIATED_CALLING_CALL_BUTTON_HIDDEN" "RESTRICTED_DIRECT_SEND_UTILITY_TEMPLATES"
            "RESTRICTED_UTILITY_TEMPLATES";
        ViolationKind: "LOW_BUSINESS_INITIATED_CALLING_QUALITY" "LOW_USER_INITIATED_CALLING_QUALITY";
        CertificationStatus: "APPROVED" "DISCARDED" "FAILED" "PENDING" "REVOKED";
        DisconnectionReason: "ACCOUNT_DISCONNECTED" "BUSINESS_DOWNGRADE" "CHANGE_NUMBER" "COMPANION_INACTIVITY"
            "PRIMARY_INACTIVITY" "USER_RE_REGISTERED";
        Initiator: "USER" "SYSTEM";
        ReviewDecision: "APPROVED" "REJECTED" "PENDING" "DEFERRED";
        AlertEntity: "BUSINESS" "PHONE_NUMBER" "CURRENT_STATUS_ID" "WABA";
        AlertSeverity: "CRITICAL" "INFORMATIONAL" "WARNING";
        AlertStatus: "ACTIVE" "NONE";
        AlertKind: "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED" "INCREASED_CAPABILITIES_ELIGIBILITY_FAILED"
            "INCREASED_CAPABILITIES_ELIGIBILITY_NEED_MORE_INFO" "OBA_APPROVED" "OBA_REJECTED" "PROFILE_PICTURE_LOST";
        SettingsKind: "phone_number_settings" "PHONE_NUMBER_SETTINGS";
        Switch: "ENABLED" "DISABLED";
        CallIconVisibility: "DEFAULT" "DISABLE_ALL";
        KeyExchange: "DTLS" "SDES";
        MessagingLimit: "TIER_50" "TIER_250" "TIER_1K" "TIER_2K" "TIER_10K" "TIER_100K" "TIER_UNLIMITED" "TIER_NOT_SET" "-1"
            "250";
        NameRejection: "NAME_EMPLOYEE_ISSUE" "NAME_ENDCLIENT_NOTRELATED" "NAME_FORMAT_UNACCEPTABLE"
            "NAME_INDIVIDUAL_ISSUE" "NAME_NOT_CONSISTENT" "UNKNOWN";
        PhoneNumberQualityEvent: "ONBOARDING" "THROUGHPUT_UPGRADE" "UPGRADE" "DOWNGRADE" "FLAGGED" "UNFLAGGED";
        SecurityEvent: "PIN_CHANGED" "PIN_RESET_REQUEST" "PIN_REQUEST_SUCCESS" "PIN_RESET_SUCCESS";
        UsernameStatus: "approved" "deleted" "reserved";
        SolutionEvent: "SOLUTION_CREATED" "SOLUTION_UPDATED";
        SolutionStatus: "ACTIVE" "DEACTIVATED" "DRAFT" "INITIATED" "PENDING_DEACTIVATION" "REJECTED";
        PaymentProvider: "upi_vpa" "razorpay" "RazorPay" "payu" "zaakpay" "billdesk";
        PaymentConfigurationStatus: "Active" "Needs Connecting" "Needs_Connecting" "Needs Testing" "Needs_Testing";
        FlowEvent: "FLOW_STATUS_CHANGE" "CLIENT_ERROR_RATE" "ENDPOINT_ERROR_RATE" "ENDPOINT_LATENCY"
            "ENDPOINT_AVAILABILITY" "FLOW_VERSION_EXPIRY_WARNING";
        FlowStatus: "DRAFT" "PUBLISHED" "DEPRECATED" "BLOCKED" "THROTTLED";
        FlowAlertState: "ACTIVATED" "DEACTIVATED";
        HandoverKind: "control_passed" "control_taken";
        Role: "customer_service" "marketing" "utility" "ctwa" "ai_agent" "escalation";
        PreferenceCategory: "marketing_messages";
        PreferenceValue: "stop" "resume";
        AutomaticEventName: "LeadSubmitted" "Purchase";
        UserActionKind: "marketing_messages_link_click";
        CallEvent: "connect" "terminate" "call_created" "call_recording_available" "call_transcription_available";
        CallDirection: "USER_INITIATED" "BUSINESS_INITIATED";
        CallOutcome: "FAILED" "Failed" "COMPLETED" "Completed";
        CallStatusKind: "RINGING" "ACCEPTED" "REJECTED";
        SdpType: "offer" "answer";
        GroupInitiator: "business" "participant";
        JoinApprovalMode: "auto_approve" "approval_required";
        HistoryStatus: "PENDING" "SENT" "DELIVERED" "READ" "PLAYED" "ERROR";
        AppStateKind: "contact";
        AppStateAction: "add" "remove";
    }
}
