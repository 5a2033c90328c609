//! Every limit put on what comes from outside, in one struct: bytes, entries, ratio, depth, units, seconds.

use std::time::Duration;

/// Bounds of one transfer. A transfer past any of them is refused in words, never half read.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of the file as received.
    pub received_bytes_max: u64,
    /// Bytes of all files once expanded.
    pub expanded_bytes_max: u64,
    /// Expanded bytes for one received, over the whole container; small containers are let alone below
    /// `ratio_free_bytes`.
    pub expansion_ratio_max: u64,
    /// Expanded bytes under which the ratio is not looked at.
    pub ratio_free_bytes: u64,
    /// Files and folders in the container.
    pub entries_max: u64,
    /// Bytes of one entry's name.
    pub name_bytes_max: usize,
    /// Folders above a file.
    pub name_depth_max: usize,
    /// Bytes of the manifest.
    pub manifest_bytes_max: u64,
    /// Elements of the manifest: each takes time and room on disk, however short it is written.
    pub xml_elements_max: usize,
    /// Elements open at once.
    pub xml_depth_max: usize,
    /// Attributes of one element.
    pub xml_attributes_max: usize,
    /// Names of elements and attributes that differ.
    pub xml_names_max: usize,
    /// Bytes of one text, attribute or name in the manifest (inline objects apart).
    pub xml_text_bytes_max: usize,
    /// Archive units.
    pub units_max: usize,
    /// Binary and physical objects.
    pub objects_max: usize,
    /// Findings kept; the rest are counted.
    pub findings_max: usize,
    /// Time to examine one transfer.
    pub examination_max: Duration,
}

impl Limits {
    /// For what was within the limits of its day: those that an operator may have raised meanwhile, or lowered, are off.
    pub fn of_what_was_accepted() -> Self {
        Self {
            received_bytes_max: u64::MAX,
            expanded_bytes_max: u64::MAX,
            expansion_ratio_max: u64::MAX,
            entries_max: u64::MAX,
            manifest_bytes_max: u64::MAX,
            xml_elements_max: usize::MAX,
            // Units and objects are numbered on 32 bits.
            units_max: u32::MAX as usize,
            objects_max: u32::MAX as usize,
            ..Self::default()
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            received_bytes_max: 20 << 30,
            expanded_bytes_max: 40 << 30,
            expansion_ratio_max: 1_000,
            ratio_free_bytes: 64 << 20,
            entries_max: 200_000,
            name_bytes_max: 4_096,
            name_depth_max: 64,
            manifest_bytes_max: 4 << 30,
            xml_elements_max: 150_000_000,
            xml_depth_max: 256,
            xml_attributes_max: 64,
            xml_names_max: 20_000,
            xml_text_bytes_max: 1 << 20,
            units_max: 2_000_000,
            objects_max: 2_000_000,
            findings_max: 1_000,
            examination_max: Duration::from_secs(4 * 3600),
        }
    }
}
