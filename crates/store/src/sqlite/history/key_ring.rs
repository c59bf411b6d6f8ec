//! Data keys: their SQL, in `directory.db`, and the master key that wraps them.
//!
//! Invariant: a ring that opens has the master key with which the directory was written.

use crate::error::While;
use crate::history::{HistoryError, MasterKey, Secret, data_key};
use crate::sqlite::ROWS_PER_STATEMENT;
use crate::sqlite::files::DataFile;
use crate::sqlite::transaction::{self, WriteConnection};
use crate::{Fatal, OrgKey, StoreError, StoreOptions};
use salescope_domain::OrgId;
use sqlx::{QueryBuilder, Sqlite};
use std::collections::HashMap;
use std::path::Path;
use tokio::sync::Mutex;

/// The master key's file, where the operator does not pass the key itself.
const MASTER_KEY_FILE: &str = "master.key";

const OPEN: &str = "open the data keys";
const READ: &str = "read the data keys";
const CREATE: &str = "save a data key";

#[derive(Debug)]
pub(super) struct KeyRing {
    master: MasterKey,
    /// Of its own: keys are written while names are.
    connection: Mutex<WriteConnection>,
    fatal: Fatal,
}

/// A data key's row.
type Wrapped = (u32, u32, Vec<u8>);

impl KeyRing {
    pub(super) async fn open(dir: &Path, options: &StoreOptions, fatal: Fatal) -> Result<Self, StoreError> {
        let mut connection = DataFile::Directory.connect(dir, options).await?;
        let proofs: Vec<(u32, Vec<u8>)> = sqlx::query_as("SELECT version, proof FROM master_key")
            .fetch_all(&mut *connection)
            .await
            .doing(OPEN)?;
        let master = master_key(&dir.join(MASTER_KEY_FILE), options, proofs.is_empty())?;
        match proofs.iter().find(|(version, _)| *version == master.version()) {
            Some((_, proof)) if data_key::proves(&master, proof) => {}
            Some(_) => return Err(HistoryError::MasterKeyWrong.into()),
            None if proofs.is_empty() => {
                sqlx::query("INSERT INTO master_key (version, proof) VALUES (?1, ?2)")
                    .bind(master.version())
                    .bind(data_key::proof(&master))
                    .execute(&mut *connection)
                    .await
                    .doing(OPEN)?;
            }
            None => {
                let (version, current) = (proofs[0].0, master.version());
                return Err(HistoryError::MasterKeyVersion { version, current }.into());
            }
        }
        Ok(Self { master, connection: Mutex::new(connection), fatal })
    }

    pub(super) async fn close(self) -> Result<(), StoreError> {
        self.connection.into_inner().close().await.doing("close the data keys")
    }

    /// An organisation's key. There is one when it has sealed entries.
    pub(super) async fn key(&self, org: &OrgId, key: OrgKey) -> Result<Secret, StoreError> {
        let row: Option<Wrapped> =
            sqlx::query_as("SELECT org_key, master_version, wrapped FROM data_key WHERE org_key = ?1")
                .bind(key.0)
                .fetch_optional(&mut **self.connection.lock().await)
                .await
                .doing(READ)?;
        let row = row.ok_or_else(|| HistoryError::DataKeyMissing { org: org.clone() })?;
        self.unwrap(org, &row)
    }

    /// Many organisations' keys. One without a key gets one, on the disk when this answers, unless `has_history` says that
    /// it should have one.
    pub(super) async fn keys_or_new(
        &self,
        orgs: &[(OrgKey, &OrgId, bool)],
    ) -> Result<HashMap<OrgKey, Secret>, StoreError> {
        let mut connection = self.connection.lock().await;
        let numbers: Vec<u32> = orgs.iter().map(|(key, ..)| key.0).collect();
        let rows: Vec<Wrapped> = sqlx::query_as(
            "SELECT org_key, master_version, wrapped FROM json_each(?1) JOIN data_key ON org_key = value",
        )
        .bind(serde_json::to_string(&numbers).expect("numbers always serialise"))
        .fetch_all(&mut **connection)
        .await
        .doing(READ)?;
        let rows: HashMap<u32, Wrapped> = rows.into_iter().map(|row| (row.0, row)).collect();
        let (mut keys, mut created) = (HashMap::new(), Vec::new());
        for (key, org, has_history) in orgs {
            let secret = match rows.get(&key.0) {
                Some(row) => self.unwrap(org, row)?,
                None if *has_history => {
                    return Err(HistoryError::DataKeyMissing { org: (*org).clone() }.into());
                }
                None => {
                    let (secret, wrapped) = data_key::create(&self.master, *key);
                    created.push((key.0, wrapped));
                    secret
                }
            };
            keys.insert(*key, secret);
        }
        self.insert(&mut connection, &created).await?;
        Ok(keys)
    }

    async fn insert(
        &self,
        connection: &mut WriteConnection,
        created: &[(u32, Vec<u8>)],
    ) -> Result<(), StoreError> {
        if created.is_empty() {
            return Ok(());
        }
        let mut transaction = connection.begin_write().await.doing(CREATE)?;
        for chunk in created.chunks(ROWS_PER_STATEMENT) {
            let mut query =
                QueryBuilder::<Sqlite>::new("INSERT INTO data_key (org_key, master_version, wrapped) ");
            query.push_values(chunk, |mut row, (key, wrapped)| {
                row.push_bind(key).push_bind(self.master.version()).push_bind(wrapped);
            });
            query.build().execute(&mut *transaction).await.doing(CREATE)?;
        }
        transaction::commit(transaction, &self.fatal, CREATE).await
    }

    /// Destroys an organisation's key: what it closed stays closed, wherever there is a copy.
    pub(super) async fn destroy(&self, key: OrgKey) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM data_key WHERE org_key = ?1")
            .bind(key.0)
            .execute(&mut **self.connection.lock().await)
            .await
            .doing("destroy a data key")?;
        Ok(())
    }

    fn unwrap(&self, org: &OrgId, (key, version, wrapped): &Wrapped) -> Result<Secret, StoreError> {
        let (version, current) = (*version, self.master.version());
        if version != current {
            return Err(HistoryError::MasterKeyVersion { version, current }.into());
        }
        let secret = data_key::unwrap(&self.master, OrgKey(*key), wrapped);
        secret.map_err(|_| HistoryError::DataKeyDamaged { org: org.clone() }.into())
    }
}

/// The master key in use. One is made where nothing was ever closed.
fn master_key(path: &Path, options: &StoreOptions, is_first: bool) -> Result<MasterKey, StoreError> {
    if let Some(key) = &options.master_key {
        return Ok(key.clone());
    }
    match MasterKey::read(path)? {
        Some(key) => Ok(key),
        None if is_first => MasterKey::create(path),
        None => Err(HistoryError::MasterKeyMissing { path: path.to_owned() }.into()),
    }
}
