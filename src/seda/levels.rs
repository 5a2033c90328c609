//! Levels of description (`DescriptionLevel`, seda.md; after ISAD(G) 3.1.4).

/// Those of every version from 0.2 on, from above to below.
pub const LEVELS: [&str; 10] = [
    "Fonds",
    "Subfonds",
    "Class",
    "Collection",
    "Series",
    "Subseries",
    "RecordGrp",
    "SubGrp",
    "File",
    "Item",
];
/// Any other; it came with 2.1.
pub const OTHER_LEVEL: &str = "OtherLevel";
