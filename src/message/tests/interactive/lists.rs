use super::{assert_kept, assert_round_trip, bad_paths, body, long, problems, read, rewritten};
use crate::message::{Content, List, Row, Section};
use serde_json::json;

fn full() -> List {
    List::new("When?", "Show times")
        .header("Survey")
        .section(
            Section::new("Monday")
                .row("mon-10", "10:00")
                .rows([Row::new("mon-14", "14:00").description("With Ana"), Row::new("mon-16", "16:00")]),
        )
        .section(Section::new("Tuesday").row("tue-10", "10:00"))
        .footer("It takes an hour")
}

#[test]
fn a_list_of_sections_is_written_as_meta_documents_it() {
    assert_eq!(
        body(full()),
        json!({"type": "interactive", "interactive": {
            "type": "list",
            "header": {"type": "text", "text": "Survey"},
            "body": {"text": "When?"},
            "footer": {"text": "It takes an hour"},
            "action": {"button": "Show times", "sections": [
                {"title": "Monday", "rows": [
                    {"id": "mon-10", "title": "10:00"},
                    {"id": "mon-14", "title": "14:00", "description": "With Ana"},
                    {"id": "mon-16", "title": "16:00"},
                ]},
                {"title": "Tuesday", "rows": [{"id": "tue-10", "title": "10:00"}]},
            ]},
        }})
    );
    assert_eq!(problems(full()), [""; 0]);
    assert_round_trip(full());
}

#[test]
fn a_list_without_sections_is_one_section_without_a_title() {
    let list = List::new("When?", "Times").row("a", "A").rows([Row::new("b", "B")]).row("c", "C");
    assert_eq!(
        body(list.clone())["interactive"]["action"]["sections"],
        json!([{"rows": [{"id": "a", "title": "A"}, {"id": "b", "title": "B"}, {"id": "c", "title": "C"}]}])
    );
    assert_eq!(problems(list.clone()), [""; 0]);
    assert_eq!(list.sections().len(), 1);
    let titles: Vec<_> = list.sections()[0].all_rows().iter().map(Row::title).collect();
    assert_eq!((list.body(), list.sections()[0].title(), titles), ("When?", None, vec!["A", "B", "C"]));
    assert_round_trip(list);
}

#[test]
fn every_limit_of_a_list_holds_at_its_edge_and_breaks_one_past_it() {
    let list = |body, button, header, footer, title, id, row, description| {
        List::new(long(body), long(button)).header(long(header)).footer(long(footer)).section(
            Section::new(long(title))
                .rows([Row::new(long(id), long(row)).description(long(description)), Row::new("b", "B")]),
        )
    };
    assert_eq!(problems(list(4096, 20, 60, 60, 24, 200, 24, 72)), [""; 0]);
    assert_eq!(
        bad_paths(list(4097, 21, 61, 61, 25, 201, 25, 73)),
        [
            "interactive.header.text",
            "interactive.body.text",
            "interactive.footer.text",
            "interactive.action.button",
            "interactive.action.sections[0].title",
            "interactive.action.sections[0].rows[0].id",
            "interactive.action.sections[0].rows[0].title",
            "interactive.action.sections[0].rows[0].description",
        ]
    );
    assert_eq!(
        bad_paths(list(0, 0, 0, 0, 0, 0, 0, 0)),
        [
            "interactive.header.text",
            "interactive.body.text",
            "interactive.footer.text",
            "interactive.action.button",
            "interactive.action.sections[0].title",
            "interactive.action.sections[0].rows[0].id",
            "interactive.action.sections[0].rows[0].title",
            "interactive.action.sections[0].rows[0].description",
        ]
    );
}

#[test]
fn ten_rows_in_ten_sections_are_the_most() {
    let rows = |count: usize| (0..count).map(|n| Row::new(n.to_string(), "x"));
    let sections = |count: usize| {
        (0..count).fold(List::new("x", "x"), |list, n| {
            list.section(Section::new(n.to_string()).row(n.to_string(), "x"))
        })
    };
    assert_eq!(problems(List::new("x", "x").rows(rows(10))), [""; 0]);
    assert_eq!(
        problems(List::new("x", "x").rows(rows(11))),
        ["interactive.action.sections: has 11 rows (at most 10 rows in all sections together)"]
    );
    assert_eq!(problems(sections(10)), [""; 0]);
    assert_eq!(
        problems(sections(11)),
        [
            "interactive.action.sections: has 11 sections (1 to 10 sections)",
            "interactive.action.sections: has 11 rows (at most 10 rows in all sections together)",
        ]
    );
    assert_eq!(
        problems(List::new("x", "x")),
        ["interactive.action.sections: has 0 sections (1 to 10 sections)"]
    );
    let halves = List::new("x", "x")
        .section(Section::new("a").rows(rows(6)))
        .section(Section::new("b").rows((6..11).map(|n| Row::new(n.to_string(), "x"))));
    assert_eq!(
        problems(halves),
        ["interactive.action.sections: has 11 rows (at most 10 rows in all sections together)"]
    );
}

#[test]
fn of_several_sections_each_has_a_title_and_a_row_and_no_id_is_there_twice() {
    let bad = List::new("x", "x")
        .row("a", "A")
        .section(Section::new("Empty"))
        .section(Section::new("Twice").row("b", "B").row("a", "A"));
    assert_eq!(
        problems(bad),
        [
            "interactive.action.sections[0].title: is missing (1 to 24 characters where there are several sections)",
            "interactive.action.sections[1].rows: has no rows (at least 1 row in every section)",
            "interactive.action.sections[2].rows[1].id: is the same as number 0 (each only once)",
        ]
    );
}

#[test]
fn nulls_and_numbers_of_other_writers_are_read() {
    let theirs = json!({"type": "list", "header": null, "body": {"text": "x"}, "footer": null,
        "action": {"button": "x", "sections": [{"title": null, "rows": [{"id": 7, "title": "A", "description": null}]}]}});
    let Content::List(list) = read(&theirs) else { panic!("not a list") };
    assert_eq!(list, List::new("x", "x").row("7", "A"));
    assert_eq!(
        rewritten(&theirs),
        json!({"type": "list", "body": {"text": "x"},
            "action": {"button": "x", "sections": [{"rows": [{"id": "7", "title": "A"}]}]}})
    );
}

#[test]
fn a_list_with_more_than_meta_documents_is_kept() {
    let list = |header, row| {
        json!({"type": "list", "header": header, "body": {"text": "x"},
            "action": {"button": "x", "sections": [{"rows": [row]}]}})
    };
    let row = json!({"id": "a", "title": "A"});
    let picture = json!({"type": "image", "image": {"id": "1"}});
    assert_kept(&list(picture, row), "type is not text in the header");
    let text = json!({"type": "text", "text": "x"});
    assert_kept(&list(text, json!({"id": "a", "title": "A", "colour": "red"})), "unknown field colour");
}
