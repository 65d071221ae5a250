//! Each kind of message, read from a fixture.

use super::{envelope, message, only, read};
use serde::Deserialize;
use whatsapp_business::{
    ErrorKind,
    error::Class,
    time::Timestamp,
    webhook::{
        CallPermissionAnswer, CallPermissionSource, ContactOrigin, Event, FormFile, FormKind, Inbound,
        InboundMessage, ReferralMedia, ReferralSource, SystemKind,
    },
};

const OURS: &str = "wamid.OURS00000001";

/// The only message of a value.
fn message_of(item: &str) -> InboundMessage {
    match only(&envelope(&format!(r#""messages":[{item}]"#))) {
        Event::Message(message) => message,
        other => panic!("{other:?}"),
    }
}

fn content(kind: &str, json: &str) -> Inbound {
    message_of(&format!(r#"{{"id":"wamid.1","timestamp":"1","type":"{kind}","{kind}":{json}}}"#)).content
}

#[test]
fn every_file_is_found_in_one_call_whatever_its_kind() {
    for (name, kind, mime_type, filename, caption, voice) in [
        ("message_image", "image", "image/jpeg", None, Some("The roof"), false),
        ("message_video", "video", "video/mp4", None, Some("The roof from above"), false),
        ("message_voice", "audio", "audio/ogg; codecs=opus", None, None, true),
        ("message_audio", "audio", "audio/mpeg", None, None, false),
        ("message_document", "document", "application/pdf", Some("Survey.pdf"), Some("The survey"), false),
        ("message_sticker_animated", "sticker", "image/webp", None, None, false),
    ] {
        let message = message(name);
        let media = message.media().unwrap();
        assert_eq!((media.kind, message.kind()), (kind, kind));
        assert_eq!((media.mime_type, media.filename, media.caption), (Some(mime_type), filename, caption));
        assert_eq!((media.voice, message.text()), (voice, caption), "{name}");
        assert_eq!(media.id.as_str(), "1003383421387256");
        assert_eq!(media.sha256, Some("SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI="));
        assert!(media.url.unwrap().starts_with("https://lookaside.fbsbx.com/"));
    }
    assert!(message("message_text").media().is_none());
    for (name, moves) in [("message_sticker_animated", true), ("message_sticker", false)] {
        let Inbound::Sticker(sticker) = message(name).content else { panic!("{name}") };
        assert_eq!(sticker.animated, moves);
    }
}

#[test]
fn a_place_is_read_with_and_without_a_name() {
    let named = message("message_location");
    assert_eq!((named.kind(), named.text()), ("location", Some("Garden Cafe")));
    let Inbound::Location(place) = named.content else { panic!() };
    assert_eq!((place.latitude, place.longitude), (37.442_887, -122.161_4));
    assert_eq!(place.address.as_deref(), Some("101 Forest Avenue"));
    assert_eq!(place.url.as_deref(), Some("https://garden.example/"));
    let pin = message("message_location_pin");
    assert_eq!(pin.text(), None);
    let Inbound::Location(place) = pin.content else { panic!() };
    assert_eq!((place.latitude, place.longitude, place.name), (-33.868_8, 151.209_3, None));

    let Inbound::Location(place) =
        content("location", r#"{"latitude":"-1.5","longitude":2,"address":"Way 1"}"#)
    else {
        panic!()
    };
    assert_eq!((place.latitude, place.longitude), (-1.5, 2.0), "numbers may be text");
    assert_eq!(Inbound::Location(place).text(), Some("Way 1"));
    for odd in [r#"{"latitude":"NaN","longitude":2}"#, r#"{"latitude":1}"#] {
        assert!(matches!(content("location", odd), Inbound::Unknown(_)), "{odd}");
    }
}

#[test]
fn contact_cards_are_read_in_full() {
    let message = message("message_contacts");
    let Inbound::Contacts(cards) = &message.content else { panic!() };
    assert_eq!((cards.len(), message.text()), (2, None));
    let card = &cards[0];
    let name = [&card.prefix, &card.first_name, &card.middle_name, &card.last_name, &card.suffix];
    assert_eq!(name.map(Option::as_deref), [Some("Dr"), Some("Ana"), Some("M"), Some("Silva"), Some("Jr")]);
    assert_eq!(card.name.as_deref(), Some("Dr Ana Silva Jr"));
    let work = [&card.company, &card.department, &card.job_title, &card.birthday];
    assert_eq!(
        work.map(Option::as_deref),
        [Some("Lucky Shrub"), Some("Gardens"), Some("Head gardener"), Some("1990-02-28")]
    );
    assert_eq!(card.phones.len(), 2);
    assert_eq!(card.phones[0].number.as_deref(), Some("+1 000-555-0177"));
    assert_eq!(card.phones[0].label.as_deref(), Some("Work"));
    assert_eq!(card.phones[0].wa_id.as_ref().unwrap().as_str(), "10005550177");
    assert_eq!(card.phones[0].user_id.as_ref().unwrap().as_str(), "US.1000000000000077");
    assert_eq!(card.phones[1].wa_id, None);
    assert_eq!(card.emails[0].address.as_deref(), Some("ana@shrub.example"));
    assert_eq!(card.urls[0].url.as_deref(), Some("https://shrub.example"));
    let home = &card.addresses[0];
    let home = [&home.street, &home.city, &home.state, &home.zip, &home.country, &home.country_code];
    assert_eq!(
        home.map(Option::as_deref),
        [
            Some("1 Garden Way"),
            Some("Menlo Park"),
            Some("CA"),
            Some("94025"),
            Some("United States"),
            Some("us")
        ]
    );
    assert!(card.vcard.as_ref().unwrap().starts_with("BEGIN:VCARD\n"));
    assert_eq!(card.origin, Some(ContactOrigin::Other));
    assert_eq!((&cards[1].name, cards[1].phones.len()), (&None, 1), "a card may lack its name");
}

#[test]
fn a_phone_number_that_we_asked_for_is_told_from_any_card() {
    let answer = message("message_contact_shared");
    assert_eq!(answer.reply_to().unwrap().as_str(), OURS);
    let Inbound::Contacts(cards) = answer.content else { panic!() };
    assert_eq!(cards[0].origin, Some(ContactOrigin::ContactRequest));
    let old = message_of(
        r#"{"id":"1","timestamp":1,"type":"contacts","origin":"contact_request","contacts":[{},{"origin":"other"}]}"#,
    );
    let Inbound::Contacts(cards) = old.content else { panic!() };
    assert_eq!(cards[0].origin, Some(ContactOrigin::ContactRequest));
    assert_eq!(cards[1].origin, Some(ContactOrigin::Other));
}

#[test]
fn odd_parts_of_a_card_leave_the_rest_of_it_alone() {
    let odd = r#"[{"name":5,"org":[],"phones":[7,{"phone":15550100}],"emails":{},"urls":null,"birthday":{},"vcard":"a\ud83d"}]"#;
    let Inbound::Contacts(cards) = content("contacts", odd) else { panic!() };
    assert_eq!(cards[0].phones[0].number.as_deref(), Some("15550100"));
    assert_eq!(cards[0].vcard.as_deref(), Some("a\u{fffd}"));
    assert!(cards[0].name.is_none() && cards[0].birthday.is_none() && cards[0].emails.is_empty());
}

#[test]
fn a_reaction_without_emoji_was_taken_away() {
    let put = message("message_reaction");
    assert_eq!((put.text(), put.reply_to().unwrap().as_str()), (Some("\u{1f44d}"), OURS));
    for removed in [
        message("message_reaction_removed").content,
        content("reaction", r#"{"message_id":"m","emoji":""}"#),
        content("reaction", r#"{"message_id":"m","emoji":null}"#),
    ] {
        let Inbound::Reaction(reaction) = &removed else { panic!("{removed:?}") };
        assert!(reaction.is_removed());
        assert_eq!(removed.text(), None);
    }
}

#[test]
fn a_form_is_read_as_the_type_that_fits_it() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Address {
        saved_address_id: String,
        values: Place,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct Place {
        city: String,
        in_pin_code: String,
    }
    let message = message("message_address_reply");
    assert_eq!((message.kind(), message.text(), message.reply_id()), ("interactive", None, None));
    let Inbound::FormReply(reply) = message.content else { panic!() };
    assert_eq!((&reply.form, reply.flow_token()), (&Some(FormKind::Address), None));
    assert_eq!(reply.body.as_deref(), Some("CUSTOMER 1\n400063, Mumbai"));
    let place = Place { city: "Mumbai".into(), in_pin_code: "400063".into() };
    assert_eq!(
        reply.parse::<Address>().unwrap(),
        Address { saved_address_id: "address1".into(), values: place }
    );
    assert_eq!(reply.response().unwrap()["values"]["city"], "Mumbai");
    let error = reply.parse::<Vec<FormFile>>().unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Payload(_)) && !error.to_string().contains("Mumbai"),
        "{error}"
    );
}

#[test]
fn a_flow_comes_back_with_its_token() {
    let Inbound::FormReply(reply) = message("message_flow_reply").content else { panic!() };
    assert_eq!((&reply.form, reply.flow_token().as_deref()), (&Some(FormKind::Flow), Some("t")));
    let Inbound::FormReply(other) = message("message_form_of_another_kind").content else { panic!() };
    assert_eq!(other.form.as_ref().unwrap().as_str(), "hologram_message");
    assert_eq!((other.response().unwrap()["answer"].as_i64(), other.response_json.len()), (Some(42), 30));
}

#[test]
fn answers_that_come_as_plain_json_or_are_none_are_kept() {
    let form = |json: &str| {
        let json = format!(r#"{{"type":"nfm_reply","nfm_reply":{{"name":"flow","response_json":{json}}}}}"#);
        match content("interactive", &json) {
            Inbound::FormReply(reply) => reply,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(form(r#"{"flow_token":7}"#).flow_token().as_deref(), Some("7"));
    let broken = form(r#""{private""#);
    assert_eq!((broken.response_json.as_str(), broken.flow_token()), ("{private", None));
    assert!(!broken.response().unwrap_err().to_string().contains("private"));
}

#[test]
fn whether_we_may_call_is_read_also_without_a_type() {
    let accepted = message("message_call_permission_accepted");
    assert_eq!(accepted.kind(), "interactive");
    let Inbound::CallPermission(permission) = accepted.content else { panic!() };
    assert_eq!(permission.answer, Some(CallPermissionAnswer::Accept));
    assert_eq!(permission.source, Some(CallPermissionSource::UserAction));
    assert_eq!(permission.expires_at, Some(Timestamp::from_seconds(1_700_604_801)));
    assert!(!permission.is_permanent);
    let withdrawn = message("message_call_permission_withdrawn");
    assert!(withdrawn.context.is_none());
    let Inbound::CallPermission(permission) = message("message_call_permission_permanent").content else {
        panic!()
    };
    assert!(permission.is_permanent && permission.expires_at.is_none());
    let Inbound::CallPermission(permission) = withdrawn.content else { panic!() };
    assert_eq!(permission.answer, Some(CallPermissionAnswer::Reject));
    assert_eq!((permission.source, permission.expires_at), (Some(CallPermissionSource::Automatic), None));
}

#[test]
fn how_they_want_to_pay_is_read() {
    let message = message("message_payment_method");
    assert_eq!(message.from_logical_id.as_deref(), Some("81234567890123"));
    let Inbound::PaymentMethod(method) = message.content else { panic!() };
    assert_eq!(method.method.as_deref(), Some("offsite_card_pay"));
    assert_eq!(method.paid_at, Some(Timestamp::from_seconds(1_726_170_122)));
    let words = [&method.reference_id, &method.last_four_digits, &method.credential_id];
    assert_eq!(words.map(Option::as_deref), [Some("ref-1"), Some("0042"), Some("cred-1")]);
}

#[test]
fn an_order_is_read_whole_or_not_at_all() {
    let message = message("message_order");
    assert_eq!((message.kind(), message.text()), ("order", Some("Please")));
    let Inbound::Order(order) = message.content else { panic!() };
    assert_eq!(order.catalog_id.unwrap().as_str(), "194836987003835");
    let item = &order.items[0];
    assert_eq!((item.product_id.as_deref(), item.quantity), (Some("di9ozbzfi4"), Some(2)));
    assert_eq!((item.price, item.currency.as_deref()), (Some(30.5), Some("USD")));

    let item = r#"{"product_retailer_id":7,"quantity":"2","item_price":"30.5"}"#;
    let Inbound::Order(order) = content("order", &format!(r#"{{"product_items":[{item}]}}"#)) else {
        panic!()
    };
    assert_eq!(order.items[0].product_id.as_deref(), Some("7"));
    assert_eq!((order.items[0].quantity, order.items[0].price), (Some(2), Some(30.5)));
    let half = content("order", &format!(r#"{{"product_items":[{item},5]}}"#));
    assert!(matches!(&half, Inbound::Unknown(unknown) if unknown.reason().is_some()), "{half:?}");
}

#[test]
fn a_message_tells_which_product_or_advertisement_it_is_about() {
    let product = message("message_text_product").context.unwrap().referred_product.unwrap();
    assert_eq!(product.catalog_id.unwrap().as_str(), "194836987003835");
    assert_eq!(product.product_id.as_deref(), Some("di9ozbzfi4"));
    let referral = message("message_text_referral").referral.unwrap();
    assert_eq!(referral.source_type, Some(ReferralSource::Ad));
    assert_eq!(referral.media_type, Some(ReferralMedia::Video));
    let words = [
        (&referral.source_url, "https://fb.example/3cr4Wqqkv"),
        (&referral.source_id, "120226305854810726"),
        (&referral.body, "Summer succulents"),
        (&referral.headline, "Chat with us"),
        (&referral.video_url, "https://cdn.example/video.mp4"),
        (&referral.thumbnail_url, "https://cdn.example/thumbnail.jpg"),
        (&referral.click_id, "Aff-n8ZTODiE79d22KtAwQKj9e"),
        (&referral.welcome_text, "Hi there!"),
    ];
    for (read, expected) in words {
        assert_eq!(read.as_deref(), Some(expected));
    }
    assert_eq!((&referral.image_url, &referral.reference), (&None, &None));
    let post = message("message_text_referral_post").referral.unwrap();
    assert_eq!((post.source_type, post.media_type), (Some(ReferralSource::Post), Some(ReferralMedia::Image)));
    assert_eq!(post.image_url.as_deref(), Some("https://cdn.example/picture.jpg"));
    assert_eq!((post.reference.as_deref(), post.click_id), (Some("summer-sequence"), None));
}

#[test]
fn the_key_of_a_device_is_read() {
    let identity = message("message_text_identity").identity.unwrap();
    assert_eq!(identity.hash.as_deref(), Some("DF2lS5v2W6x="));
    assert_eq!(identity.created_at, Some(Timestamp::from_seconds(1_700_000_000)));
    assert_eq!(identity.acknowledged, Some(true));
}

#[test]
fn what_changed_about_a_customer_is_read_in_every_spelling() {
    let system = |name: &str| {
        let message = message(name);
        assert_eq!((message.kind(), message.text(), message.contact.is_none()), ("system", None, true));
        match message.content {
            Inbound::System(system) => system,
            other => panic!("{other:?}"),
        }
    };
    let number = system("message_system_number");
    assert_eq!(number.kind, Some(SystemKind::UserChangedNumber));
    assert_eq!(number.wa_id.as_ref().unwrap().as_str(), "10005550199");
    let ids =
        [&number.user_id, &number.parent_user_id, &number.previous_user_id, &number.previous_parent_user_id];
    assert_eq!(
        ids.map(|id| id.as_ref().unwrap().as_str()),
        ["US.1000000000000002", "US.ENT.1000000000000002", "US.1000000000000001", "US.ENT.1000000000000001"]
    );
    assert!(number.body.as_ref().unwrap().starts_with("User Customer 1 changed"));

    let user = system("message_system");
    assert_eq!((&user.kind, &user.wa_id), (&Some(SystemKind::UserChangedUserId), &None));
    assert_eq!(user.previous_user_id.unwrap().as_str(), "US.1000000000000001");

    let key = system("message_system_identity");
    assert_eq!(key.kind, Some(SystemKind::UserIdentityChanged));
    let identity = key.identity.unwrap();
    assert_eq!((identity.hash.as_deref(), identity.acknowledged), (Some("DF2lS5v2W6x="), Some(false)));

    let old = system("message_system_old");
    assert_eq!(old.kind, Some(SystemKind::UserChangedNumber));
    assert_eq!(old.previous_wa_id.unwrap().as_str(), "10005550101");
    assert_eq!(old.wa_id.unwrap().as_str(), "10005550199");
    assert_eq!(old.identity.unwrap().hash.as_deref(), Some("DF2lS5v2W6x="));
}

#[test]
fn an_edit_says_what_the_message_says_from_now_on() {
    let message = message("message_edit");
    assert_eq!((message.kind(), message.text()), ("edit", Some("The roof, mended")));
    assert_eq!(message.media().unwrap().kind, "image");
    assert_eq!(message.reply_to().unwrap().as_str(), OURS);
    let Inbound::Edit(edit) = message.content else { panic!() };
    assert_eq!(edit.original_message_id.as_str(), "wamid.MESSAGE00000000");
    assert!(matches!(*edit.content, Inbound::Image(_)));
}

#[test]
fn an_edit_to_something_new_is_kept_and_one_within_another_is_not_followed() {
    for kind in ["hologram", "edit"] {
        let inner = format!(r#"{{"type":"{kind}","{kind}":{{"original_message_id":"a","message":{{}}}}}}"#);
        let json = format!(r#"{{"original_message_id":"m","message":{inner}}}"#);
        let Inbound::Edit(edit) = content("edit", &json) else { panic!("{json}") };
        let Inbound::Unknown(unknown) = &*edit.content else { panic!("{edit:?}") };
        assert_eq!((unknown.kind(), unknown.raw()), (kind, inner.as_str()));
    }
    for odd in [r#"{"original_message_id":"m"}"#, r#"{"message":{"type":"text"}}"#, "5"] {
        let content = content("edit", odd);
        assert!(matches!(&content, Inbound::Unknown(unknown) if unknown.reason().is_some()), "{odd}");
    }
}

#[test]
fn a_message_that_was_deleted_is_named() {
    let message = message("message_revoke");
    assert_eq!((message.kind(), message.text()), ("revoke", None));
    let Inbound::Revoke(revoke) = message.content else { panic!() };
    assert_eq!(revoke.original_message_id.as_str(), "wamid.MESSAGE00000000");
}

#[test]
fn types_without_content_are_read() {
    assert_eq!(message("message_request_welcome").content, Inbound::RequestWelcome);
    assert_eq!(message("message_media_placeholder").content, Inbound::MediaPlaceholder);
    for name in ["request_welcome", "media_placeholder"] {
        assert_eq!(message(&format!("message_{name}")).kind(), name);
    }
}

#[test]
fn what_meta_does_not_pass_on_comes_with_what_it_was_and_why() {
    for (name, kind, what, code) in [
        ("message_unsupported", "unsupported", Some("poll"), 131_051),
        ("message_unknown_type", "unknown", None, 131_051),
        ("message_unsupported_group", "unsupported", None, 130_501),
    ] {
        let message = message(name);
        assert_eq!((message.kind(), message.errors.len(), message.errors[0].code), (kind, 1, code));
        assert!(message.errors[0].details.as_ref().unwrap().contains("not"), "{name}");
        let Inbound::Unsupported(unsupported) = message.content else { panic!("{name}") };
        assert_eq!(unsupported.what.as_deref(), what);
    }
    assert_eq!(message("message_unsupported").errors[0].class(), Class::Unsupported);
}

#[test]
fn types_without_a_variant_are_kept_whole() {
    for (kind, json) in
        [("hologram", r#"{"depth":3}"#), ("interactive", r#"{"type":"hologram_reply","hologram_reply":{}}"#)]
    {
        let item = format!(r#"{{"id":"wamid.1","timestamp":"1","type":"{kind}","{kind}":{json}}}"#);
        let message = message_of(&item);
        assert_eq!((message.kind(), message.text(), message.reply_id()), (kind, None, None));
        let Inbound::Unknown(unknown) = &message.content else { panic!("{kind}") };
        assert_eq!((unknown.kind(), unknown.reason(), unknown.raw()), (kind, None, item.as_str()));
    }
}

#[test]
fn a_type_of_another_shape_leaves_the_message_alone() {
    for odd in ["5", "null", "{}", "[]", "true"] {
        let message = message_of(&format!(r#"{{"id":"wamid.1","timestamp":"1","type":{odd}}}"#));
        assert_eq!(message.id.as_str(), "wamid.1");
        assert!(matches!(message.content, Inbound::Unknown(_)), "{odd}");
    }
}

#[test]
fn each_message_of_a_batch_has_its_own_content() {
    let items: Vec<_> =
        ["message_order", "message_edit", "message_voice"].map(|name| message(name).raw().to_owned()).into();
    let kinds: Vec<_> = read(&envelope(&format!(r#""messages":[{}]"#, items.join(","))))
        .into_iter()
        .map(|event| match event {
            Event::Message(message) => message.kind().to_owned(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(kinds, ["order", "edit", "audio"]);
}
