//! The starter library: archive profiles of ours, inside the program, to begin from.
//!
//! Never applied by itself: a model is nobody's until a person imports it or a member's file names it, and is then a profile
//! like another. The one thing to know: `profiles/`, at the project's root, has a folder a model: its grammar, its notice
//! (the first line is its title), an example that it accepts.

use std::sync::LazyLock;

use rust_embed::RustEmbed;

use super::profiles::Rng;

#[derive(RustEmbed)]
#[folder = "profiles/"]
struct Files;

/// In the order people see them: what machines send, then what people do.
const NAMES: [&str; 7] = ["actes", "pes", "marches", "agents", "seance", "bulletin", "permis"];

/// A profile to begin from.
#[derive(Debug)]
pub struct Model {
    /// Its folder's name, which members' files use.
    pub name: &'static str,
    /// In French, one line.
    pub title: String,
    /// What goes in, and what is asked, for a secretary or an archivist.
    pub notice: String,
    /// A manifest of ours that it accepts.
    pub example: Vec<u8>,
    grammar: Vec<u8>,
}

impl Model {
    /// Its file, as if somebody had sent it.
    pub fn rng(&self) -> Rng {
        Rng { file_name: format!("{}.rng", self.name), bytes: self.grammar.clone() }
    }
}

static MODELS: LazyLock<Vec<Model>> = LazyLock::new(|| NAMES.iter().filter_map(|name| model(name)).collect());

/// All there are.
pub fn models() -> &'static [Model] {
    &MODELS
}

/// The model of this name.
pub fn find(name: &str) -> Option<&'static Model> {
    MODELS.iter().find(|model| model.name == name)
}

fn model(name: &'static str) -> Option<Model> {
    let file = |file: &str| Some(Files::get(&format!("{name}/{file}"))?.data.into_owned());
    let notice = String::from_utf8(file("notice.txt")?).ok()?;
    let (title, notice) = notice.split_once('\n')?;
    let (title, notice) = (title.trim().to_owned(), notice.trim().to_owned());
    Some(Model { name, title, notice, example: file("exemple.xml")?, grammar: file("profil.rng")? })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::profiles::{NAME_CHARS_MAX, NOTICE_CHARS_MAX};
    use super::*;

    #[test]
    fn every_folder_is_a_model_whose_words_fit_a_profile() {
        let folders: BTreeSet<String> =
            Files::iter().filter_map(|path| Some(path.split_once('/')?.0.to_owned())).collect();
        assert_eq!(folders, NAMES.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(models().len(), NAMES.len(), "each has its three files");
        for model in models() {
            let (title, notice) = (model.title.chars().count(), model.notice.chars().count());
            assert!((1..=NAME_CHARS_MAX).contains(&title), "{}", model.name);
            assert!((200..=NOTICE_CHARS_MAX).contains(&notice), "{}: {notice}", model.name);
        }
        assert!(find("actes").is_some() && find("autre").is_none());
    }
}
