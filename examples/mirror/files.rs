//! Reading and writing of the copy's files.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::ErrorKind;
use std::{fs, io};

use fitrankings::Row;
use fitrankings::types::Activity;

use crate::common::csv_error;

/// The cells of each activity, by its id. The id is the first cell.
pub type Rows = BTreeMap<i64, Vec<String>>;

/// Returns the rows of the copy. Before the first run it has none.
pub fn read_rows(path: &str) -> Result<Rows, Box<dyn Error>> {
    let Some(text) = read_if_there(path)? else {
        return Ok(Rows::new());
    };
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    if !csv
        .headers()
        .map_err(csv_error)?
        .iter()
        .eq(Activity::columns())
    {
        return Err(format!("{path} has other columns: move it away to begin a new copy").into());
    }
    let mut rows = Rows::new();
    for row in csv.records() {
        let cells: Vec<String> = row.map_err(csv_error)?.iter().map(str::to_owned).collect();
        rows.insert(cells[0].parse()?, cells);
    }
    Ok(rows)
}

pub fn write_rows(path: &str, rows: &Rows) -> Result<(), Box<dyn Error>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(Activity::columns()).map_err(csv_error)?;
    for cells in rows.values() {
        csv.write_record(cells).map_err(csv_error)?;
    }
    let bytes = csv.into_inner().map_err(|error| error.to_string())?;
    Ok(replace(path, &bytes)?)
}

/// Replaces a file. The new file is written under another name and renamed when complete.
pub fn replace(path: &str, bytes: &[u8]) -> io::Result<()> {
    let new = format!("{path}.new");
    fs::write(&new, bytes)?;
    fs::rename(new, path)
}

/// Returns the text of a file, if there is one.
pub fn read_if_there(path: &str) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

pub fn remove_if_there(path: &str) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
