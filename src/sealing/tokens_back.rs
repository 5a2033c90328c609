//! Tokens taken back from the sites by a database that has forgotten them: before an authority is asked for one, the sites are.
//!
//! Never takes what does not stamp the head, under the roots of an authority of the settings.

use super::stamp::{stamped_bytes, token_name};
use super::{Error, Sealing, Which, blocking};
use crate::evidence::seal_queries::KeptSeal;
use crate::evidence::token_queries as queries;
use crate::proof::note::Note;
use crate::proof::token::{self, Stamp};
use crate::timestamp::{Authority, Stamped};

/// What the sites have of a head's tokens that the rows have not.
pub(super) enum Back {
    /// So many, which the rows have now.
    Taken(usize),
    /// One that stamps the head and that no authority of the settings gave: asking for another would make two stories.
    Unknown(String),
}

/// What a file under a token's name is.
enum Found<'a> {
    Nothing,
    Token(&'a Authority, Box<Stamped>),
    Unknown(String),
}

impl Sealing {
    /// Takes back the tokens of a head after those of the rows, in their order.
    pub(super) async fn take_back_tokens(&self, log: Which, seal: &KeptSeal) -> Result<Back, Error> {
        let mut tx = self.db.technical().await?;
        let known = queries::tokens_of(&mut tx, log.tenant(), seal.number).await?;
        drop(tx);
        let note = Note::parse(&seal.note)?;
        let mut tokens: Vec<Vec<u8>> = known.into_iter().map(|kept| kept.token).collect();
        let mut taken = 0;
        loop {
            let ordinal = tokens.len() as u16 + 1;
            let bytes = stamped_bytes(note.text(), &tokens);
            match self.published_token(log, (seal.number.cast_unsigned(), ordinal), bytes).await? {
                Found::Nothing => return Ok(Back::Taken(taken)),
                Found::Unknown(reason) if taken == 0 => return Ok(Back::Unknown(reason)),
                Found::Unknown(_) => return Ok(Back::Taken(taken)),
                Found::Token(authority, stamped) => {
                    tokens.push(stamped.token.clone());
                    taken += self
                        .keep_token(log, (seal.number, ordinal.cast_signed()), authority, *stamped)
                        .await?;
                }
            }
        }
    }

    /// The token of this name that stamps these bytes, from the first site that has it. A site that is away, or that
    /// holds something else under that name, keeps nothing waiting: the latter is told when the token is published.
    async fn published_token(
        &self,
        log: Which,
        (number, ordinal): (u64, u16),
        bytes: Vec<u8>,
    ) -> Result<Found<'_>, Error> {
        let name = token_name(number, ordinal);
        let mut unknown = None;
        for site in self.storage.sites() {
            let (store, file) = (self.storage.tenant(log.tenant()).on(&[site])?, name.clone());
            let token = match blocking(move || Ok(store.kept(&file)?)).await {
                Ok(Some(token)) => token,
                Ok(None) => continue,
                Err(error) => {
                    tracing::warn!(%error, site, "time stamps of a site were not read");
                    continue;
                }
            };
            match self.recognized(&token, &bytes) {
                Ok(Some((authority, stamp))) => {
                    return Ok(Found::Token(authority, Box::new(Stamped { token, stamp })));
                }
                Ok(None) => {
                    unknown = Some(format!(
                        "{site} a un jeton {name} qu'aucune autorité réglée n'a donné : gardez le réglage de celle qui l'a \
                         donné, avec ask = false"
                    ));
                }
                Err(error) => {
                    tracing::error!(%error, site, name, "what stands there is no time stamp of the seal");
                }
            }
        }
        Ok(unknown.map_or(Found::Nothing, Found::Unknown))
    }

    /// Who gave a token that stamps these bytes; `None`: nobody of the settings.
    fn recognized(&self, token: &[u8], bytes: &[u8]) -> Result<Option<(&Authority, Stamp)>, token::Error> {
        for authority in &self.authorities.all {
            if let Ok(stamp) = token::verify(token, bytes, authority.roots()) {
                return Ok(Some((authority, stamp)));
            }
        }
        token::verify_alone(token, bytes).map(|_| None)
    }
}
