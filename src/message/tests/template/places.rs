use super::{bad_paths, button, filled, kept, offer, problems, read};
use crate::{
    message::{Parameter, TemplateCard},
    time::Timestamp,
};
use serde_json::{Value, json};

#[test]
fn cards_take_what_meta_documents_for_cards() {
    let first = "template.components[0].cards[0]";
    let problems = |card: Value| {
        let header = json!({"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]});
        kept(&json!([{"type": "carousel", "cards": [card, {"card_index": 1, "components": [header]}]}]))
    };
    let header = |parameter: Value| json!({"type": "header", "parameters": [parameter]});
    let image = || header(json!({"type": "image", "image": {"id": "1"}}));
    let replies = |count: usize| {
        let reply = |index| json!({"type": "button", "sub_type": "quick_reply", "index": index});
        let components: Vec<_> = [image()].into_iter().chain((0..count).map(reply)).collect();
        json!({"card_index": 0, "components": components})
    };
    assert_eq!(problems(replies(2)), [""; 0]);
    assert_eq!(
        problems(replies(3)),
        [format!("{first}.components[3].index: is out of range or used twice (0 to 1, each once)")]
    );
    assert_eq!(
        problems(json!({"card_index": 1, "components": [image()]})),
        ["template.components[0].cards[1].card_index: is out of range or used twice (0 to 1, each once)"]
    );
    assert_eq!(
        problems(json!({"card_index": 2, "components": [image()]})),
        [format!("{first}.card_index: is out of range or used twice (0 to 1, each once)")]
    );
    assert_eq!(
        problems(json!({"card_index": 0, "components": []})),
        [format!("{first}.components: has no header (an image, a video or a product on each card)")]
    );
    assert_eq!(
        problems(
            json!({"card_index": 0, "components": [header(json!({"type": "gif", "gif": {"id": "1"}}))]})
        ),
        [format!("{first}.components[0].parameters[0].type: is gif (one of image, video, product)")]
    );
    for kind in ["carousel", "limited_time_offer", "tap_target_configuration", "order_status"] {
        assert_eq!(
            problems(json!({"card_index": 0, "components": [image(), {"type": kind}]})),
            [format!("{first}.components[1].type: does not fit a card (header, body and button)")]
        );
    }
}

#[test]
fn files_stand_in_headers_only() {
    for parameter in [
        json!({"type": "image", "image": {"id": "1"}}),
        json!({"type": "video", "video": {"id": "1"}}),
        json!({"type": "gif", "gif": {"id": "1"}}),
        json!({"type": "document", "document": {"id": "1"}}),
        json!({"type": "location", "location": {"latitude": "1", "longitude": "1"}}),
        json!({"type": "product", "product": {"product_retailer_id": "1", "catalog_id": "1"}}),
        json!({"type": "payload", "payload": "x"}),
        json!({"type": "coupon_code", "coupon_code": "x"}),
    ] {
        let kind = parameter["type"].as_str().unwrap();
        assert_eq!(
            kept(&filled(&parameter)),
            [format!(
                "template.components[0].parameters[0].type: is {kind} (one of text, currency, date_time, group_id)"
            )]
        );
    }
    assert_eq!(problems(offer().body([Parameter::image("1")])).len(), 1);
    assert_eq!(problems(offer().header([Parameter::group("Y2Fw")])).len(), 1);
}

#[test]
fn each_kind_of_button_takes_its_own_parameters() {
    let text = json!({"type": "text", "text": "x"});
    let payload = json!({"type": "payload", "payload": "x"});
    let at = "template.components[0].parameters[0].type";
    for (sub_type, parameter, problem) in [
        ("url", &payload, "is payload (one of text)"),
        ("quick_reply", &text, "is text (one of payload)"),
        ("copy_code", &text, "is text (one of coupon_code)"),
        ("flow", &text, "is text (one of action)"),
        ("catalog", &text, "is text (one of action)"),
        ("mpm", &text, "is text (one of action)"),
        ("order_details", &text, "is text (one of action)"),
        ("payment_request", &text, "is text (one of action)"),
        ("voice_call", &text, "is text (one of ttl_minutes, payload)"),
    ] {
        assert_eq!(kept(&button(sub_type, &json!([parameter]))), [format!("{at}: {problem}")]);
    }
    let parameters = "template.components[0].parameters";
    assert_eq!(
        kept(&button("quick_reply", &json!([payload, payload]))),
        [format!("{parameters}: has 2 parameters (at most 1)")]
    );
    assert_eq!(
        kept(&button("voice_call", &json!([payload, payload]))),
        [format!("{parameters}[1].type: is the same as number 0 (each only once)")]
    );
    let minutes = json!({"type": "ttl_minutes", "ttl_minutes": 1});
    assert_eq!(
        kept(&button("voice_call", &json!([minutes, payload, minutes]))),
        [format!("{parameters}: has 3 parameters (at most 2)")]
    );
}

#[test]
fn each_kind_of_action_has_its_own_members() {
    let at = "template.components[0].parameters[0].action";
    let problems = |sub_type: &str, action: Value| {
        kept(&button(sub_type, &json!([{"type": "action", "action": action}])))
    };
    let thumbnail = json!({"thumbnail_product_retailer_id": "a"});
    assert_eq!(
        problems("flow", thumbnail.clone()),
        [format!(
            "{at}.thumbnail_product_retailer_id: does not belong to this kind of button (flow_token, flow_action_data)"
        )]
    );
    assert_eq!(
        problems("catalog", json!({"flow_token": "a"})),
        [format!("{at}.flow_token: does not belong to this kind of button (thumbnail_product_retailer_id)")]
    );
    let both = "thumbnail_product_retailer_id, sections";
    assert_eq!(problems("mpm", thumbnail), [format!("{at}.sections: is missing ({both})")]);
    let sections = json!([{"title": "T", "product_items": [{"product_retailer_id": "a"}]}]);
    assert_eq!(
        problems("mpm", json!({ "sections": sections })),
        [format!("{at}.thumbnail_product_retailer_id: is missing ({both})")]
    );
    for kind in ["order_details", "payment_request"] {
        assert_eq!(problems(kind, json!({})), [format!("{at}.{kind}: is missing ({kind})")]);
    }
    for odd in [json!({}), json!([1]), json!("x")] {
        let limit = "an object with at least one member, or nothing";
        assert_eq!(
            problems("flow", json!({ "flow_action_data": odd })),
            [format!("{at}.flow_action_data: is empty or no object ({limit})")]
        );
    }
}

#[test]
fn components_stand_where_they_belong_and_once() {
    let twice = offer().body(["a"]).header(["b"]).body(["c"]).header_image("1");
    assert_eq!(
        problems(twice),
        [
            "template.components[2]: is a second body (each component once)",
            "template.components[3]: is a second header (each component once)",
        ]
    );
    let twice =
        offer().limited_time_offer(Timestamp::from_seconds(1)).limited_time_offer(Timestamp::from_seconds(2));
    assert_eq!(bad_paths(twice), ["template.components[1]"]);
    assert_eq!(bad_paths(offer().url_button(3, "x").quick_reply(3, "x")), ["template.components[1].index"]);
    assert_eq!(
        problems(offer().header(["a", "b"])),
        ["template.components[0].parameters: has 2 parameters (at most 1)"]
    );
    let misplaced = json!([
        {"type": "body", "sub_type": "url", "index": 0},
        {"type": "button"},
        {"type": "header", "cards": []},
        {"type": "carousel", "parameters": [{"type": "text", "text": "x"}]},
    ]);
    let (content, _) = read(&misplaced);
    assert_eq!(
        bad_paths(content),
        [
            "template.components[0].sub_type",
            "template.components[0].index",
            "template.components[1].sub_type",
            "template.components[2].cards",
            "template.components[3].parameters",
            "template.components[3].cards",
        ]
    );
    let nowhere =
        json!([{"type": "button", "sub_type": "url", "parameters": [{"type": "text", "text": "x"}]}]);
    assert_eq!(
        kept(&nowhere),
        ["template.components[0].index: is missing (the place of the button, from 0)"]
    );
}

#[test]
fn names_are_given_to_all_values_or_none() {
    let mixed = json!([{"type": "body", "parameters": [
        {"type": "text", "parameter_name": "name", "text": "Ana"}, {"type": "text", "text": "A-42"}]}]);
    assert_eq!(
        kept(&mixed),
        ["template.components[0].parameters: has named and unnamed values (all named or none)"]
    );
}

#[test]
fn payment_links_have_previews_only_without_header_and_cards() {
    assert_eq!(problems(offer().body(["x"]).payment_link_button(0, "x")), [""; 0]);
    let path = "template.components[1].parameters[0].payment_link_preview";
    assert_eq!(bad_paths(offer().header(["x"]).payment_link_button(0, "x")), [path]);
    let cards = offer().carousel([TemplateCard::image("1"), TemplateCard::image("2")]);
    assert_eq!(bad_paths(cards.payment_link_button(0, "x")), [path]);
    let in_body = filled(&json!({"type": "text", "text": "x", "payment_link_preview": true}));
    assert_eq!(bad_paths(read(&in_body).0), ["template.components[0].parameters[0].payment_link_preview"]);
    let off = filled(&json!({"type": "text", "text": "x", "payment_link_preview": false}));
    assert_eq!(kept(&off), [""; 0]);
}
