//! The page of a draft's files: folder by folder, each with its format, and where the same one is already.

use std::collections::BTreeMap;

use askama::Template;
use uuid::Uuid;

use super::same::{self, SameView};
use super::{Step, Wrong, address, by, files, shell, steps, trail};
use crate::drafting::DraftFile;
use crate::drafting::draft::FILES_MAX;
use crate::model::CopySaid;
use crate::web::callers::Depositor;
use crate::web::pages::shell::{Link, Shell};
use crate::web::pages::words;
use crate::web::{Problem, State};

/// `GET /versements/brouillons/{id}`.
#[derive(Template)]
#[template(path = "drafting/files.html")]
pub struct FilesPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub here: String,
    pub flow: String,
    pub steps: Vec<Step>,
    pub size_max: String,
    pub count_max: usize,
    /// Its sending was cut: nothing changes any more.
    pub sending: bool,
    pub errors: Vec<Wrong>,
    /// Its files of the refused deposit are there no more.
    pub files_lost: bool,
    pub copy: &'static str,
    pub folders: Vec<FolderView>,
    pub total: String,
    /// Files are being put into folders.
    pub arranging: bool,
    /// Folders that there are, as they are written.
    pub known_folders: Vec<String>,
}

impl FilesPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|wrong| wrong.field == field)
    }
}

/// The files of a folder, those in none first.
pub struct FolderView {
    pub name: String,
    pub files: Vec<FileView>,
}

/// A file as people see it.
pub struct FileView {
    pub id: String,
    pub rank: u32,
    pub name: String,
    pub size: String,
    /// « Document PDF »; `None` while it is not whole.
    pub format: Option<String>,
    pub icon: &'static str,
    /// The same bytes are elsewhere.
    pub same: Option<SameView>,
}

/// The page as the draft stands.
pub(super) async fn page(
    person: &Depositor,
    state: &State,
    id: Uuid,
    errors: Vec<Wrong>,
) -> Result<FilesPage, Problem> {
    let by = by(person);
    let draft = files::find(state, &by, id).await?;
    let same = same::of(person, state, &draft, &draft.files).await?;
    let flows = state.drafting.flows(&by).await?;
    let flow = flows.iter().find(|flow| flow.agreement == draft.agreement);
    let total = format!(
        "{}, {}",
        words::count(draft.files.len() as u64, "fichier", "fichiers"),
        words::size(draft.size_bytes())
    );
    let folders = by_folder(&draft.files, same);
    Ok(FilesPage {
        shell: shell(person, "Les fichiers du versement"),
        trail: trail(),
        csrf: person.csrf_token.clone(),
        here: address(id),
        flow: flow.map_or_else(String::new, |flow| flow.name.clone()),
        steps: steps(id, 0),
        size_max: words::size(state.settings.received_bytes_max),
        count_max: FILES_MAX,
        sending: !draft.is_open(),
        errors,
        files_lost: false,
        copy: draft.copy.unwrap_or(CopySaid::Original).word(),
        total,
        known_folders: folders.keys().filter(|folder| !folder.is_empty()).cloned().collect(),
        folders: folders
            .into_iter()
            .map(|(folder, files)| FolderView { name: folder.replace('/', " › "), files })
            .collect(),
        arranging: false,
    })
}

/// The files by the folder that they lie in, as they came.
fn by_folder(files: &[DraftFile], same: Vec<(Uuid, SameView)>) -> BTreeMap<String, Vec<FileView>> {
    let mut same: BTreeMap<Uuid, SameView> = same.into_iter().collect();
    let mut folders: BTreeMap<String, Vec<FileView>> = BTreeMap::new();
    for file in files {
        let view = view(file, same.remove(&file.file_id));
        folders.entry(file.folder.clone()).or_default().push(view);
    }
    folders
}

fn view(file: &DraftFile, same: Option<SameView>) -> FileView {
    FileView {
        id: file.file_id.to_string(),
        rank: file.rank,
        name: file.name.clone(),
        size: match file.bytes_total {
            Some(total) if !file.is_whole() => {
                format!("{} sur {}", words::size(file.bytes_received), words::size(total))
            }
            _ => words::size(file.bytes_received),
        },
        format: file.is_whole().then(|| format(file.mime.as_deref(), file.format_name.as_deref())),
        icon: words::media_icon(file.mime.as_deref().unwrap_or_default()),
        same,
    }
}

/// A format in people's words, by its own name where they have none, or what to do where nothing names it.
pub(super) fn format(mime: Option<&str>, name: Option<&str>) -> String {
    let told = mime.and_then(words::usual_media).or(name);
    told.unwrap_or("Format non reconnu : vérifiez que le fichier s’ouvre").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_told_in_words_by_its_name_or_as_unknown() {
        assert_eq!(format(Some("application/pdf"), Some("Acrobat PDF 1.7")), "Document PDF");
        assert_eq!(format(Some("application/x-dosexec"), Some("MS-DOS Executable")), "MS-DOS Executable");
        assert!(format(None, None).starts_with("Format non reconnu"));
    }
}
