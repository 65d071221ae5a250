use super::{bad_paths, body, problems};
use crate::message::{Content, Location, Message};
use serde_json::{Value, json};

fn read(location: &Value) -> Content {
    let body = json!({"to": "+14155552671", "type": "location", "location": location});
    serde_json::from_value::<Message>(body).unwrap().content().clone()
}

#[test]
fn coordinates_are_written_as_text() {
    assert_eq!(
        body(Location::new(37.44221496582, -122.16165924072).name("Lucky Shrub").address("1 Garden Way")),
        json!({"type": "location", "location": {"latitude": "37.44221496582", "longitude": "-122.16165924072",
            "name": "Lucky Shrub", "address": "1 Garden Way"}})
    );
    assert_eq!(
        body(Location::new(0.0, -0.0000001)),
        json!({"type": "location", "location": {"latitude": "0", "longitude": "-0.0000001"}})
    );
}

#[test]
fn coordinates_are_on_the_globe() {
    for good in [Location::new(90.0, 180.0), Location::new(-90.0, -180.0), Location::new(0.0, 0.0)] {
        assert_eq!(problems(good), [""; 0]);
    }
    assert_eq!(
        problems(Location::new(90.000001, -180.000001)),
        [
            "location.latitude: is not on the globe (-90 to 90 degrees)",
            "location.longitude: is not on the globe (-180 to 180 degrees)",
        ]
    );
    assert_eq!(
        bad_paths(Location::new(f64::NAN, f64::INFINITY)),
        ["location.latitude", "location.longitude"]
    );
    assert_eq!(bad_paths(Location::new(-90.000001, 180.000001)), ["location.latitude", "location.longitude"]);
}

#[test]
fn coordinates_are_read_as_numbers_and_as_text() {
    let place = Location::new(37.5, -122.0);
    for theirs in [
        json!({"latitude": 37.5, "longitude": -122, "name": null, "address": null}),
        json!({"latitude": "37.5", "longitude": "-122.0"}),
        json!({"latitude": " 37.50", "longitude": -122.0}),
    ] {
        assert_eq!(read(&theirs), Content::Location(place.clone()), "{theirs}");
    }
    assert_eq!(read(&json!({"latitude": 1, "longitude": 2})), Content::Location(Location::new(1.0, 2.0)));
}

#[test]
fn coordinates_that_are_none_are_kept_and_reported() {
    for odd in [
        json!({"latitude": "north", "longitude": "2"}),
        json!({"latitude": "NaN", "longitude": "2"}),
        json!({"latitude": "1e999", "longitude": "2"}),
        json!({"latitude": null, "longitude": "2"}),
        json!({"longitude": "2"}),
        json!({"latitude": "1", "longitude": "2", "url": "https://example.com"}),
    ] {
        let content = read(&odd);
        assert!(matches!(content, Content::Raw(_)), "{odd}");
        assert_eq!(body(content.clone())["location"], odd);
        assert_eq!(bad_paths(content), ["location"]);
    }
}

#[test]
fn a_place_survives_a_round_trip() {
    for place in [
        Location::new(37.44221496582, -122.16165924072).name("Lucky Shrub").address("1 Garden Way"),
        Location::new(-0.1, 1e-9).name(""),
        Location::new(90.0, -180.0).address("Somewhere"),
    ] {
        let written = body(place.clone());
        assert_eq!(read(&written["location"]), Content::Location(place));
    }
    // What is no number comes back as it was written.
    let nowhere = body(Location::new(f64::NAN, 0.0));
    assert_eq!(body(read(&nowhere["location"])), nowhere);
}

#[test]
fn a_person_reads_the_name_and_address_of_a_place() {
    let place = Location::new(1.0, 2.0).name("Lucky Shrub").address("1 Garden Way");
    assert_eq!((place.latitude(), place.longitude()), (1.0, 2.0));
    assert_eq!((place.name_text(), place.address_text()), (Some("Lucky Shrub"), Some("1 Garden Way")));
    assert_eq!(Content::from(place).text().as_deref(), Some("Lucky Shrub, 1 Garden Way"));
    assert_eq!(Content::from(Location::new(1.0, 2.0)).text(), None);
}

#[test]
fn debug_does_not_tell_where_a_place_is() {
    let shown = format!("{:?}", Location::new(37.5, -122.25).name("private").address("private"));
    assert_eq!(shown, "Location { .. }");
}
