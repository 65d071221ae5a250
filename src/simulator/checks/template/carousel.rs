//! Cards that are swiped through.

use super::{Around, At, KINDS, ON_CARDS, Result, Sent, count, parts};
use crate::simulator::template::TemplateParts;

/// Longest body of a card.
const LONGEST_BODY: usize = 160;

pub(super) fn check<'a>(
    carousel: Option<&At<'a>>,
    cards: &[TemplateParts],
    references: &mut Vec<&'a str>,
    around: Around<'_>,
) -> Result {
    let sent = match carousel {
        Some(carousel) => carousel.need("cards")?.list()?,
        None => Vec::new(),
    };
    count("carousel", sent.len(), cards.len())?;
    let mut seen = Vec::new();
    for card in sent {
        card.only(&["card_index", "components"])?;
        let index = card.need("card_index")?;
        let last = u64::try_from(cards.len()).unwrap_or(u64::MAX).saturating_sub(1);
        let number = index.integer_in(0..=last)?;
        if seen.contains(&number) {
            return Err(index.value("is there twice"));
        }
        seen.push(number);
        let approved = usize::try_from(number).ok().and_then(|number| cards.get(number));
        if let Some(approved) = approved {
            let kinds = KINDS.get(..ON_CARDS).unwrap_or(&KINDS);
            parts(&Sent::read(&card, kinds)?, approved, LONGEST_BODY, false, references, around)?;
        }
    }
    Ok(())
}
