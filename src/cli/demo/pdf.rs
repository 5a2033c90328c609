//! The demonstration's documents: a plain text with a few marks becomes a small PDF 1.4.
//!
//! Not a writer for real documents: two standard fonts, Latin text, no image. The same text always gives the
//! same bytes, so that a deposit made twice is the same deposit. [`layout`] places words, this file writes.

use std::fmt::Write as _;

use super::layout::{self, Font, Mark, PAGE_HEIGHT, PAGE_WIDTH};

/// The document of a text. Marks, each at the start of a line: `!` letterhead, `=` title, `==` subtitle,
/// `>` to the right, `-` item, `|` row of a table (the first is its head); `*words*` are bold.
pub fn render(text: &str) -> Vec<u8> {
    let pages = layout::pages(text);
    let title = text.lines().find_map(|line| line.strip_prefix("= ")).unwrap_or("Document");
    let mut objects: Vec<Vec<u8>> = Vec::new();
    objects.push(b"<< /Type /Catalog /Pages 2 0 R /Lang (fr-FR) >>".to_vec());
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 6 + 2 * page)).collect();
    objects
        .push(format!("<< /Type /Pages /Count {} /Kids [{}] >>", pages.len(), kids.join(" ")).into_bytes());
    for font in ["Helvetica", "Helvetica-Bold"] {
        objects.push(
            format!("<< /Type /Font /Subtype /Type1 /BaseFont /{font} /Encoding /WinAnsiEncoding >>")
                .into_bytes(),
        );
    }
    let mut information = b"<< /Producer (chartrier) /Title ".to_vec();
    information.extend(literal(title));
    information.extend(b" >>");
    objects.push(information);
    for (number, marks) in pages.iter().enumerate() {
        objects.push(
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {PAGE_WIDTH} {PAGE_HEIGHT}] \
                 /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents {} 0 R >>",
                7 + 2 * number
            )
            .into_bytes(),
        );
        let drawn = drawing(marks);
        let mut stream = format!("<< /Length {} >>\nstream\n", drawn.len()).into_bytes();
        stream.extend(drawn);
        stream.extend(b"\nendstream");
        objects.push(stream);
    }
    file(&objects)
}

/// Header, objects, cross-reference table and trailer.
fn file(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = String::new();
    for (index, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", out.len());
        out.extend(format!("{} 0 obj\n", index + 1).as_bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let start = out.len();
    let count = objects.len() + 1;
    out.extend(
        format!(
            "xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R /Info 5 0 R >>\n\
             startxref\n{start}\n%%EOF\n"
        )
        .as_bytes(),
    );
    out
}

/// The operators that draw a page; heights are measured from the foot of the page.
fn drawing(marks: &[Mark]) -> Vec<u8> {
    let mut out = Vec::new();
    for mark in marks {
        match mark {
            Mark::Text { x, y, font, size, words } => {
                let name = if *font == Font::Bold { "F2" } else { "F1" };
                out.extend(format!("BT /{name} {size} Tf {x:.2} {y:.2} Td ").as_bytes());
                out.extend(literal(words));
                out.extend(b" Tj ET\n");
            }
            Mark::Rule { x, y, width } => {
                out.extend(format!("0.6 w 0.45 G {x:.2} {y:.2} m {:.2} {y:.2} l S\n", x + width).as_bytes());
            }
            Mark::Shade { x, y, width, height } => {
                out.extend(format!("0.92 g {x:.2} {y:.2} {width:.2} {height:.2} re f 0 g\n").as_bytes());
            }
        }
    }
    out
}

/// A PDF string in WinAnsi.
fn literal(words: &str) -> Vec<u8> {
    let mut out = vec![b'('];
    for byte in words.chars().map(layout::win_ansi) {
        if matches!(byte, b'(' | b')' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b')');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_of_the_table_point_at_objects() {
        let pdf = render("! Mairie\n= Titre (avec parenthèses)\n\nTexte à 10 €.\n\n| a | b\n| c | 1,00\n");
        let text = String::from_utf8_lossy(&pdf);
        let start: usize =
            text.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
        assert!(pdf[start..].starts_with(b"xref\n"));
        let table = String::from_utf8_lossy(&pdf[start..]).into_owned();
        let lines: Vec<&str> = table.lines().skip(3).take_while(|line| line.ends_with("n ")).collect();
        assert_eq!(lines.len(), 7);
        for (index, line) in lines.iter().enumerate() {
            let offset: usize = line[..10].parse().unwrap();
            assert!(pdf[offset..].starts_with(format!("{} 0 obj\n", index + 1).as_bytes()));
        }
    }

    #[test]
    fn a_long_text_runs_over_pages_and_is_repeatable() {
        let text = "Vu le code général des collectivités territoriales.\n\n".repeat(120);
        assert_eq!(render(&text), render(&text));
        assert!(layout::pages(&text).len() > 2);
    }
}
