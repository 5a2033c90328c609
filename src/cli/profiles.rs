//! `chartrier profiles`: the starter library of archive profiles, listed and written out, without a database.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::Failure;
use super::check::{io_text, printable};
use crate::membership::library;

/// `chartrier profiles`'s commands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Les modèles que le programme porte : leur nom, ce qu'ils sont.
    Library,
    /// Écrit un modèle dans un dossier : profil.rng, notice.txt, exemple.xml ; ne remplace aucun fichier.
    Export { name: String, folder: PathBuf },
}

/// Runs one of them.
pub(super) fn run(command: &Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Library => {
            library::models().iter().for_each(|model| println!("{:<10} {}", model.name, model.title));
        }
        Command::Export { name, folder } => export(name, folder)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn export(name: &str, folder: &Path) -> Result<(), Failure> {
    let Some(model) = library::find(name) else {
        return Err(format!("aucun modèle « {} » : voyez chartrier profiles library", printable(name)).into());
    };
    let said = |path: &Path, error: &io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => format!("{} : existe déjà, rien n'y est écrit", path.display()),
        _ => format!("{} : {}", path.display(), io_text(error)),
    };
    fs::create_dir_all(folder).map_err(|error| said(folder, &error))?;
    let notice = format!("{}\n\n{}\n", model.title, model.notice);
    let files: [(&str, &[u8]); 3] = [
        ("profil.rng", &model.rng().bytes),
        ("notice.txt", notice.as_bytes()),
        ("exemple.xml", &model.example),
    ];
    for (file, bytes) in files {
        let path = folder.join(file);
        File::create_new(&path)
            .and_then(|mut file| file.write_all(bytes))
            .map_err(|error| said(&path, &error))?;
        println!("{}", path.display());
    }
    Ok(())
}
