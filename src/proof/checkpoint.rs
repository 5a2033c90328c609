//! The head of a log as anyone may check it (C2SP tlog-checkpoint): whose log it is, how many entries it has, the root
//! of their tree.
//!
//! Never signs: [`super::note`] does. Lines beyond the third bind what else the head is about, here its seal.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::merkle::{Hash, SIZE_MAX};

/// A log's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: a name without scheme, such as `archives.example.fr/e01`.
    pub origin: String,
    /// Entries of the log.
    pub size: u64,
    /// Root of their tree.
    pub root: Hash,
    /// Further lines, none of them empty.
    pub extensions: Vec<String>,
}

/// Why a text is no checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("point de contrôle illisible : {0}")]
pub struct Error(pub &'static str);

impl Checkpoint {
    /// The text to be signed, with its last newline.
    pub fn body(&self) -> String {
        let mut body = format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root));
        self.extensions.iter().for_each(|line| {
            body.push_str(line);
            body.push('\n');
        });
        body
    }

    /// Reads a note's text.
    pub fn parse(body: &str) -> Result<Self, Error> {
        let body = body.strip_suffix('\n').ok_or(Error("la dernière ligne n'est pas finie"))?;
        let mut lines = body.split('\n');
        let mut next = |missing| lines.next().filter(|line| !line.is_empty()).ok_or(Error(missing));
        let origin = next("le nom du journal manque")?.to_string();
        let digits = next("la taille manque")?;
        let size = digits.parse().ok().filter(|size: &u64| size.to_string() == digits && *size <= SIZE_MAX);
        let size = size.ok_or(Error("la taille n'est pas un nombre"))?;
        let root = STANDARD.decode(next("la racine manque")?).ok().and_then(|root| root.try_into().ok());
        let root = root.ok_or(Error("la racine n'est pas une empreinte"))?;
        let extensions: Vec<String> = lines.map(str::to_string).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(Error("une ligne est vide"));
        }
        Ok(Self { origin, size, root, extensions })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_reads_back_and_nothing_else_reads() {
        let checkpoint = Checkpoint {
            origin: "archives.example.fr/e01".into(),
            size: 20_852_163,
            root: [7; 32],
            extensions: vec!["seal 3 sha256:00".into()],
        };
        let body = checkpoint.body();
        assert_eq!(Checkpoint::parse(&body), Ok(checkpoint));
        let whole: Vec<&str> = body.lines().collect();
        for wrong in [
            body.trim_end().to_string(),
            body.replace("20852163", "020852163"),
            body.replace("20852163", "+1"),
            body.replace(whole[2], "AAAA"),
            format!("\n{body}"),
            format!("{body}\n"),
            whole[..2].join("\n") + "\n",
            String::new(),
        ] {
            assert!(Checkpoint::parse(&wrong).is_err(), "{wrong:?}");
        }
    }
}
