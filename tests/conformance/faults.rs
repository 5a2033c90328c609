//! Where a reference is known to be wrong, each with its reason, and a test that recognises nothing else.
//!
//! Never a way to pass: what a fault explains is counted and shown, and a sample of it is put to the arbiter, which must
//! side with us.

use crate::ours::Verdict;
use crate::reference::Opinion;

/// A proven fault of a reference.
pub struct Fault {
    pub name: &'static str,
    /// Why the reference is wrong, shown under the table.
    pub reason: &'static str,
    /// The arbiter shares the fault, or knows nothing of it: it is not asked.
    pub beyond_arbiter: bool,
    pub explains: fn(&[u8], &Verdict, &Opinion) -> bool,
}

/// libxml2's, under the official schemas.
pub const LIBXML2: &[Fault] = &[Fault {
    name: "référence sans cible",
    reason: "XML Schema 1.0, partie 1, 3.15.4 (ID/IDREF binding) : un IDREF doit nommer un ID du document. \
             libxml2 ne le vérifie jamais.",
    beyond_arbiter: false,
    explains: |_, ours, reference| ours.dangling_only && reference.valid,
}];

/// Jing's, under RELAX NG.
pub const JING: &[Fault] = &[];

/// The fault that explains a difference.
pub fn explanation(
    faults: &'static [Fault],
    bytes: &[u8],
    ours: &Verdict,
    reference: &Opinion,
) -> Option<&'static Fault> {
    faults.iter().find(|fault| (fault.explains)(bytes, ours, reference))
}
