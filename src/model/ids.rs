//! Identifiers, each its own type, so that none is taken for another.
//!
//! [`TenantId`] is the one that matters: it cannot be read from an address, a query or a body.
//!
//! ```compile_fail
//! // No `Deserialize`: a tenant comes from a verified token, a session, a job, or the member's own folder.
//! let tenant: chartrier::model::TenantId = serde_json::from_str("\"…\"").unwrap();
//! ```

use std::fmt;

use uuid::Uuid;

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

identifiers! {
    /// A deposit, from its reception on.
    TransferId,
    /// What one accepted transfer became: one OCFL object, one entry of the accession register.
    ArchiveId,
    /// An archive unit (unité d'archives) in the catalogue.
    UnitId,
    /// A binary object (objet numérique) in the catalogue.
    ObjectId,
    /// A message we have sent.
    MessageId,
    /// An agreement (accord de versement).
    AgreementId,
    /// A party named in agreements and manifests.
    PartyId,
    /// An archive profile (profil d'archivage), whatever its version.
    ProfileId,
    /// A person who logs in.
    PersonId,
    /// A machine that holds client credentials.
    MachineId,
}

/// The boundary between members: whoever holds one reaches that member's rows and objects, and no other's.
///
/// Derived from the member's code, so that the archive of a member can be found from its folder alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(Uuid);

/// Namespace of the members' identifiers (UUID version 5); never to change.
const MEMBERS: Uuid = Uuid::from_u128(0x5b0c_61d2_9f0e_4a57_8a0d_6d2f_1c3e_7b41);

impl TenantId {
    /// The tenant of the member whose folder under `tenants/` bears this code.
    pub fn of_member(code: &str) -> Self {
        Self(Uuid::new_v5(&MEMBERS, code.as_bytes()))
    }

    /// The tenant whose archives are canaries, the platform's own test objects; no member's code has an underscore.
    pub fn of_canaries() -> Self {
        Self::of_member(Self::CANARIES)
    }

    /// Code of that tenant.
    pub const CANARIES: &str = "_temoins";

    /// From a row that only a verified credential, a session or a job has led to.
    pub(crate) fn from_row(id: Uuid) -> Self {
        Self(id)
    }

    /// From the name of a storage root found on a site, which the operator's own hand has led to.
    pub(crate) fn of_storage_root(name: &str) -> Option<Self> {
        Uuid::parse_str(name).ok().filter(|id| id.to_string() == name).map(Self)
    }

    /// For storage folders and database parameters.
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
