//! The members' files once more, for what the demonstration needs of them: machines' secrets to deposit with,
//! people's logins to print. `membership` is what applies them.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::cli::Failure;
use crate::model::{Role, TenantId};

/// A member, as its file says. Keys that the demonstration does not need are let through.
#[derive(Debug, Deserialize)]
pub struct Member {
    pub code: String,
    pub name: String,
    pub quota: Quota,
    #[serde(default)]
    pub agreement: Vec<toml::Table>,
    #[serde(default)]
    pub person: Vec<Person>,
    #[serde(default)]
    pub machine: Vec<Machine>,
}

#[derive(Debug, Deserialize)]
pub struct Quota {
    pub bytes: u64,
}

#[derive(Debug, Deserialize)]
pub struct Person {
    pub login: String,
    pub roles: Vec<String>,
    pub password: String,
}

#[derive(Debug, Deserialize)]
pub struct Machine {
    pub client_id: String,
    pub secret: String,
}

impl Member {
    /// The tenant this member is.
    pub fn tenant(&self) -> TenantId {
        TenantId::of_member(&self.code)
    }
}

impl Person {
    /// The roles as people read them.
    pub fn labels(&self) -> String {
        let labels: Vec<&str> =
            self.roles.iter().filter_map(|word| Role::from_word(word)).map(Role::label).collect();
        labels.join(", ")
    }
}

/// Every member under `folder`, by code; refuses files whose secrets are not demonstration ones.
pub fn read_all(folder: &Path) -> Result<Vec<Member>, Failure> {
    let mut members = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| format!("{} : {error}", folder.display()))? {
        let path = entry?.path().join("member.toml");
        if !path.is_file() {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        let member: Member =
            toml::from_str(&text).map_err(|error| format!("{} : {error}", path.display()))?;
        let secrets = member.machine.iter().map(|machine| &machine.secret);
        let words = member.person.iter().map(|person| &person.password);
        if secrets.chain(words).any(|secret| !secret.starts_with("demonstration-")) {
            return Err(format!("{} n'est pas une collectivité de démonstration", path.display()).into());
        }
        members.push(member);
    }
    members.sort_by(|one, other| one.code.cmp(&other.code));
    Ok(members)
}
