//! What an archive profile asks, told to an archivist in French: one line an element or attribute, in the bordereau's order.
//!
//! Never tells everything: attributes that nobody has to fill in are gathered on one line, what was told once is not told
//! twice, and past a number of lines the rest is left out. The one thing to know: it reads the compiled grammar, not the
//! file, so that what is told is what is checked.

use super::relaxng::Profile;

mod names;
mod outline;
mod render;
#[cfg(test)]
mod tests;
mod times;
mod values;

pub use render::render;

/// One line of what a profile asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Lines above it, from 0.
    pub depth: usize,
    /// Element or attribute (`@…`) as the standard names it; or, for lines that gather others, « au choix », « soit »,
    /// « ensemble », « dans n'importe quel ordre ».
    pub name: String,
    /// How often it comes: « obligatoire », « facultatif, répétable (0 à n) »…
    pub occurrence: &'static str,
    /// An element or attribute that must be there, wherever what is above it is.
    pub is_required: bool,
    /// What it must hold, when that is not free: « valeur fixée : « … » », « une date (AAAA-MM-JJ) »…
    pub value: Option<String>,
    /// That value is one the profile gives, or one of several it gives.
    pub is_fixed: bool,
    /// What the profile's author says of it.
    pub documentation: Option<String>,
}

/// Most lines told.
pub const LINES_MAX: usize = 5_000;

/// What a profile asks, line by line.
pub fn explain(profile: &Profile) -> Vec<Line> {
    outline::outline(profile)
}
