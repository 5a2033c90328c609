//! What an archivist says of her decision: why she refuses, from a closed list, and her words; or her remark on what she accepts.
//!
//! Pure. The codes stand in rows, journals and replies: they never change, and none is taken away.

/// Most characters of an archivist's words.
pub const WORDS_CHARS_MAX: usize = 2_000;

/// Why an archivist refuses a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefusalReason {
    /// The standard knows no demand for a completion: it is a refusal with this reason.
    ToComplete,
    WrongAgreement,
    WrongProducer,
    Unreadable,
    Duplicate,
    OutOfScope,
    FilesMissing,
    PoorDescription,
    WrongRule,
    /// What the list has not: her words say it.
    Other,
}

impl RefusalReason {
    /// In the order in which a form asks.
    pub const ALL: [RefusalReason; 10] = [
        Self::ToComplete,
        Self::FilesMissing,
        Self::Unreadable,
        Self::PoorDescription,
        Self::WrongRule,
        Self::WrongAgreement,
        Self::WrongProducer,
        Self::OutOfScope,
        Self::Duplicate,
        Self::Other,
    ];

    /// The code in rows, entries and replies.
    pub fn word(self) -> &'static str {
        match self {
            Self::ToComplete => "to_complete",
            Self::WrongAgreement => "wrong_agreement",
            Self::WrongProducer => "wrong_producer",
            Self::Unreadable => "unreadable",
            Self::Duplicate => "duplicate",
            Self::OutOfScope => "out_of_scope",
            Self::FilesMissing => "files_missing",
            Self::PoorDescription => "poor_description",
            Self::WrongRule => "wrong_rule",
            Self::Other => "other",
        }
    }

    /// The reason of a code, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }

    /// The words people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::ToComplete => "à compléter",
            Self::WrongAgreement => "mauvais accord de versement",
            Self::WrongProducer => "mauvais service producteur",
            Self::Unreadable => "documents illisibles",
            Self::Duplicate => "doublon d’un versement",
            Self::OutOfScope => "hors du périmètre de l’accord",
            Self::FilesMissing => "fichiers manquants",
            Self::PoorDescription => "description insuffisante",
            Self::WrongRule => "règle de conservation inexacte",
            Self::Other => "autre",
        }
    }

    /// What the depositor can do about it, in one sentence.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::ToComplete => {
                "Ajoutez ce qui manque, puis déposez de nouveau : ce qui était juste n’est pas à refaire."
            }
            Self::WrongAgreement => "Choisissez l’accord de versement qui correspond à ces documents.",
            Self::WrongProducer => {
                "Corrigez le service producteur : celui qui a produit ou reçu les documents."
            }
            Self::Unreadable => {
                "Vérifiez que chaque document s’ouvre, remplacez ceux qui sont abîmés ou protégés par un mot de passe."
            }
            Self::Duplicate => "Ces documents sont déjà archivés : vous n’avez rien à verser de nouveau.",
            Self::OutOfScope => {
                "Ces documents ne relèvent pas de cet accord : demandez au service d’archives lequel convient."
            }
            Self::FilesMissing => "Ajoutez les fichiers manquants, puis versez l’ensemble de nouveau.",
            Self::PoorDescription => {
                "Complétez les titres, les dates et les descriptions : c’est par eux qu’on retrouvera les documents."
            }
            Self::WrongRule => {
                "Corrigez la durée de conservation ou le sort final d’après le tableau de gestion."
            }
            Self::Other => "Suivez ce que le service d’archives vous écrit.",
        }
    }
}

/// A refusal that says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    reasons: Vec<RefusalReason>,
    words: String,
}

/// What a refusal lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmotivated {
    /// No reason at all.
    ReasonMissing,
    /// « Autre » alone tells nobody anything.
    WordsMissing,
}

impl Refusal {
    /// These reasons, each once and in the order of the list, with her words.
    pub fn new(reasons: &[RefusalReason], words: &str) -> Result<Self, Unmotivated> {
        let words = tidied(words);
        let reasons: Vec<RefusalReason> =
            RefusalReason::ALL.into_iter().filter(|reason| reasons.contains(reason)).collect();
        if reasons.is_empty() {
            return Err(Unmotivated::ReasonMissing);
        }
        if reasons.contains(&RefusalReason::Other) && words.is_empty() {
            return Err(Unmotivated::WordsMissing);
        }
        Ok(Self { reasons, words })
    }

    /// The reasons, at least one.
    pub fn reasons(&self) -> &[RefusalReason] {
        &self.reasons
    }

    /// Her words; may be empty.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// The codes, as a journal's entry has them.
    pub fn codes(&self) -> String {
        self.reasons.iter().map(|reason| reason.word()).collect::<Vec<_>>().join(" ")
    }

    /// All of it in one sentence, codes included: what the reply says.
    pub fn said(&self) -> String {
        let one = |reason: &RefusalReason| format!("{} ({})", reason.label(), reason.word());
        let reasons = self.reasons.iter().map(one).collect::<Vec<_>>().join(", ");
        if self.words.is_empty() { reasons } else { format!("{reasons} : {}", self.words) }
    }
}

/// What is kept of a decision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecisionSaid {
    /// Of a refusal.
    pub reasons: Vec<RefusalReason>,
    /// Of a refusal, or the remark of an acceptance.
    pub words: Option<String>,
}

/// An archivist's words without what no message can hold; empty when they say nothing.
pub fn tidied(words: &str) -> String {
    let kept = words.trim().chars().map(|c| if c == '\t' { ' ' } else { c });
    let kept = kept.filter(|c| (!c.is_control() || *c == '\n') && !matches!(c, '\u{fffe}' | '\u{ffff}'));
    kept.take(WORDS_CHARS_MAX).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_why_and_other_needs_words() {
        assert_eq!(Refusal::new(&[], "mots"), Err(Unmotivated::ReasonMissing));
        assert_eq!(Refusal::new(&[RefusalReason::Other], " \n\u{7} "), Err(Unmotivated::WordsMissing));
        let both = [RefusalReason::FilesMissing, RefusalReason::ToComplete, RefusalReason::FilesMissing];
        let refusal = Refusal::new(&both, " Le procès-verbal\r\nmanque.\t\u{0}").unwrap();
        assert_eq!(refusal.codes(), "to_complete files_missing");
        assert_eq!(
            refusal.said(),
            "à compléter (to_complete), fichiers manquants (files_missing) : Le procès-verbal\nmanque."
        );
        assert_eq!(
            Refusal::new(&[RefusalReason::Duplicate], "").unwrap().said(),
            "doublon d’un versement (duplicate)"
        );
        assert_eq!(tidied(&"é".repeat(3_000)).chars().count(), WORDS_CHARS_MAX);
    }

    #[test]
    fn each_reason_has_its_code_its_words_and_what_to_do() {
        let mut seen = std::collections::BTreeSet::new();
        for reason in RefusalReason::ALL {
            assert!(seen.insert(reason.word()) && seen.insert(reason.label()), "{reason:?}");
            assert_eq!(RefusalReason::from_word(reason.word()), Some(reason));
            assert!(reason.remedy().ends_with('.'), "{reason:?}");
        }
        assert_eq!(RefusalReason::from_word("à compléter"), None);
    }
}
