//! Copies of all data, and what is made of them: SurrealQL, as `surreal export` writes
//! it, so that its own tools can read them too, and a last line with a hash of all
//! before it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use sha2::{Digest, Sha256};
use tokio::task::spawn_blocking;

use crate::{
    Error, Result, hex,
    platform::db::{Db, Vars},
    vars,
};

/// What the last line begins with: a comment of SurrealQL.
const END: &str = "-- end of the backup, SHA-256 ";
/// Length of the last line, in bytes.
const END_LENGTH: u64 = END.len() as u64 + 65;

/// A table that is there while a backup is being read.
const RESTORING: &str = "restoring";
/// A table that comes after all others: tables are written in the order of their names,
/// so a copy that has this one's record has all before it. (A server that fails while it
/// writes ends its answer as if there were no more.)
const LAST: &str = "zz_backup";
/// Where that record is looked for: in so many last bytes.
const TAIL: u64 = 1 << 16;

/// Writes all data, as they are at one moment, to a new file that only its owner may
/// read; returns its size in bytes. It goes on beside everything else.
///
/// # Errors
/// A sentence for the operator; then there is no such file, or it was there before.
pub async fn backup(db: &Db, file: &Path) -> std::result::Result<u64, String> {
    let cannot = |error: io::Error| format!("cannot write {}: {error}", file.display());
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    // The database fills it.
    let begun = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(part);
    begun.map_err(|error| format!("cannot write {}: {error}", part.display()))?;
    let written = async {
        let unread = |error: Error| format!("cannot read the data: {error:?}");
        let mark = ulid::Ulid::new().to_string();
        let name = vars! { mark => mark.clone() };
        let (make, forget) = (
            format!("CREATE type::record('{LAST}', $mark) RETURN NONE"),
            format!("DELETE type::record('{LAST}', $mark) RETURN NONE"),
        );
        let made = db.transact("mark backup", &make, name.clone()).await;
        made.map_err(|error| unread(error.into()))?;
        let exported = db.export(part).await;
        let forgotten = db.transact("unmark backup", &forget, name).await;
        exported.map_err(unread)?;
        forgotten.map_err(|error| unread(error.into()))?;
        let sealed = part.to_owned();
        let sealed = spawn_blocking(move || seal(&sealed, &mark)).await;
        let size = sealed.unwrap_or_else(|error| Err(error.into()));
        let size = size.map_err(cannot)?;
        // Unlike a renaming, this replaces nothing.
        fs::hard_link(part, file).map_err(cannot)?;
        let folder = file.parent().filter(|folder| *folder != Path::new(""));
        let folder = File::open(folder.unwrap_or(Path::new(".")));
        folder
            .and_then(|folder| folder.sync_all())
            .map_err(cannot)?;
        Ok(size)
    };
    let written = written.await;
    if let Err(error) = fs::remove_file(part) {
        tracing::warn!(file = %part.display(), %error, "a part of a backup is left");
    }
    written
}

/// Whether a file is a whole backup.
///
/// # Errors
/// A sentence for the operator, when it is not.
pub async fn verify(file: &Path) -> std::result::Result<(), String> {
    let sealed = file.to_owned();
    let is_whole = spawn_blocking(move || is_whole(&sealed)).await;
    match is_whole.unwrap_or_else(|error| Err(error.into())) {
        Ok(true) => Ok(()),
        Ok(false) => Err(format!("{} is no backup, or not all of it", file.display())),
        Err(error) => Err(format!("cannot read {}: {error}", file.display())),
    }
}

