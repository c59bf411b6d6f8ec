//! Rows that did not go in, and the file that lists them.

use csv::StringRecord;
use std::borrow::Cow;

/// What makes a spreadsheet run a cell as a formula when the cell begins with it.
pub(super) const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A row that did not go in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Which table, by its position in the report.
    pub table: usize,
    /// Which file.
    pub file: String,
    /// The line on which the row begins, from 1.
    pub line: u64,
    /// The column to blame; empty where it is the whole row.
    pub column: String,
    /// A stable code.
    pub code: Cow<'static, str>,
    /// What is wrong.
    pub reason: String,
    /// The row as it stands in the file.
    pub row: StringRecord,
}

/// The rejected rows as a CSV file: where, why, then the row's own cells. A cell that a spreadsheet would run as a formula
/// is written with an apostrophe before it.
#[must_use]
pub fn write_rejects(rejects: &[Reject]) -> Vec<u8> {
    let width = rejects.iter().map(|reject| reject.row.len()).max().unwrap_or(0);
    let mut header = ["file", "line", "column", "code", "reason"].map(str::to_owned).to_vec();
    header.extend((1..=width).map(|at| format!("cell_{at}")));
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let invariant = "a vector takes every record";
    writer.write_record(&header).expect(invariant);
    for Reject { table: _, file, line, column, code, reason, row } in rejects {
        let line = line.to_string();
        let cells = [file.as_str(), &line, column, code, reason].into_iter().chain(row);
        writer.write_record(cells.map(guard)).expect(invariant);
    }
    writer.into_inner().expect(invariant)
}

fn guard(cell: &str) -> String {
    if cell.starts_with(FORMULA_STARTS) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_rejected_rows_says_where_and_why_and_runs_no_formula() {
        let reject = Reject {
            table: 0,
            file: "deals.csv".to_owned(),
            line: 7,
            column: "amount".to_owned(),
            code: "invalid_number".into(),
            reason: "\"=1+1\" is not a number".to_owned(),
            row: vec!["A1", "=1+1", "-5", "a,b", "@x", "\tt"].into(),
        };
        let text = String::from_utf8(write_rejects(&[reject])).unwrap();
        let expected = "file,line,column,code,reason,cell_1,cell_2,cell_3,cell_4,cell_5,cell_6\n\
            deals.csv,7,amount,invalid_number,\"\"\"=1+1\"\" is not a number\",A1,'=1+1,'-5,\"a,b\",'@x,'\tt\n";
        assert_eq!(text, expected);
    }
}
