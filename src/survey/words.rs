//! Stages, kinds of producers, ways in which answers come: their words in rows, in tables, on pages.

/// Where a campaign stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Draft,
    Open,
    Reminded,
    Closed,
    Analysed,
    GivenBack,
}

/// What a producer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProducerKind {
    Department,
    Group,
    Commune,
    Union,
    Welfare,
    Unit,
    Other,
}

/// By what an answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Link,
    Paper,
}

impl Stage {
    /// In their order.
    pub const ALL: [Stage; 6] =
        [Stage::Draft, Stage::Open, Stage::Reminded, Stage::Closed, Stage::Analysed, Stage::GivenBack];

    /// The word in rows.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Draft => "draft",
            Stage::Open => "open",
            Stage::Reminded => "reminded",
            Stage::Closed => "closed",
            Stage::Analysed => "analysed",
            Stage::GivenBack => "given_back",
        }
    }

    /// From a row.
    pub fn from_word(word: &str) -> Option<Self> {
        Stage::ALL.into_iter().find(|stage| stage.word() == word)
    }

    /// In French.
    pub fn label(self) -> &'static str {
        match self {
            Stage::Draft => "Brouillon",
            Stage::Open => "Ouverte",
            Stage::Reminded => "Relancée",
            Stage::Closed => "Close",
            Stage::Analysed => "Analysée",
            Stage::GivenBack => "Restituée",
        }
    }

    /// Answers are taken.
    pub fn is_open(self) -> bool {
        matches!(self, Stage::Open | Stage::Reminded)
    }

    /// Answers are no more taken: the figures change no more.
    pub fn is_final(self) -> bool {
        matches!(self, Stage::Closed | Stage::Analysed | Stage::GivenBack)
    }
}

impl ProducerKind {
    /// In the order of pages.
    pub const ALL: [ProducerKind; 7] = [
        ProducerKind::Department,
        ProducerKind::Group,
        ProducerKind::Commune,
        ProducerKind::Union,
        ProducerKind::Welfare,
        ProducerKind::Unit,
        ProducerKind::Other,
    ];

    /// The code of tables and rows.
    pub fn code(self) -> &'static str {
        match self {
            ProducerKind::Department => "DEPT",
            ProducerKind::Group => "EPCI",
            ProducerKind::Commune => "COM",
            ProducerKind::Union => "SYNDICAT",
            ProducerKind::Welfare => "CCAS",
            ProducerKind::Unit => "SERVICE",
            ProducerKind::Other => "AUTRE",
        }
    }

    /// From a table or a row.
    pub fn from_code(code: &str) -> Option<Self> {
        ProducerKind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            ProducerKind::Department => "Département",
            ProducerKind::Group => "Intercommunalité",
            ProducerKind::Commune => "Commune",
            ProducerKind::Union => "Syndicat",
            ProducerKind::Welfare => "CCAS",
            ProducerKind::Unit => "Service",
            ProducerKind::Other => "Autre",
        }
    }

    /// The kind of member that it would be (`model::MEMBER_KINDS`).
    pub fn member_kind(self) -> &'static str {
        match self {
            ProducerKind::Department => "departement",
            ProducerKind::Group => "epci",
            ProducerKind::Commune => "commune",
            ProducerKind::Union => "syndicat",
            ProducerKind::Welfare => "ccas",
            ProducerKind::Unit | ProducerKind::Other => "autre",
        }
    }
}

impl Channel {
    /// The word in rows.
    pub fn word(self) -> &'static str {
        match self {
            Channel::Link => "link",
            Channel::Paper => "paper",
        }
    }

    /// From a row.
    pub fn from_word(word: &str) -> Option<Self> {
        [Channel::Link, Channel::Paper].into_iter().find(|channel| channel.word() == word)
    }

    /// The word of tables.
    pub fn label(self) -> &'static str {
        match self {
            Channel::Link => "lien",
            Channel::Paper => "papier",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::MEMBER_KINDS;

    #[test]
    fn every_kind_of_producer_is_a_kind_of_member() {
        for kind in ProducerKind::ALL {
            assert!(MEMBER_KINDS.contains(&kind.member_kind()), "{kind:?}");
        }
    }
}
