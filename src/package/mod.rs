//! SIP, AIP and DIP as containers: arithmetic on their bytes, no decision about them.

pub mod accession;
pub mod ocfl;
pub mod premis;
