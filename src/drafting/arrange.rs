//! Files of a draft put into folders, several at once, under names that are free there.
//!
//! Never refuses a folder: what another system would not take is put otherwise (`names`), and is shown before anything is sent.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::draft::{By, Draft};
use super::{Drafting, Error, file_queries, names, queries};

/// Names that files of a folder have.
pub(super) struct Taken {
    names: HashSet<String>,
    /// By name, the last number that was tried.
    numbers: HashMap<String, usize>,
}

impl Taken {
    pub fn of(draft: &Draft, folder: &str) -> Self {
        let there = draft.files.iter().filter(|file| file.folder == folder);
        Self { names: there.map(|file| file.name.clone()).collect(), numbers: HashMap::new() }
    }

    /// The name, or the first with a number that no file of the folder has; it is taken then.
    pub fn free(&mut self, name: &str) -> String {
        let mut free = name.to_owned();
        while self.names.contains(&free) {
            let number = self.numbers.entry(name.to_owned()).or_insert(1);
            *number += 1;
            free = names::numbered(name, *number);
        }
        self.names.insert(free.clone());
        free
    }
}

impl Drafting {
    /// Puts the files of these ranks into a folder as a person writes it, `/` between one and the next; empty: into none. How many
    /// moved; `None`: no such draft, or it is being sent.
    ///
    /// # Errors
    /// When the rows cannot be changed.
    pub async fn arrange(
        &self,
        by: &By,
        id: Uuid,
        ranks: &[u32],
        folder: &str,
    ) -> Result<Option<usize>, Error> {
        let folder = names::folders(folder);
        let mut tx = self.db.technical().await?;
        let Some(draft) = queries::lock(&mut tx, by, id).await?.filter(Draft::is_open) else {
            return Ok(None);
        };
        let moved = moved(&draft, &ranks.iter().copied().collect(), &folder);
        file_queries::set_places(&mut tx, by.tenant, id, &folder, &moved).await?;
        queries::touch(&mut tx, by.tenant, id, self.clock.now()).await?;
        tx.commit().await?;
        Ok(Some(moved.len()))
    }
}

/// Those of these files that are not in the folder yet, each with its name there.
fn moved(draft: &Draft, ranks: &HashSet<u32>, folder: &str) -> Vec<(Uuid, String)> {
    let mut taken = Taken::of(draft, folder);
    let moving = draft.files.iter().filter(|file| ranks.contains(&file.rank) && file.folder != folder);
    moving.map(|file| (file.file_id, taken.free(&file.name))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::draft::testing::{draft, file};
    use super::*;

    #[test]
    fn files_of_one_name_have_each_their_own_in_one_folder() {
        let paths = ["a.pdf", "x/a.pdf", "y/a.pdf", "y/b.pdf", "Annexes/a.pdf", "Annexes/a (2).pdf"];
        let draft = draft(paths.iter().zip(1..).map(|(path, rank)| file(path, rank)).collect());
        let names = |ranks: &[u32], folder: &str| {
            let moved = moved(&draft, &ranks.iter().copied().collect(), folder);
            moved.into_iter().map(|(_, name)| name).collect::<Vec<_>>()
        };
        assert_eq!(names(&[1, 2, 3, 4], "Annexes"), ["a (3).pdf", "a (4).pdf", "a (5).pdf", "b.pdf"]);
        assert_eq!(names(&[5, 6], "Annexes"), [""; 0], "they are there");
        assert_eq!(names(&[2, 6, 99], ""), ["a (2).pdf", "a (2) (2).pdf"]);
    }

    #[test]
    fn two_thousand_files_of_one_name_are_put_together_at_once() {
        let files = (1..=2_000).map(|rank| file(&format!("{rank}/scan.pdf"), rank)).collect();
        let moved = moved(&draft(files), &(1..=2_000).collect(), "");
        let names: HashSet<&String> = moved.iter().map(|(_, name)| name).collect();
        assert_eq!((moved.len(), names.len()), (2_000, 2_000));
        assert_eq!(moved[1_999].1, "scan (2000).pdf");
    }
}
