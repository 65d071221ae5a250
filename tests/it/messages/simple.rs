//! Texts, files, places, contact cards, reactions and pins.

use super::{
    agreement::hold_for,
    lab::Known,
    leaves::{id, mostly, sign, source, text, to_ana, to_groups, to_people, with, word, words},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use whatsapp_business::message::{
    Audio, Contact, ContactAddress, ContactEmail, ContactPhone, ContactUrl, Contacts, Document, Image,
    Location, Pin, Reaction, Sticker, Text, Video,
};

hold_for! {
    both_sides_agree_on_texts: |known| to_people(known, texts());
    both_sides_agree_on_texts_in_groups: |known| to_groups(known, texts());
    both_sides_agree_on_images: |known| to_people(known, images(known));
    both_sides_agree_on_videos: |known| to_people(known, videos(known));
    both_sides_agree_on_sounds: |known| to_people(known, sounds(known));
    both_sides_agree_on_documents: |known| to_people(known, documents(known));
    both_sides_agree_on_stickers: |known| to_groups(known, source(&known.sticker).prop_map(Sticker::new));
    both_sides_agree_on_places: |known| to_people(known, places());
    both_sides_agree_on_contact_cards: |known| to_people(known, contact_cards());
    both_sides_agree_on_reactions: |known| to_ana(known, reactions(known));
    both_sides_agree_on_pins: |known| to_groups(known, pins(known));
}

fn texts() -> impl Strategy<Value = Text> {
    (text(Text::MAX_BODY), option::of(any::<bool>()))
        .prop_map(|(body, preview)| with(Text::new(body), preview, Text::preview_url))
}

fn images(known: &Known) -> impl Strategy<Value = Image> + use<> {
    (source(&known.image), option::of(text(Image::MAX_CAPTION)))
        .prop_map(|(source, caption)| with(Image::new(source), caption, Image::caption))
}

fn videos(known: &Known) -> impl Strategy<Value = Video> + use<> {
    (source(&known.video), option::of(text(Video::MAX_CAPTION)))
        .prop_map(|(source, caption)| with(Video::new(source), caption, Video::caption))
}

fn sounds(known: &Known) -> impl Strategy<Value = Audio> + use<> {
    (source(&known.sound), any::<bool>())
        .prop_map(|(source, voice)| if voice { Audio::voice(source) } else { Audio::new(source) })
}

fn documents(known: &Known) -> impl Strategy<Value = Document> + use<> {
    (source(&known.document), option::of(text(Document::MAX_CAPTION)), option::of(words())).prop_map(
        |(source, caption, name)| {
            with(with(Document::new(source), caption, Document::caption), name, Document::filename)
        },
    )
}

pub(super) fn places() -> BoxedStrategy<Location> {
    let latitude = mostly(-90.0..=90.0, select(vec![90.000_1, -91.0, 180.0]));
    let longitude = mostly(-180.0..=180.0, select(vec![180.000_1, -181.0, 360.0]));
    (latitude, longitude, option::of(words()), option::of(words()))
        .prop_map(|(latitude, longitude, name, address)| {
            let place = Location::new(latitude, longitude);
            with(with(place, name, Location::name), address, Location::address)
        })
        .boxed()
}

fn contact_cards() -> impl Strategy<Value = Contacts> {
    let few = mostly(1..3_usize, Just(0)).prop_flat_map(|count| vec(contact(), count));
    // Meta's longest is long: cards that are all the same show where it ends.
    let many = select(vec![257_usize, 258]).prop_map(|count| vec![Contact::new("Ana"); count]);
    prop_oneof![30 => few, 1 => many].prop_map(Contacts::new)
}

fn contact() -> impl Strategy<Value = Contact> {
    let some = || option::weighted(0.3, words());
    let dates = ["2012-08-18", "2000-02-29", "0001-12-31"];
    let no_dates = [
        "2001-02-29",
        "1900-02-29",
        "2012-8-18",
        "2012-13-01",
        "18-08-2012",
        "2012-08-18T",
        "+012-08-18",
        "",
    ];
    let birthday = mostly(select(dates.to_vec()), select(no_dates.to_vec()));
    let name = (words(), some(), some(), some(), some(), some());
    let work = (some(), some(), some(), option::weighted(0.3, birthday));
    let lists = (vec(phone(), 0..3), vec(email(), 0..2), vec(url(), 0..2), vec(address(), 0..2));
    (name, work, lists).prop_map(|((name, first, last, middle, suffix, prefix), work, lists)| {
        let card = with(Contact::new(name), first, Contact::first_name);
        let card = with(with(card, last, Contact::last_name), middle, Contact::middle_name);
        let card = with(with(card, suffix, Contact::suffix), prefix, Contact::prefix);
        let (company, department, title, birthday) = work;
        let card = with(with(card, company, Contact::company), department, Contact::department);
        let card = with(with(card, title, Contact::job_title), birthday, Contact::birthday);
        let (phones, emails, urls, addresses) = lists;
        let card = phones.into_iter().fold(card, Contact::phone);
        let card = emails.into_iter().fold(card, Contact::email);
        let card = urls.into_iter().fold(card, Contact::url);
        addresses.into_iter().fold(card, Contact::address)
    })
}

fn phone() -> impl Strategy<Value = ContactPhone> {
    (words(), option::of(words()), option::of(id("14155550132"))).prop_map(|(number, label, wa_id)| {
        with(with(ContactPhone::new(number), label, ContactPhone::label), wa_id, ContactPhone::wa_id)
    })
}

fn email() -> impl Strategy<Value = ContactEmail> {
    (words(), option::of(words()))
        .prop_map(|(address, label)| with(ContactEmail::new(address), label, ContactEmail::label))
}

fn url() -> impl Strategy<Value = ContactUrl> {
    (words(), option::of(words()))
        .prop_map(|(url, label)| with(ContactUrl::new(url), label, ContactUrl::label))
}

fn address() -> impl Strategy<Value = ContactAddress> {
    let some = || option::weighted(0.3, words());
    let code = option::of(word(&["US", "br"], &["USA", "U", "", "1A", "é"]));
    (some(), some(), some(), some(), some(), code, some()).prop_map(
        |(street, city, state, zip, country, code, label)| {
            let address = with(ContactAddress::new(), street, ContactAddress::street);
            let address = with(with(address, city, ContactAddress::city), state, ContactAddress::state);
            let address = with(with(address, zip, ContactAddress::zip), country, ContactAddress::country);
            with(with(address, code, ContactAddress::country_code), label, ContactAddress::label)
        },
    )
}

fn reactions(known: &Known) -> impl Strategy<Value = Reaction> + use<> {
    let good = vec!["👍", "❤️", "1️⃣", "#⃣", "🇩🇪", "👨‍👩‍👧‍👦", "🧑🏻‍❤️‍💋‍🧑🏿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "©️", "ℹ️", "Ⓜ️", "🅰️", "㊗️", "‼️"];
    let good: Vec<_> = good.into_iter().map(str::to_owned).chain(["👍".repeat(32)]).collect();
    let bad =
        vec!["a", "1", "ok", ":)", "é", "£", "д", "日", "👍 ", "👍a", "1⃣1", "\u{85}", "👍\u{2028}", " "];
    let bad: Vec<_> = bad.into_iter().map(str::to_owned).chain(["👍".repeat(33)]).collect();
    let emoji = prop_oneof![3 => mostly(select(good), select(bad)), 1 => sign().prop_map(String::from)];
    (id(&known.heard), option::weighted(0.9, emoji)).prop_map(|(target, emoji)| match emoji {
        Some(emoji) => Reaction::new(target, emoji),
        None => Reaction::remove(target),
    })
}

fn pins(known: &Known) -> impl Strategy<Value = Pin> + use<> {
    let days = mostly(1..=30_u8, select(vec![0, 31, 255]));
    (id(&known.heard), option::weighted(0.8, days)).prop_map(|(target, days)| match days {
        Some(days) => Pin::new(target, days),
        None => Pin::remove(target),
    })
}
