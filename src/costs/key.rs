//! Keys of sharing, and what a member weighs under each.

use super::Error;

/// What a member is, or did, in a year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// Legal population.
    pub population: u64,
    /// Voted for its type, in percent: the same inhabitant is its commune's, its EPCI's and its département's.
    pub coefficient_percent: u64,
    /// Of membership.
    pub days: u32,
    /// Byte-days, or what stands for them; never prorated: it was measured.
    pub stock: u128,
    /// Bytes deposited.
    pub deposited: u128,
    /// Months in which a flow was active, each flow counted.
    pub flow_months: u64,
    /// Bears nothing but what names it.
    pub is_exempt: bool,
}

/// By what an amount is shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// Days of membership.
    Equal,
    /// Population × coefficient × days.
    Population,
    Stock,
    Deposits,
    Flows,
    /// One member bears it all.
    Direct(String),
    /// Some members, each with its weight.
    List(Vec<(String, u64)>),
}

impl Key {
    /// The key of its word: `EGAL`, `POPULATION`, `STOCK`, `DEPOT`, `FLUX`, `DIRECT:code`, `LISTE:code,code=2`.
    pub fn from_word(word: &str) -> Result<Key, Error> {
        let unknown = || Error::UnknownKey(word.to_owned());
        Ok(match word.split_once(':') {
            None => match word {
                "EGAL" => Key::Equal,
                "POPULATION" => Key::Population,
                "STOCK" => Key::Stock,
                "DEPOT" => Key::Deposits,
                "FLUX" => Key::Flows,
                _ => return Err(unknown()),
            },
            Some(("DIRECT", code)) if !code.is_empty() => Key::Direct(code.to_owned()),
            Some(("LISTE", list)) => {
                let one = |member: &str| match member.trim().split_once('=') {
                    None => Some((member.trim().to_owned(), 1)),
                    Some((code, weight)) => Some((code.trim().to_owned(), weight.trim().parse().ok()?)),
                };
                let list: Option<Vec<_>> = list.split(',').map(one).collect();
                Key::List(
                    list.filter(|list| list.iter().all(|(code, _)| !code.is_empty())).ok_or_else(unknown)?,
                )
            }
            Some(_) => return Err(unknown()),
        })
    }

    /// Its word, which [`Key::from_word`] reads.
    pub fn word(&self) -> String {
        match self {
            Key::Equal => "EGAL".into(),
            Key::Population => "POPULATION".into(),
            Key::Stock => "STOCK".into(),
            Key::Deposits => "DEPOT".into(),
            Key::Flows => "FLUX".into(),
            Key::Direct(code) => format!("DIRECT:{code}"),
            Key::List(list) => {
                let one = |(code, weight): &(String, u64)| match weight {
                    1 => code.clone(),
                    weight => format!("{code}={weight}"),
                };
                format!("LISTE:{}", list.iter().map(one).collect::<Vec<_>>().join(","))
            }
        }
    }

    /// What each member weighs, in the order given.
    pub fn weights<'a>(&self, members: &'a [(String, Measure)]) -> Result<Vec<(&'a str, u128)>, Error> {
        let named: &[(String, u64)] = match self {
            Key::List(list) => list,
            Key::Direct(code) => &[(code.clone(), 1)],
            _ => &[],
        };
        if let Some((unknown, _)) =
            named.iter().find(|(code, _)| members.iter().all(|(known, _)| known != code))
        {
            return Err(Error::UnknownMember { key: self.word(), member: unknown.clone() });
        }
        members
            .iter()
            .map(|(code, measure)| Ok((code.as_str(), self.weight(code, measure, named)?)))
            .collect()
    }

    fn weight(&self, code: &str, measure: &Measure, named: &[(String, u64)]) -> Result<u128, Error> {
        let product = |factors: [u64; 3]| {
            let whole =
                factors.iter().try_fold(1_u128, |whole, factor| whole.checked_mul(u128::from(*factor)));
            whole.ok_or(Error::TooLarge)
        };
        let is_named = matches!(self, Key::Direct(_) | Key::List(_));
        if measure.is_exempt && !is_named {
            return Ok(0);
        }
        Ok(match self {
            Key::Equal => measure.days.into(),
            Key::Population => {
                product([measure.population, measure.coefficient_percent, measure.days.into()])?
            }
            Key::Stock => measure.stock,
            Key::Deposits => measure.deposited,
            Key::Flows => measure.flow_months.into(),
            Key::Direct(_) | Key::List(_) => {
                named.iter().filter(|(known, _)| known == code).map(|(_, weight)| u128::from(*weight)).sum()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_written() {
        for word in ["EGAL", "POPULATION", "STOCK", "DEPOT", "FLUX", "DIRECT:D01", "LISTE:C01,C02=3"] {
            assert_eq!(Key::from_word(word).unwrap().word(), word);
        }
        for wrong in ["", "egal", "DIRECT:", "LISTE:", "LISTE:a,,b", "LISTE:a=x", "LISTE:a=-1", "AUTRE:x"] {
            assert!(Key::from_word(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_key_that_names_nobody_of_the_year_is_refused() {
        let members = [("C01".to_owned(), Measure { days: 365, ..Measure::default() })];
        let wrong = Key::from_word("DIRECT:C02").unwrap().weights(&members);
        assert_eq!(wrong, Err(Error::UnknownMember { key: "DIRECT:C02".into(), member: "C02".into() }));
        assert_eq!(Key::Equal.weights(&members), Ok(vec![("C01", 365)]));
    }
}
