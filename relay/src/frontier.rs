//! Passing frontiers on.

use svod_shared::keys::PublicKey;
use svod_shared::storage::StorageError;

use crate::host::RelayHost;

impl RelayHost {
    pub(crate) async fn frontier(&self, bytes: Vec<u8>) -> Result<(), StorageError> {
        let _ = bytes;
        Ok(())
    }

    pub(crate) async fn frontiers_for(&self, peer: PublicKey, cursor: u64) -> Result<(), StorageError> {
        let _ = (peer, cursor);
        Ok(())
    }
}
