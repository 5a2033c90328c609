//! Tables as spreadsheets give them (UTF-8, columns apart by « ; », a line of heads): read whole, or refused with every line that is
//! wrong.
//!
//! Knows no column by itself: whoever imports says which there are and reads each line. The one thing to know: heads are compared
//! without accents nor case, and stand in any order.

/// Faults told at once.
const FAULTS_MAX: usize = 50;

/// A column: its name without accents, and whether it must be there.
pub type Columns = &'static [(&'static str, bool)];

/// How much of a table is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub bytes_max: usize,
    pub lines_max: usize,
    /// Characters of a value read by [`Line::text`].
    pub chars_max: usize,
}

/// A line of a table, its values by the names of the columns.
pub struct Line<'a> {
    heads: &'a [String],
    record: &'a csv::StringRecord,
    chars_max: usize,
}

impl Line<'_> {
    /// A value without the spaces around it; empty when the column is not there.
    pub fn value(&self, name: &str) -> String {
        let at = self.heads.iter().position(|head| head == name);
        at.and_then(|at| self.record.get(at)).unwrap_or_default().trim().to_owned()
    }

    /// A text of one line.
    pub fn text(&self, name: &str, is_needed: bool) -> Result<String, String> {
        let text = self.value(name);
        if is_needed && text.is_empty() {
            return Err(format!("« {name} » manque"));
        }
        if text.chars().count() > self.chars_max || text.contains(char::is_control) {
            return Err(format!("« {name} » : {} caractères au plus, sur une ligne", self.chars_max));
        }
        Ok(text)
    }
}

/// Each line read, or all that is wrong.
pub fn read<T>(
    table: &str,
    columns: Columns,
    bounds: Bounds,
    mut read: impl FnMut(&Line) -> Result<T, String>,
) -> Result<Vec<T>, Vec<String>> {
    let table = table.trim_start_matches('\u{feff}');
    if table.len() > bounds.bytes_max {
        return Err(vec![format!("le tableau dépasse {} octets", bounds.bytes_max)]);
    }
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').flexible(true).from_reader(table.as_bytes());
    let heads: Vec<String> = match reader.headers() {
        Ok(heads) => heads.iter().map(folded).collect(),
        Err(_) => return Err(vec!["le tableau ne se lit pas : séparez les colonnes par « ; »".into()]),
    };
    let mut faults = faults_of_heads(&heads, columns);
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut found = Vec::new();
    for record in reader.records() {
        let Ok(record) = record else {
            faults
                .push("le tableau ne se lit pas jusqu'au bout : un guillemet ouvert n'est pas fermé".into());
            break;
        };
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(|value| value.trim().is_empty()) {
            continue;
        }
        // A name with a « ; » of its own would push the others one column further.
        if record.iter().skip(heads.len()).any(|value| !value.trim().is_empty()) {
            faults.push(format!("ligne {line} : plus de valeurs que de colonnes"));
        } else {
            match read(&Line { heads: &heads, record: &record, chars_max: bounds.chars_max }) {
                Ok(one) => found.push(one),
                Err(fault) => faults.push(format!("ligne {line} : {fault}")),
            }
        }
        if faults.len() >= FAULTS_MAX || found.len() > bounds.lines_max {
            break;
        }
    }
    if faults.len() >= FAULTS_MAX || found.len() > bounds.lines_max {
        faults.push(format!("{} lignes au plus, et chacune juste", bounds.lines_max));
    }
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

fn faults_of_heads(heads: &[String], columns: Columns) -> Vec<String> {
    let missing =
        columns.iter().filter(|(name, is_needed)| *is_needed && !heads.iter().any(|head| head == name));
    let missing = missing.map(|(name, _)| format!("ligne 1 : la colonne « {name} » manque"));
    let unknown = heads.iter().filter(|head| columns.iter().all(|(name, _)| name != head));
    missing.chain(unknown.map(|head| format!("ligne 1 : la colonne « {head} » est inconnue"))).collect()
}

/// A name without accents nor capitals.
pub fn folded(name: &str) -> String {
    let plain = |c: char| match c {
        'é' | 'è' | 'ê' | 'É' | 'È' => 'e',
        'à' | 'â' => 'a',
        c => c.to_ascii_lowercase(),
    };
    name.trim().chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: Columns = &[("nom", true), ("ville", false)];
    const BOUNDS: Bounds = Bounds { bytes_max: 60, lines_max: 2, chars_max: 5 };

    fn names(table: &str) -> Result<Vec<String>, Vec<String>> {
        read(table, COLUMNS, BOUNDS, |line| line.text("nom", true))
    }

    #[test]
    fn a_table_is_read_whole_or_each_wrong_line_told() {
        assert_eq!(names("\u{feff}Ville;Nom\nX;Anna\n;;\nY; Léo \n").unwrap(), ["Anna", "Léo"]);
        assert_eq!(
            names("nom\nAnna\n\"\"\nAlexandre\n").unwrap_err(),
            ["ligne 4 : « nom » : 5 caractères au plus, sur une ligne"]
        );
        assert_eq!(names("nom;ville\n;X\n").unwrap_err(), ["ligne 2 : « nom » manque"]);
        assert_eq!(names("nom\na;\nb;c\n").unwrap_err(), ["ligne 3 : plus de valeurs que de colonnes"]);
        assert_eq!(names("nom\na\nb\nc\n").unwrap_err(), ["2 lignes au plus, et chacune juste"]);
        assert_eq!(names(&"x".repeat(61)).unwrap_err(), ["le tableau dépasse 60 octets"]);
        assert_eq!(
            names("pays\n").unwrap_err(),
            ["ligne 1 : la colonne « nom » manque", "ligne 1 : la colonne « pays » est inconnue"]
        );
    }
}
