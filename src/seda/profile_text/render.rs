//! The lines of a profile as plain text, for a terminal or a printed sheet.

use super::Line;

/// Indented by two spaces a level; a line's value follows it, what its author says goes below.
pub fn render(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        let margin = "  ".repeat(line.depth);
        text.push_str(&margin);
        text.push_str(&line.name);
        if !line.occurrence.is_empty() {
            text.push_str(" — ");
            text.push_str(line.occurrence);
        }
        if let Some(value) = &line.value {
            text.push_str(" ; ");
            text.push_str(value);
        }
        text.push('\n');
        if let Some(documentation) = &line.documentation {
            text.push_str(&margin);
            text.push_str("  (");
            text.push_str(documentation);
            text.push_str(")\n");
        }
    }
    text
}
