//! A form being read: each field that is wrong told at it, each table line by line, all at once.

use super::fields::first;
use super::shell::FieldError;

/// Characters of a text of one line.
pub const CHARS_MAX: usize = 300;

/// What a form says, and what is wrong in it.
pub struct Form<'a> {
    pub fields: &'a [(String, String)],
    pub errors: Vec<FieldError>,
    /// What is wrong in its tables, line by line.
    pub faults: Vec<String>,
}

impl<'a> Form<'a> {
    /// Nothing read yet.
    pub fn of(fields: &'a [(String, String)]) -> Self {
        Self { fields, errors: Vec::new(), faults: Vec::new() }
    }

    /// A text of one line; one that is needed and missing, or too long, is wrong.
    pub fn text(&mut self, field: &'static str, is_needed: bool) -> String {
        let text: String = first(self.fields, field).trim().chars().filter(|c| !c.is_control()).collect();
        if is_needed && text.is_empty() {
            self.wrong(field, "Remplissez ce champ.");
        } else if text.chars().count() > CHARS_MAX {
            self.wrong(field, "Raccourcissez : trois cents caractères au plus.");
        }
        text
    }

    /// What a field says, if it can be read.
    pub fn read<T>(
        &mut self,
        field: &'static str,
        read: impl Fn(&str) -> Option<T>,
        sentence: &str,
    ) -> Option<T> {
        let found = read(first(self.fields, field).trim());
        if found.is_none() {
            self.wrong(field, sentence);
        }
        found
    }

    /// What a table says, or nothing, with its faults each after the table's name.
    pub fn table<T>(
        &mut self,
        field: &'static str,
        name: &str,
        read: impl Fn(&str) -> Result<T, Vec<String>>,
    ) -> Option<T> {
        match read(&first(self.fields, field)) {
            Ok(found) => Some(found),
            Err(faults) => {
                self.wrong(field, "Ce tableau n’est pas juste : voyez ce qui est à reprendre.");
                let named = |fault: String| if name.is_empty() { fault } else { format!("{name}, {fault}") };
                self.faults.extend(faults.into_iter().map(named));
                None
            }
        }
    }

    /// A field is wrong.
    pub fn wrong(&mut self, field: &'static str, sentence: &str) {
        self.errors.push(FieldError { field, sentence: sentence.into() });
    }
}
