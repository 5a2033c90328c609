//! The files that are named: those of a folder, and those inside SIPs.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Files longer are left out: what is read of them is the same.
const BYTES_MAX: u64 = 64 << 20;

/// What a folder holds, in order.
pub fn names_in(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    names
}

/// Every file below a folder.
pub fn below(folder: &Path) -> Vec<String> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for path in names_in(&folder) {
            match path.is_dir() {
                true => folders.push(path),
                false => files.extend(path.to_str().filter(|path| !path.contains('\n')).map(str::to_owned)),
            }
        }
    }
    files.sort();
    files
}

/// Every file inside the SIPs, each under its own name in a folder of its own.
pub fn of_sips(sips: &Path, into: &Path) -> Vec<String> {
    let (mut files, mut place) = (Vec::new(), 0);
    let mut keep = |name: &str, content: &mut dyn Read| {
        let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let is_plain = !base.is_empty() && base.len() < 200 && !base.contains(['\n', '\t']);
        let mut bytes = Vec::new();
        if !is_plain
            || content.take(BYTES_MAX + 1).read_to_end(&mut bytes).is_err()
            || bytes.len() as u64 > BYTES_MAX
        {
            return;
        }
        place += 1;
        let folder = into.join(format!("{place:05}"));
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join(base), bytes).unwrap();
        files.push(folder.join(base).to_str().unwrap().to_owned());
    };
    for path in names_in(sips) {
        if let Ok(mut archive) = zip::ZipArchive::new(File::open(&path).unwrap()) {
            for at in 0..archive.len() {
                let Ok(mut entry) = archive.by_index(at) else { continue };
                let Ok(name) = entry.name().map(|name| name.into_owned()) else { continue };
                if entry.is_file() {
                    keep(&name, &mut entry);
                }
            }
        } else if path.extension().is_some_and(|extension| extension == "tar") {
            for entry in tar::Archive::new(File::open(&path).unwrap()).entries().unwrap() {
                let mut entry = entry.unwrap();
                let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
                if entry.header().entry_type().is_file() {
                    keep(&name, &mut entry);
                }
            }
        }
    }
    files
}
