//! The declaration of an object or of a storage root: a file whose name says what stands here, and by which
//! version of the specification. // OCFL 1.1, 3.2 and 4.2

use std::io::Read;

use super::super::tree::{Entry, Kind, Tree, join};
use super::findings::Findings;
use super::terms::Spec;

/// What is declared, and the codes of what can be wrong.
pub(super) struct Declared {
    /// Before the version's number.
    pub word: &'static str,
    pub absent: &'static str,
    pub several: &'static str,
    /// The name does not begin with `0=`.
    pub type_digit: &'static str,
    /// What follows the `=` is not the word and a known version.
    pub value: &'static str,
    pub text: &'static str,
}

pub(super) const OBJECT: Declared = Declared {
    word: "ocfl_object_",
    absent: "E003",
    several: "E003",
    type_digit: "E005",
    value: "E006",
    text: "E007",
};

pub(super) const ROOT: Declared = Declared {
    word: "ocfl_",
    absent: "E069",
    several: "E076",
    type_digit: "E078",
    value: "E079",
    text: "E080",
};

/// Whether a file's name is meant as a declaration.
pub(super) fn is_meant(name: &str) -> bool {
    name.split_once('=').is_some_and(|(kind, value)| kind == "0" || value.starts_with("ocfl_"))
}

impl Declared {
    /// Version declared by a name, when it is a right one.
    pub fn spec(&self, name: &str) -> Option<Spec> {
        Spec::numbered(name.strip_prefix("0=")?.strip_prefix(self.word)?)
    }

    /// Reads the declaration among the entries of a folder; says what is wrong with it.
    pub fn read(
        &self,
        tree: &dyn Tree,
        folder: &str,
        entries: &[Entry],
        found: &mut Findings,
    ) -> Option<Spec> {
        let meant = entries.iter().filter(|entry| entry.kind == Kind::File && is_meant(&entry.name));
        let (mut specs, mut is_any) = (Vec::new(), false);
        for Entry { name, .. } in meant {
            is_any = true;
            match self.spec(name) {
                Some(spec) => specs.push(spec),
                None if !name.starts_with("0=") => {
                    found.add(self.type_digit, name, "une déclaration commence par « 0= »");
                }
                None => found.add(self.value, name, "cette déclaration n’est pas connue"),
            }
        }
        if !is_any {
            let said = format!("la déclaration « 0={}… » manque", self.word);
            found.add(self.absent, "", said);
        }
        if specs.len() > 1 {
            found.add(self.several, "", "plusieurs déclarations");
        }
        for spec in &specs {
            self.check_text(tree, folder, *spec, found);
        }
        specs.into_iter().max()
    }

    fn check_text(&self, tree: &dyn Tree, folder: &str, spec: Spec, found: &mut Findings) {
        let value = format!("{}{}", self.word, spec.number());
        let name = format!("0={value}");
        let wanted = format!("{value}\n");
        let mut text = Vec::new();
        let read = tree
            .open(&join(folder, &name))
            .and_then(|file| file.take(wanted.len() as u64 + 1).read_to_end(&mut text));
        match read {
            Err(error) => found.add("X002", name, format!("lecture impossible : {error}")),
            Ok(_) if text == wanted.as_bytes() => {}
            Ok(_) => {
                found.add(self.text, name, format!("le texte attendu est « {value} » et une fin de ligne"));
            }
        }
    }
}
