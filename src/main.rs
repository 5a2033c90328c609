//! The commands, each one line into `cli/`.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(feature = "failpoints")]
    chartrier::app::kill_where_the_test_says();
    chartrier::cli::run()
}
