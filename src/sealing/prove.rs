//! The proof of one entry, made from the rows: under its member's seal, under the platform's, under the stamps.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Error, Sealing, platform};
use crate::evidence::seal_queries;
use crate::evidence::token_queries::{self, KeptToken};
use crate::evidence::tree::Rows;
use crate::model::TenantId;
use crate::proof::checkpoint::Checkpoint;
use crate::proof::note::{Note, Verifier};
use crate::proof::sealed::{Proof, Token};
use crate::proof::tlog_proof::TlogProof;

fn travelling(kept: KeptToken) -> Token {
    Token {
        authority: kept.authority,
        demonstration: kept.is_demonstration,
        token: STANDARD.encode(kept.token),
    }
}

impl Sealing {
    /// The proof of a member's entry; `None` until a seal covers it and, where authorities are set, is stamped.
    pub async fn prove(&self, tenant: TenantId, seq: i64) -> Result<Option<Proof>, Error> {
        let Some((own, log)) = self.under_member(tenant, seq).await? else { return Ok(None) };
        let Some((number, above)) = self.under_platform(tenant, own).await? else { return Ok(None) };
        let mut tx = self.db.technical().await?;
        let tokens = token_queries::tokens_of(&mut tx, platform(), number).await?;
        let log_tokens = token_queries::tokens_of(&mut tx, tenant, own).await?;
        drop(tx);
        if tokens.is_empty() && !self.authorities.all.is_empty() {
            return Ok(None);
        }
        let roots = self
            .authorities
            .all
            .iter()
            .filter(|one| tokens.iter().chain(&log_tokens).any(|token| token.authority == one.name()));
        let roots = roots.map(|one| String::from_utf8_lossy(one.roots_pem()).into_owned()).collect();
        let [tokens, log_tokens] =
            [tokens, log_tokens].map(|tokens| tokens.into_iter().map(travelling).collect::<Vec<_>>());
        let known = self.keys.known()?.into_iter().map(|known| known.verifier);
        let signed =
            |key: &Verifier| [&log, &above].iter().any(|proof| proof.checkpoint.signed_by(key).is_some());
        let keys: Vec<Verifier> = known.filter(signed).collect();
        Ok(Some(Proof::new(&log, &above, tokens, &keys, roots).with_log_tokens(log_tokens)))
    }

    /// The entry's place under the member's first seal that covers it, and that seal's number.
    async fn under_member(&self, tenant: TenantId, seq: i64) -> Result<Option<(i64, TlogProof)>, Error> {
        let mut tx = self.db.read(tenant).await?;
        let Some(seal) = seal_queries::seal_over(&mut tx, seq).await? else { return Ok(None) };
        let checkpoint = Note::parse(&seal.note)?;
        let size = Checkpoint::parse(checkpoint.text())?.size;
        let index = seq.cast_unsigned().saturating_sub(1);
        let hashes = Rows::Member(&mut tx).inclusion(index, size).await?;
        Ok(hashes.map(|hashes| (seal.number, TlogProof { index, hashes, checkpoint })))
    }

    /// The member's head's place under the platform's first seal that covers it, and that seal's number.
    async fn under_platform(&self, tenant: TenantId, number: i64) -> Result<Option<(i64, TlogProof)>, Error> {
        let mut tx = self.db.technical().await?;
        let Some(position) = seal_queries::position(&mut tx, tenant, number).await? else { return Ok(None) };
        let Some(seal) = seal_queries::platform_seal_over(&mut tx, position + 1).await? else {
            return Ok(None);
        };
        let checkpoint = Note::parse(&seal.note)?;
        let size = Checkpoint::parse(checkpoint.text())?.size;
        let index = position.cast_unsigned();
        let hashes = Rows::Platform(&mut tx).inclusion(index, size).await?;
        drop(tx);
        let checkpoint = self.with_cosignatures(seal.number, checkpoint).await?;
        Ok(hashes.map(|hashes| (seal.number, TlogProof { index, hashes, checkpoint })))
    }
}
