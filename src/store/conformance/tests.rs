//! The suite itself is held to account: no rule is left out, and each can fail.

use std::{collections::BTreeSet, fs, path::Path};

/// A rule that is missing in the macro would never run.
#[test]
fn every_rule_is_in_the_macro() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/conformance");
    let suite = fs::read_to_string(folder.join("mod.rs")).unwrap();
    let (_, list) = suite.split_once("@rules #[$test] $new_store;").unwrap();
    let (list, _) = list.split_once("};").unwrap();
    let mut listed = BTreeSet::new();
    for topic in list.split_inclusive('}') {
        let Some((topic, rules)) = topic.trim_end_matches('}').split_once('{') else { continue };
        let file = fs::read_to_string(folder.join(format!("{}.rs", topic.trim()))).unwrap();
        let written = file.split("pub async fn ").skip(1).filter_map(|rule| rule.split('(').next());
        assert_eq!(written.collect::<Vec<_>>(), rules.split_whitespace().collect::<Vec<_>>());
        listed.insert(topic.trim().to_owned());
    }
    let modules = suite.split("pub mod ").skip(1).filter_map(|module| module.split(';').next());
    // The model has no rules: the macro names it by itself.
    listed.insert("model".to_owned());
    assert_eq!(modules.map(str::to_owned).collect::<BTreeSet<_>>(), listed);
}