/// Reads what [`backup`] wrote into a database that has nothing.
///
/// # Errors
/// A sentence for the operator. What was begun is not opened by anything else.
pub async fn restore(db: &Db, file: &Path) -> std::result::Result<(), String> {
    verify(file).await?;
    let cannot = |error: Error| format!("cannot restore {}: {error:?}", file.display());
    if !tables(db).await.map_err(cannot)?.is_empty() {
        return Err("there are data already; a backup is read where there are none".to_owned());
    }
    let begun = db.define(&format!("DEFINE TABLE {RESTORING}")).await;
    begun.map_err(cannot)?;
    db.import(file).await.map_err(cannot)?;
    let ended = db.define(&format!("REMOVE TABLE {RESTORING}")).await;
    ended.map_err(cannot)?;
    // One of before migration 0014 has none.
    if tables(db)
        .await
        .map_err(cannot)?
        .iter()
        .any(|table| table == LAST)
    {
        let forget = format!("DELETE {LAST} RETURN NONE");
        let forgotten = db.transact("unmark backup", &forget, vars! {}).await;
        forgotten.map_err(|error| cannot(error.into()))?;
    }
    Ok(())
}

/// Adds the last line to what has `mark` near its end; returns the size of it all.
fn seal(file: &Path, mark: &str) -> io::Result<u64> {
    let mut file = OpenOptions::new().read(true).append(true).open(file)?;
    let size = file.metadata()?.len();
    let mut tail = Vec::new();
    file.seek(io::SeekFrom::Start(size.saturating_sub(TAIL)))?;
    file.read_to_end(&mut tail)?;
    if !String::from_utf8_lossy(&tail).contains(mark) {
        return Err(io::Error::other("the database ended it before its end"));
    }
    file.rewind()?;
    let hash = hash(&file, size)?;
    writeln!(file, "{END}{hash}")?;
    file.sync_all()?;
    Ok(size + END_LENGTH)
}

/// Whether a file has the last line that it is to have.
fn is_whole(file: &Path) -> io::Result<bool> {
    let mut file = File::open(file)?;
    let Some(size) = file.metadata()?.len().checked_sub(END_LENGTH) else {
        return Ok(false);
    };
    let hash = hash(&file, size)?;
    let mut end = Vec::new();
    file.seek(io::SeekFrom::Start(size))?;
    file.read_to_end(&mut end)?;
    Ok(end == format!("{END}{hash}\n").as_bytes())
}

/// Of the first `size` bytes.
fn hash(file: &File, size: u64) -> io::Result<String> {
    let mut left = file.take(size);
    let mut hasher = Sha256::new();
    let mut some = vec![0; 1 << 16];
    loop {
        match left.read(&mut some)? {
            0 => return Ok(hex::encode(&hasher.finalize())),
            read => hasher.update(&some[..read]),
        }
    }
}

/// Whether a backup was read that was not read to its end.
pub(crate) async fn is_interrupted(db: &Db) -> Result<bool> {
    let tables = tables(db).await?;
    Ok(tables.iter().any(|table| table == RESTORING))
}

async fn tables(db: &Db) -> Result<Vec<String>> {
    let sql = "RETURN object::keys((INFO FOR DB).tables)";
    db.read(sql, Vars::new()).await?.many()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    /// What a server that fails on its way leaves.
    #[tokio::test]
    async fn what_the_database_did_not_write_to_its_end_is_not_sealed() {
        let exchange = fixtures::exchange(fixtures::db().await, "http://127.0.0.1:9");
        fixtures::listed(&exchange).await;
        let folder = tempfile::TempDir::new().expect("a folder");
        let whole = folder.path().join("whole.surql");
        backup(&exchange.db, &whole).await.expect("backs up");
        verify(&whole).await.expect("whole");
        let text = fs::read_to_string(&whole).expect("text");
        let (_, marked) = text.split_once(&format!("{LAST}:")).expect("a record");
        let mark: String = marked.chars().take(26).collect();
        let cut = folder.path().join("cut.surql");
        for length in [text.len() / 2, text.find(&mark).expect("a mark")] {
            fs::write(&cut, &text[..length]).expect("writes");
            assert!(seal(&cut, &mark).is_err());
        }
        let rows = format!("SELECT VALUE 1 FROM {LAST}");
        let left = exchange.db.read(&rows, vars! {});
        let left: Vec<i64> = left.await.expect("reads").many().expect("rows");
        assert!(left.is_empty(), "a backup leaves nothing");
    }
}
