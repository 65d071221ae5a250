//! Lists, a page at a time and all at once.

use super::{client, templates};
use serde_json::{Value, json};
use whatsapp_business::{
    ErrorKind,
    template::{Category, TemplateStatus},
    webhook::notice::QualityScore,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path, query_param, query_param_is_missing},
};

const EDGE: &str = "/v26.0/102290129340398/message_templates";

fn template(id: &str) -> Value {
    json!({"id": id, "name": "a", "language": "en", "status": "APPROVED", "category": "UTILITY"})
}

/// A page of these templates, and the cursor of the next page.
fn page(ids: &[&str], after: Option<&str>) -> Value {
    let data: Vec<_> = ids.iter().map(|id| template(id)).collect();
    let mut page =
        json!({"data": data, "paging": {"cursors": {"before": "MA", "after": after.unwrap_or("LAST")}}});
    if after.is_some() {
        // An address that must not be followed.
        page["paging"]["next"] = json!("https://evil.example.com/?access_token=EAAGsecret");
    }
    page
}

async fn three_pages(server: &MockServer) {
    for (cursor, answer) in [
        (None, page(&["1", "2"], Some("P2"))),
        (Some("P2"), page(&[], Some("P3+/="))),
        (Some("P3+/="), page(&["3"], None)),
    ] {
        let mock = Mock::given(method("GET")).and(path(EDGE));
        let mock = match cursor {
            Some(cursor) => mock.and(query_param("after", cursor)),
            None => mock.and(query_param_is_missing("after")),
        };
        mock.respond_with(ResponseTemplate::new(200).set_body_json(answer)).expect(1).mount(server).await;
    }
}

#[tokio::test]
async fn every_filter_is_asked_for_as_meta_names_it() {
    let server = MockServer::start().await;
    let mut answer = page(&["1"], None);
    answer["summary"] = json!({"total_count": 35, "message_template_count": 35, "message_template_limit": 6000,
        "are_translations_complete": false});
    Mock::given(method("GET"))
        .and(path(EDGE))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(&server)
        .await;
    let list = templates(&server)
        .list()
        .status(TemplateStatus::Approved)
        .name("order&x")
        .category(Category::Utility)
        .language("en_US")
        .quality(QualityScore::Green)
        .content("café")
        .name_or_content("b c")
        .limit(50)
        .summary()
        .after("P=");
    assert_eq!(list.request().unwrap().method(), "GET");
    let page = list.await.unwrap();
    let summary = page.summary.unwrap();
    assert_eq!((summary.total_count, summary.message_template_limit), (Some(35), Some(6000)));
    assert_eq!(page.items[0].id.as_ref().unwrap().as_str(), "1");
    assert_eq!((page.before.as_deref(), page.after), (Some("MA"), None));
    let requests = server.received_requests().await.unwrap();
    let query = requests[0].url.query().unwrap();
    let (_, rest) = query.split_once('&').unwrap();
    assert!(query.starts_with("fields="), "{query}");
    assert_eq!(
        rest,
        "status=APPROVED&name=order%26x&category=UTILITY&language=en_US&quality_score=GREEN&content=caf%C3%A9&\
         name_or_content=b+c&limit=50&summary=total_count%2Cmessage_template_count%2Cmessage_template_limit%2C\
         are_translations_complete&after=P%3D"
    );
}

#[tokio::test]
async fn a_list_is_streamed_to_its_end() {
    let server = MockServer::start().await;
    three_pages(&server).await;
    let mut found = Vec::new();
    let mut stream = templates(&server).list().stream();
    while let Some(template) = stream.next().await {
        found.push(template.unwrap().id.unwrap().as_str().to_owned());
    }
    assert_eq!(found, ["1", "2", "3"]);
    assert!(stream.next().await.is_none());
    server.reset().await;
    three_pages(&server).await;
    assert_eq!(templates(&server).list().stream().all().await.unwrap().len(), 3);
}

#[tokio::test]
async fn pages_are_asked_for_as_they_are_needed() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_body_json(page(&["1", "2"], Some("P2"))))
        .mount(&server)
        .await;
    let mut stream = templates(&server).list().stream();
    assert!(server.received_requests().await.unwrap().is_empty());
    stream.next().await.unwrap().unwrap();
    stream.next().await.unwrap().unwrap();
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
    // The second page leads to itself: there the list ends.
    assert_eq!(stream.all().await.unwrap().len(), 2);
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_page_that_fails_ends_the_list() {
    let server = MockServer::start().await;
    let error = json!({"error": {"message": "x", "type": "OAuthException", "code": 131_059}});
    Mock::given(query_param("after", "P2"))
        .respond_with(ResponseTemplate::new(400).set_body_json(error))
        .mount(&server)
        .await;
    Mock::given(query_param_is_missing("after"))
        .respond_with(ResponseTemplate::new(200).set_body_json(page(&["1"], Some("P2"))))
        .mount(&server)
        .await;
    let mut stream = templates(&server).list().stream();
    stream.next().await.unwrap().unwrap();
    let error = stream.next().await.unwrap().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Api(_)), "{error}");
    assert!(stream.next().await.is_none());
    let broken = client(&server).account("..").templates().list().stream().all().await.unwrap_err();
    assert_eq!(broken.violations()[0].path, "account_id");
}

#[tokio::test]
async fn an_empty_or_bare_answer_is_an_empty_page() {
    for answer in [json!({"data": []}), json!({}), json!({"data": null, "paging": null})] {
        let server = MockServer::start().await;
        Mock::given(method("GET"))
            .respond_with(ResponseTemplate::new(200).set_body_json(answer))
            .mount(&server)
            .await;
        let page = templates(&server).list().await.unwrap();
        assert!(page.items.is_empty() && page.after.is_none() && page.summary.is_none());
    }
}

#[tokio::test]
async fn the_library_is_searched() {
    let server = MockServer::start().await;
    let item = json!({"name": "delivery_update_1", "id": 5, "language": "en_US", "category": "UTILITY",
        "topic": "ORDER_MANAGEMENT", "usecase": "DELIVERY_UPDATE", "industry": ["E_COMMERCE"], "header": "Update",
        "body": "Your order {{1}} ships.", "body_params": ["A-42"], "body_param_types": ["TEXT"],
        "buttons": [{"type": "URL", "text": "Track", "url": "https://www.example.com/"}]});
    Mock::given(method("GET"))
        .and(path("/v26.0/message_template_library"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"data": [item]})))
        .mount(&server)
        .await;
    let list = templates(&server)
        .library()
        .search("a b")
        .topic("ORDER_MANAGEMENT")
        .usecase("DELIVERY_UPDATE")
        .industry("E_COMMERCE")
        .language("en_US");
    let found = list.await.unwrap().items;
    assert_eq!(
        (found[0].name.as_str(), found[0].body.as_deref()),
        ("delivery_update_1", Some("Your order {{1}} ships."))
    );
    let requests = server.received_requests().await.unwrap();
    assert_eq!(
        requests[0].url.query().unwrap(),
        "search=a+b&topic=ORDER_MANAGEMENT&usecase=DELIVERY_UPDATE&industry=E_COMMERCE&language=en_US"
    );
    assert_eq!(templates(&server).library().stream().all().await.unwrap().len(), 1);
}
