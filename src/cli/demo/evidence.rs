//! What the demonstration proves to somebody who does not trust the service: the journals sealed and stamped, an attestation
//! verified from its file alone.
//!
//! The time-stamping authority is one of ours, run by `openssl`, and says that it has no value.

use std::fs::File;
use std::path::Path;

use crate::app::App;
use crate::attestation::dossier::Asked;
use crate::attestation::{self, Attestations};
use crate::cli::{Failure, verify};
use crate::evidence::attestation::last_of;
use crate::model::Agent;
use crate::proof::attestation::Kind;
use crate::timestamp::Authority;
use crate::timestamp::demonstration::Demonstration;

use super::members::Member;
use super::report::Report;

/// Days that the demonstration's certificate lasts.
const DAYS: u32 = 3_650;

/// Starts the authority and has the service ask it.
pub fn authority(app: &mut App) -> Result<Demonstration, Failure> {
    let folder = app.config.data.join("demo-horodatage");
    let authority = Demonstration::start(&folder, ([127, 0, 0, 1], 0).into(), DAYS)?;
    app.authorities.push(Authority::new(authority.settings()?)?);
    Ok(authority)
}

/// Seals everything, then verifies an attestation of each member as its holder would.
pub async fn proofs(report: &Report, app: &App, members: &[Member]) -> Result<(), Failure> {
    let sealing = app.sealing();
    let sealed: Vec<_> = members.iter().map(|member| (member.tenant(), member.code.clone())).collect();
    for (log, outcome) in sealing.seal_now(&sealed, Agent::Operator).await {
        let sealed = outcome.map_err(|error| format!("{log} : {error}"))?;
        let root = hex::encode(&sealed.root[..8]);
        report
            .good(&format!("{log} : scellement {}, {} entrées, racine {root}…", sealed.number, sealed.size));
    }
    let folder = app.config.data.join("demo-attestations");
    std::fs::create_dir_all(&folder)?;
    let root = folder.join("racines.pem");
    let trusted = sealing.trusted()?;
    std::fs::write(&root, &trusted.roots)?;
    let keys: Vec<String> = trusted.keys.iter().map(ToString::to_string).collect();
    let attestations = Attestations::new(app.db.clone(), app.storage.clone(), &app.config.public_url);
    let verified = |path: &Path| {
        let (paths, keys, root) = (vec![path.to_path_buf()], keys.clone(), Some(root.clone()));
        let arguments = verify::Arguments { paths, keys, root, json: false, threads: Some(1) };
        let mut words = Vec::new();
        match verify::report(&arguments, &mut words, false) {
            0 => Ok(()),
            _ => Err(format!("{} : {}", path.display(), String::from_utf8_lossy(&words))),
        }
    };
    for member in members {
        let mut tx = app.db.read(member.tenant()).await?;
        let Some(found) = last_of(&mut tx, Kind::PriseEnCharge).await? else { continue };
        drop(tx);
        let path = folder.join(format!("{}.json", found.number));
        std::fs::write(&path, attestations.file(member.tenant(), &found).await?)?;
        verified(&path)?;
        if found.proof.is_none() {
            return Err(format!("attestation {} : sans preuve", found.number).into());
        }
        report.good(&format!("attestation {} : vérifiée hors ligne, du fichier seul", found.number));
        let Some(archive) = found.archive_id else { continue };
        let asked = Asked { tenant: member.tenant(), archive, at: app.clock.now() };
        let prove = async |seq| {
            sealing
                .prove(member.tenant(), seq)
                .await
                .map_err(|error| attestation::Error::Given(Box::new(error)))
        };
        let mut dossier = attestations.dossier(asked, prove).await?.ok_or("l'archive attestée manque")?;
        let path = folder.join(format!("dossier-{}.zip", found.number));
        std::io::copy(&mut dossier, &mut File::create(&path)?)?;
        verified(&path)?;
        report
            .good(&format!("dossier de preuve de la même archive : vérifié hors ligne ({})", path.display()));
    }
    if let Some(key) = keys.first() {
        report.line(&format!("Clé à noter ailleurs : {key}"));
    }
    report.line("Pour une démonstration seulement : l'horodatage est fait à côté du service par openssl, il n'a aucune valeur.");
    report.line(&format!(
        "À refaire : chartrier verify --root {} {}/*.json",
        root.display(),
        folder.display()
    ));
    Ok(())
}
