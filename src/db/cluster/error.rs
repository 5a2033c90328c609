//! Why the program's own PostgreSQL does not run, in words for whoever installs it.

use std::path::PathBuf;

/// A failure to start or stop the program's own PostgreSQL.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "aucun PostgreSQL 15 ou plus récent n'est installé (initdb et postgres, cherchés dans PATH et \
         /usr/lib/postgresql) : installez le paquet postgresql, ou donnez l'adresse d'une base (database.url)"
    )]
    NotInstalled,
    #[error(
        "les données de {folder} sont de PostgreSQL {data}, qui n'est pas installé : installez postgresql-{data}, \
         ou convertissez-les par pg_upgrade"
    )]
    OtherVersion { folder: PathBuf, data: u32 },
    #[error(
        "le programme est lancé par root et PostgreSQL refuse de l'être : créez un utilisateur « postgres » ou \
         « nobody », ou lancez le programme par un utilisateur ordinaire"
    )]
    NoUser,
    #[error(
        "{folder} appartient à un autre utilisateur (uid {owner}) : lancez le programme par lui, ou par root"
    )]
    OtherOwner { folder: PathBuf, owner: u32 },
    #[error("{folder} n'est pas un dossier privé de l'utilisateur (uid {owner}) : supprimez-le")]
    NotPrivate { folder: PathBuf, owner: u32 },
    #[error("initdb a échoué : {0}")]
    Initialize(String),
    #[error("PostgreSQL s'est arrêté aussitôt ({status}). Fin de son journal :\n{log}")]
    Ended { status: String, log: String },
    #[error("sauvegarde de la base : {0}")]
    Backup(String),
    #[error(
        "réglage backup.folder : {0} : un chemin absolu fait de lettres sans accent, chiffres, « / », « . », « _ » et \
         « - » est attendu"
    )]
    BackupFolder(PathBuf),
    #[error("le dossier des sauvegardes {folder} n'est pas accessible à PostgreSQL (uid {uid})")]
    BackupClosed { folder: PathBuf, uid: u32 },
    #[error("aucune sauvegarde complète avant ce moment dans {folder}")]
    NoBase { folder: PathBuf },
    #[error("{0} n'a pas les sauvegardes d'une base et d'une seule : gardez-y celle à restaurer")]
    WhichCluster(PathBuf),
    #[error("un processus se sert de la base : arrêtez le service d'abord")]
    InUse,
    #[error("PostgreSQL (pid {0}) ne s'arrête pas")]
    WillNotStop(i32),
    #[error("{0} : {1}")]
    Io(String, #[source] std::io::Error),
    #[error("préparation de la base : {0}")]
    Sql(#[source] sqlx::Error),
}
