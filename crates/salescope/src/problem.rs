//! What can go wrong, for people and for programs: a stable code, and one sentence with what to do.

use crate::exit::Exit;
use crate::output::Output;
use salescope_connectors::csv::ImportError;
use salescope_engine_api::EngineError;
use salescope_node::OpenError;
use salescope_store::StoreError;
use serde::Serialize;
use std::process::ExitCode;

/// A problem whose cause is known.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub(crate) struct Problem {
    /// Stable code.
    pub(crate) code: String,
    /// What is wrong and what to do.
    pub(crate) detail: String,
    /// How the program ends.
    pub(crate) exit: Exit,
}

/// A problem that ends the program with exit code 1.
pub(crate) fn problem(code: &str, detail: impl Into<String>) -> anyhow::Error {
    Problem { code: code.to_owned(), detail: detail.into(), exit: Exit::Failed }.into()
}

/// A problem with what was written on the command line.
pub(crate) fn usage(detail: impl Into<String>) -> anyhow::Error {
    Problem { code: "usage".to_owned(), detail: detail.into(), exit: Exit::Usage }.into()
}

/// What `--json` prints: the members of an RFC 9457 problem that a command has.
#[derive(Serialize)]
struct Document<'a> {
    code: &'a str,
    title: String,
    detail: &'a str,
}

fn title(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Prints an error and gives the exit code.
pub(crate) fn report(error: &anyhow::Error, output: Output) -> ExitCode {
    let (code, exit) = classify(error);
    let mut detail = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        // Some errors print their source themselves.
        if !detail.contains(&cause) {
            detail = format!("{detail}: {cause}");
        }
    }
    print(&code, &detail, output);
    exit.into()
}

fn print(code: &str, detail: &str, output: Output) {
    if output.json {
        let document = Document { code, title: title(code), detail };
        output.to_stderr(&serde_json::to_string(&document).unwrap_or_default());
    } else {
        output.to_stderr(&format!("error: {detail}"));
    }
}

fn classify(error: &anyhow::Error) -> (String, Exit) {
    for cause in error.chain() {
        if let Some(problem) = cause.downcast_ref::<Problem>() {
            return (problem.code.clone(), problem.exit);
        }
        if let Some(error) = cause.downcast_ref::<EngineError>() {
            return (error.code().to_owned(), Exit::Failed);
        }
        let code = if let Some(error) = cause.downcast_ref::<ImportError>() {
            error.code()
        } else if let Some(error) = cause.downcast_ref::<OpenError>() {
            match error {
                OpenError::Store(error) => store_code(error),
                OpenError::Engine(error) => return (error.code().to_owned(), Exit::Failed),
            }
        } else if let Some(error) = cause.downcast_ref::<StoreError>() {
            store_code(error)
        } else if cause.downcast_ref::<std::io::Error>().is_some() {
            "file_failed"
        } else {
            continue;
        };
        return (code.to_owned(), Exit::Failed);
    }
    ("failed".to_owned(), Exit::Failed)
}

fn store_code(error: &StoreError) -> &'static str {
    match error {
        StoreError::Locked { .. } => "data_directory_in_use",
        StoreError::NoDataDirectory { .. } => "no_data_directory",
        StoreError::Damaged { .. } => "data_damaged",
        _ => "store_failed",
    }
}

/// Prints what is wrong with the command line (or the help that was asked for) and gives the exit code.
pub(crate) fn of_command_line(error: &clap::Error) -> ExitCode {
    let wants_json = std::env::args_os().any(|argument| argument == "--json");
    if !error.use_stderr() || !wants_json {
        // Nothing can be done where the terminal is gone.
        let _ = error.print();
        return if error.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() };
    }
    let text = error.to_string();
    // What follows is a reminder of the usage, for people.
    let sentence = text.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
    let detail = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
    print("usage", &detail, Output { json: true });
    Exit::Usage.into()
}
