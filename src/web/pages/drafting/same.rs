//! Where the bytes of a file are already: in this draft, in an archive that the person sees, in a deposit of theirs.
//!
//! Never tells of an archive that the person does not see.

use std::collections::HashMap;

use uuid::Uuid;

use crate::access::Reader;
use crate::drafting::same::Same;
use crate::drafting::{Draft, DraftFile};
use crate::web::callers::Depositor;
use crate::web::pages::shell::Link;
use crate::web::pages::words;
use crate::web::{Problem, State};

/// The same bytes, elsewhere.
pub struct SameView {
    pub words: String,
    /// What keeps them, which the person may open.
    pub archive: Option<Link>,
}

impl SameView {
    /// All of it as one text.
    pub fn text(&self) -> String {
        self.archive
            .as_ref()
            .map_or_else(|| self.words.clone(), |link| format!("{} {}", self.words, link.label))
    }
}

/// Of these files of a draft, those whose bytes are elsewhere.
pub async fn of(
    person: &Depositor,
    state: &State,
    draft: &Draft,
    files: &[DraftFile],
) -> Result<Vec<(Uuid, SameView)>, Problem> {
    let same: HashMap<Uuid, Same> =
        state.drafting.same_bytes(&super::by(person), draft, files).await?.into_iter().collect();
    let digests: Vec<Vec<u8>> = files.iter().filter_map(|file| file.sha512.clone()).collect();
    let kept = match Reader::person(person) {
        Some(reader) => state.access.kept_with(&reader, &digests).await?,
        None => Vec::new(),
    };
    let kept: HashMap<&[u8], Link> = kept
        .iter()
        .map(|one| {
            let label = format!("« {} » ({})", one.title, one.cote);
            (one.sha512.as_slice(), Link::new(label, format!("/archives/objets/{}", one.object_id)))
        })
        .collect();
    let told = |file: &DraftFile| {
        let of_archive = || file.sha512.as_deref().and_then(|digest| kept.get(digest));
        let view = match (same.get(&file.file_id), of_archive()) {
            (Some(Same::Here(path)), _) => {
                SameView { words: format!("Le même fichier que « {path} »"), archive: None }
            }
            (_, Some(link)) => {
                SameView { words: "Déjà conservé dans".into(), archive: Some(link.clone()) }
            }
            (Some(Same::Before(at)), None) => {
                SameView { words: format!("Déjà versé le {}", words::moment(*at).words), archive: None }
            }
            (None, None) => return None,
        };
        Some((file.file_id, view))
    };
    Ok(files.iter().filter_map(told).collect())
}
