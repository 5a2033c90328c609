//! A QR code as rectangles.

use qrcodegen::{QrCode, QrCodeEcc};

/// White modules around the code (ISO/IEC 18004, 9.1).
const QUIET: f32 = 4.0;

/// A dark part of the code, in parts of the whole's side: left, top, width, height.
pub(super) type Dark = (f32, f32, f32, f32);

/// The dark parts, one for each run of a line; none when the text is longer than a code can be.
pub(super) fn code(text: &str) -> Vec<Dark> {
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else { return Vec::new() };
    let module = 1.0 / (code.size() as f32 + 2.0 * QUIET);
    let mut dark = Vec::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|&x| code.get_module(x, y)).count() as i32;
            if run > 0 {
                let (left, top) = ((x as f32 + QUIET) * module, (y as f32 + QUIET) * module);
                dark.push((left, top, run as f32 * module, module));
            }
            x += run.max(1);
        }
    }
    dark
}

/// The code as one path of SVG, in modules, with the side of its square, margins included; none when the text is too long.
pub fn path(text: &str) -> Option<(i32, String)> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let margin = QUIET as i32;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|&x| code.get_module(x, y)).count() as i32;
            if run > 0 {
                path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + margin, y + margin));
            }
            x += run.max(1);
        }
    }
    Some((code.size() + 2 * margin, path))
}
