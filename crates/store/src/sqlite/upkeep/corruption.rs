//! Telling a damaged file from a failure of anything else.

use crate::StoreError;
use crate::error::with_causes;
use crate::upkeep::Findings;
use std::error::Error;

/// SQLite's primary result codes by which a file shows that it is not what was written.
const DAMAGED: [i32; 3] = [
    1,  // ERROR: a table or column that was there is not
    11, // CORRUPT
    26, // NOTADB
];

/// Primary codes are the lowest byte of extended ones.
const PRIMARY_CODE: i32 = 0xff;

/// What was asked of a file; `None`, and a finding, where the file is damaged.
pub(super) fn or_told<T>(
    result: Result<T, StoreError>,
    file: &'static str,
    findings: &mut Findings,
) -> Result<Option<T>, StoreError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if is_damage(&error) => {
            findings.file(file, &with_causes(&error));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn is_damage(error: &StoreError) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        let code = error
            .downcast_ref::<sqlx::Error>()
            .and_then(|error| error.as_database_error()?.code()?.parse::<i32>().ok());
        if let Some(code) = code {
            return DAMAGED.contains(&(code & PRIMARY_CODE));
        }
        cause = error.source();
    }
    false
}
