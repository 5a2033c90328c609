//! The shared bill's arithmetic (norms §5): an amount shared by weights to the cent, what a member weighs under each key, items
//! split between keys, caps, price lists, own hosting against shared.
//!
//! Never rounds but once, and never loses a cent: every amount is an integer of cents, and what is shared sums to what was to be
//! shared, or an [`Error`] says what to mend. The one thing to know: the order of what is given changes nothing, but the declared order of the keys of one item.

pub mod amount;
pub mod balance;
pub mod cap;
pub mod hosting;
pub mod item;
pub mod key;
pub mod share;
pub mod tariff;

pub use item::{Category, Item, Line, Part, Shared, share_year};
pub use key::{Key, Measure};

/// An amount in cents of euro; negative for what comes in.
pub type Cents = i64;

/// Characters of a code.
pub const CODE_CHARS_MAX: usize = 64;
/// Parts of one item.
pub const PARTS_MAX: usize = 20;

/// Whether this may be the code of a member or of an item: what a key can name, and a line of a file can hold.
pub fn is_code(code: &str) -> bool {
    let is_plain = |c: char| !c.is_control() && !matches!(c, ',' | '=' | ':');
    !code.is_empty() && code.chars().count() <= CODE_CHARS_MAX && code.chars().all(is_plain)
}

/// Why a bill cannot be shared; each names what to mend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error(
        "poste {item} : la clé {key} ne répartit rien, le total de ses poids est nul ; donnez-lui une autre clé"
    )]
    Weightless { item: String, key: String },
    #[error(
        "les plafonds et planchers tiennent tous les membres que la clé {key} pèse, et {left} centimes restent à répartir"
    )]
    AllHeld { key: String, left: Cents },
    #[error(
        "« {0} » n’est pas une clé : EGAL, POPULATION, STOCK, DEPOT, FLUX, DIRECT:membre ou LISTE:membre=poids,…"
    )]
    UnknownKey(String),
    #[error("la clé {key} nomme {member}, qui n’est pas un membre de l’exercice")]
    UnknownMember { key: String, member: String },
    #[error("les parts du poste {item} font {total} points de base, et non 10 000")]
    Parts { item: String, total: u64 },
    #[error("le poste {item} n’a aucune part")]
    NoPart { item: String },
    #[error("aucun membre ne partage cet exercice")]
    NoMember,
    #[error("un montant dépasse ce que le calcul admet")]
    TooLarge,
}
