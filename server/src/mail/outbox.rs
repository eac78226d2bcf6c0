//! A folder of mails, for those who have no mail server (yet): `data/outbox/<id>.eml`.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::task::spawn_blocking;
use uuid::Uuid;

const EXTENSION: &str = "eml";

/// A folder of mails. What it creates, only the server's own user may read: links and codes are in there.
#[derive(Clone)]
pub struct Outbox {
    directory: Arc<Path>,
}

impl Outbox {
    /// The outbox in this folder, which need not exist yet.
    #[must_use]
    pub fn new(directory: PathBuf) -> Self {
        Self { directory: directory.into() }
    }

    /// Writes a mail; the same id again replaces it. Whoever looks sees a whole mail or none.
    ///
    /// # Errors
    /// If the file system refuses.
    pub async fn write(&self, id: Uuid, message: Vec<u8>) -> io::Result<()> {
        let (directory, file) = (self.directory.clone(), self.file(id));
        blocking(move || {
            DirBuilder::new().recursive(true).mode(0o700).create(&directory)?;
            let unfinished = file.with_extension("tmp");
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?.write_all(&message)?;
            fs::rename(unfinished, file)
        })
        .await
    }

    /// The ids of the newest mails, newest first.
    ///
    /// # Errors
    /// If the folder cannot be read; one that does not exist is an empty one.
    pub async fn newest(&self, limit: usize) -> io::Result<Vec<Uuid>> {
        let directory = self.directory.clone();
        blocking(move || {
            let entries = match fs::read_dir(&directory) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
                entries => entries?,
            };
            let mut ids = entries
                .filter_map(|entry| entry.map(|entry| id_of(&entry.path())).transpose())
                .collect::<io::Result<Vec<Uuid>>>()?;
            ids.sort_unstable_by(|a, b| b.cmp(a));
            ids.truncate(limit);
            Ok(ids)
        })
        .await
    }

    /// A mail, if there is one of this id.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub async fn read(&self, id: Uuid) -> io::Result<Option<Vec<u8>>> {
        let file = self.file(id);
        blocking(move || match fs::read(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            message => message.map(Some),
        })
        .await
    }

    fn file(&self, id: Uuid) -> PathBuf {
        self.directory.join(format!("{id}.{EXTENSION}"))
    }
}

/// The id of the mail in this file, if it is one.
fn id_of(file: &Path) -> Option<Uuid> {
    let id = file.file_stem()?.to_str()?;
    if file.extension()? == EXTENSION { Uuid::parse_str(id).ok() } else { None }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    spawn_blocking(work).await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const EARLIER: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
    const LATER: Uuid = Uuid::from_u128(0x0190_0000_0001_7000_8000_0000_0000_0000);

    #[tokio::test]
    async fn keeps_mails_newest_first_and_to_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/outbox");
        let outbox = Outbox::new(path.clone());
        assert!(outbox.newest(10).await.unwrap().is_empty());
        assert_eq!(outbox.read(EARLIER).await.unwrap(), None);

        outbox.write(LATER, b"later".to_vec()).await.unwrap();
        outbox.write(EARLIER, b"a longer first version".to_vec()).await.unwrap();
        outbox.write(EARLIER, b"earlier".to_vec()).await.unwrap();
        fs::write(path.join("notes.txt"), "not a mail").unwrap();

        assert_eq!(outbox.newest(10).await.unwrap(), [LATER, EARLIER]);
        assert_eq!(outbox.newest(1).await.unwrap(), [LATER]);
        assert_eq!(outbox.read(EARLIER).await.unwrap().unwrap(), b"earlier");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&outbox.file(LATER))), (0o700, 0o600));
        assert!(!outbox.file(EARLIER).with_extension("tmp").exists());
    }

    #[tokio::test]
    async fn says_when_it_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let occupied = folder.path().join("occupied");
        fs::write(&occupied, "").unwrap();
        assert!(Outbox::new(occupied).write(LATER, Vec::new()).await.is_err());
    }
}
