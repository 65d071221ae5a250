//! Cards that are swiped through: all with media, or all with products.

use super::{Around, At, Result, buttons::reply, check_header, link, named, products};

pub(super) fn check(action: &At<'_>, around: Around<'_>) -> Result {
    action.only(&["cards"])?;
    let all = action.need("cards")?;
    let cards = all.elements_up_to(10)?;
    if cards.len() < 2 {
        return Err(all.value("has 1 element, at least 2 are needed"));
    }
    let (mut indexes, mut looks) = (Vec::new(), Vec::new());
    for card in &cards {
        let index = card.need("card_index")?;
        let number = index.integer_in(0..=9)?;
        if indexes.contains(&number) {
            return Err(index.value("is there twice"));
        }
        indexes.push(number);
        looks.push(match card.need("type")?.one_of(&["cta_url", "product"])? {
            "product" => product(card)?,
            _ => media(card, around)?,
        });
    }
    match looks.split_first() {
        Some((first, rest)) if rest.iter().any(|look| look != first) => {
            Err(all.value("differ in their type, their buttons or their catalog"))
        }
        _ => Ok(()),
    }
}

/// Longest id of a quick reply. Older copies of Meta's page say 20, the newer ones 256. None says how many quick replies a
/// card may have.
const LONGEST_ID: usize = 256;

/// What has to be the same on each card.
#[derive(PartialEq)]
enum Look<'a> {
    Link,
    QuickReplies(usize),
    Product { catalog: &'a str },
}

fn media<'a>(card: &At<'a>, around: Around<'_>) -> Result<Look<'a>> {
    card.only(&["card_index", "type", "header", "body", "action"])?;
    check_header(&card.need("header")?, &["image", "video"], around)?;
    card.optional("body", |body| {
        body.only(&["text"])?;
        let text = body.need("text")?;
        if text.text_up_to(160)?.matches('\n').count() > 2 {
            return Err(text.value("has more than 2 line breaks"));
        }
        Ok(())
    })?;
    let action = card.need("action")?;
    match action.get("buttons") {
        Some(buttons) => {
            action.only(&["buttons"])?;
            let mut ids = Vec::new();
            for button in buttons.elements()? {
                reply(&button, "quick_reply", LONGEST_ID)?.need("id")?.unique(&mut ids)?;
            }
            Ok(Look::QuickReplies(ids.len()))
        }
        None => {
            let parameters = named(&action, "cta_url")?;
            parameters.only(&["display_text", "url"])?;
            link::button(&parameters)?;
            Ok(Look::Link)
        }
    }
}

fn product<'a>(card: &At<'a>) -> Result<Look<'a>> {
    card.only(&["card_index", "type", "action"])?;
    let action = card.need("action")?;
    products::one(&action)?;
    Ok(Look::Product { catalog: action.need("catalog_id")?.text()? })
}
