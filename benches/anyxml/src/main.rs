//! `anyxml-check PROFILE FILE`: exit code 0 when the file is valid against the RELAX NG profile.

use std::fs::File;
use std::process::ExitCode;

use anyxml::relaxng::RelaxNGSchema;
use anyxml::sax::{DefaultSAXHandler, XMLReader};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [profile, file] = &arguments[..] else { return ExitCode::from(2) };
    let Ok(profile) = std::fs::read_to_string(profile) else { return ExitCode::from(2) };
    let Ok(file) = File::open(file) else { return ExitCode::from(2) };
    let Ok(mut schema) = RelaxNGSchema::parse_str(&profile, None, Some(DefaultSAXHandler)) else {
        return ExitCode::from(2);
    };
    let validator = schema.new_validate_handler(DefaultSAXHandler);
    let mut reader = XMLReader::builder().set_handler(validator).build();
    if reader.parse_reader(file, None, None).is_err() || reader.handler.last_error.is_err() {
        return ExitCode::from(1);
    }
    ExitCode::SUCCESS
}
