//! A log's files, made from its rows for whoever mirrors it.

use super::{Error, Sealing, platform};
use crate::evidence::seal_queries as queries;
use crate::evidence::token_queries::{self, KeptToken};
use crate::evidence::tree::Rows;
use crate::evidence::witness_queries;
use crate::model::TenantId;
use crate::proof::checkpoint::Checkpoint;
use crate::proof::note::{Note, Signature, Verifier};
use crate::proof::tiles::{self, Named, WIDTH};

/// A file of a log.
#[derive(Debug)]
pub enum LogFile {
    /// The signed head, which changes.
    Checkpoint(String),
    /// What never does: a tile, a bundle of entries' hashes.
    Tile(Vec<u8>),
    /// A seal's record, in JSON.
    Record(String),
    /// A seal's signed head.
    Note(String),
    /// A time stamp over a head, in DER.
    Token(Vec<u8>),
    /// A witness's line under a head.
    Cosignature(String),
}

/// A seal that shows how proofs are checked: the last one that is stamped, else the last one.
#[derive(Clone, Debug)]
pub struct Example {
    pub number: u64,
    /// The public key that signed it.
    pub key: Verifier,
    /// Names of the authorities that stamped it, in the order of the stamps.
    pub authorities: Vec<String>,
}

/// A file of one seal: `seals/000012.note`.
enum OfSeal {
    Record,
    Note,
    Token(u16),
    /// Identifier of the witness's key.
    Cosignature([u8; 4]),
}

/// Reads `000012.note`; `None` for another form, or the same number written otherwise.
fn of_seal(name: &str) -> Option<(u64, OfSeal)> {
    let (digits, kind) = name.split_once('.')?;
    let number = digits.parse().ok().filter(|number| *number > 0 && format!("{number:06}") == digits)?;
    let of = match kind {
        "json" => OfSeal::Record,
        "note" => OfSeal::Note,
        kind if kind.ends_with(".cosig") => {
            let id =
                kind.strip_suffix(".cosig").filter(|id| !id.contains(|c: char| c.is_ascii_uppercase()))?;
            OfSeal::Cosignature(hex::decode(id).ok()?.try_into().ok()?)
        }
        kind => {
            let digits = kind.strip_suffix(".tsr")?;
            let ordinal =
                digits.parse().ok().filter(|ordinal: &u16| *ordinal > 0 && ordinal.to_string() == digits)?;
            OfSeal::Token(ordinal)
        }
    };
    Some((number, of))
}

impl Sealing {
    /// The file of this name (`checkpoint`, `tile/0/000.p/5`, `seals/000012.note`) in a member's log, or in the platform's;
    /// `None` when there is none under the last seal.
    pub async fn file(&self, tenant: Option<TenantId>, name: &str) -> Result<Option<LogFile>, Error> {
        if let Some((number, of)) = name.strip_prefix("seals/").and_then(of_seal) {
            return self.file_of_seal(tenant, number, of).await;
        }
        let last = match tenant {
            Some(tenant) => queries::last_seal(&mut self.db.read(tenant).await?).await?,
            None => queries::last_platform_seal(&mut self.db.technical().await?).await?,
        };
        let Some(last) = last else { return Ok(None) };
        if name == "checkpoint" && tenant.is_none() {
            let note = self.with_cosignatures(last.number, Note::parse(&last.note)?).await?;
            return Ok(Some(LogFile::Checkpoint(note.to_string())));
        }
        if name == "checkpoint" {
            return Ok(Some(LogFile::Checkpoint(last.note)));
        }
        let size = Checkpoint::parse(Note::parse(&last.note)?.text())?.size;
        let Some(Named { tile, is_entries }) = Named::parse(name).filter(|named| named.tile.is_under(size))
        else {
            return Ok(None);
        };
        let bytes = match tenant {
            Some(tenant) => read(Rows::Member(&mut self.db.read(tenant).await?), tile, is_entries).await?,
            None => read(Rows::Platform(&mut self.db.technical().await?), tile, is_entries).await?,
        };
        Ok(Some(LogFile::Tile(bytes)))
    }

    async fn file_of_seal(
        &self,
        tenant: Option<TenantId>,
        number: u64,
        of: OfSeal,
    ) -> Result<Option<LogFile>, Error> {
        let Ok(number) = i64::try_from(number) else { return Ok(None) };
        if let OfSeal::Cosignature(id) = of {
            if tenant.is_some() {
                return Ok(None);
            }
            let lines = witness_queries::cosignatures(&mut self.db.technical().await?, number).await?;
            let wanted = |line: &String| Signature::parse(line).is_ok_and(|line| line.key_id == id);
            let line = lines.into_iter().map(|cosigned| cosigned.line).find(wanted);
            return Ok(line.map(|line| LogFile::Cosignature(line + "\n")));
        }
        if let OfSeal::Token(ordinal) = of {
            let mut tx = self.db.technical().await?;
            let tokens = token_queries::tokens_of(&mut tx, tenant.unwrap_or_else(platform), number).await?;
            let wanted = |token: &KeptToken| token.ordinal.unsigned_abs() == ordinal;
            return Ok(tokens.into_iter().find(wanted).map(|kept| LogFile::Token(kept.token)));
        }
        let seals = match tenant {
            Some(tenant) => queries::seals_after(&mut self.db.read(tenant).await?, number - 1, 1).await?,
            None => queries::platform_seals_after(&mut self.db.technical().await?, number - 1, 1).await?,
        };
        let seal = seals.into_iter().find(|seal| seal.number == number);
        Ok(seal.map(|seal| match of {
            OfSeal::Record => LogFile::Record(seal.record),
            OfSeal::Note | OfSeal::Token(_) | OfSeal::Cosignature(_) => LogFile::Note(seal.note),
        }))
    }

    /// A head of the platform's with what witnesses put under it.
    pub(super) async fn with_cosignatures(&self, number: i64, mut note: Note) -> Result<Note, Error> {
        let lines = witness_queries::cosignatures(&mut self.db.technical().await?, number).await?;
        for cosigned in lines {
            note.add(Signature::parse(&cosigned.line)?);
        }
        Ok(note)
    }

    /// A seal of the platform's that shows how proofs are checked; `None` when nothing was sealed.
    pub async fn example(&self) -> Result<Option<Example>, Error> {
        let mut tx = self.db.technical().await?;
        let seal = match token_queries::last_stamped(&mut tx, platform()).await? {
            Some(number) => queries::platform_seals_after(&mut tx, number - 1, 1).await?.pop(),
            None => queries::last_platform_seal(&mut tx).await?,
        };
        let Some(seal) = seal else { return Ok(None) };
        let tokens = token_queries::tokens_of(&mut tx, platform(), seal.number).await?;
        drop(tx);
        let note = Note::parse(&seal.note)?;
        let known = self.keys.known()?.into_iter().map(|known| known.verifier);
        let key = known.into_iter().find(|key| note.signed_by(key).is_some());
        Ok(key.map(|key| Example {
            number: seal.number.unsigned_abs(),
            key,
            authorities: tokens.into_iter().map(|token| token.authority).collect(),
        }))
    }
}

async fn read(mut rows: Rows<'_>, tile: tiles::Tile, is_entries: bool) -> Result<Vec<u8>, Error> {
    if is_entries {
        let data = rows.data(tile.index * WIDTH, tile.width.into()).await?;
        return Ok(tiles::bundle(&data));
    }
    Ok(tiles::bytes(&rows.tile(tile).await?))
}
