//! Editions of indicators, campaigns, value sheets.

use rusqlite::{Connection, OptionalExtension, params};
use svod_shared::id::{DocId, OrgNo};
use svod_shared::storage::StorageError;

use super::{from_json, to_json};
use crate::domain::campaign::{Campaign, Sheet};
use crate::domain::indicator::Edition;

/// Brings an edition's row up to date; one that does not read has none.
pub fn put_indicators(
    connection: &Connection,
    doc: &DocId,
    edition: Option<&Edition>,
) -> Result<(), StorageError> {
    let Some(edition) = edition else {
        connection.execute("DELETE FROM indicators WHERE doc = ?1", [doc.as_bytes()])?;
        return Ok(());
    };
    connection.execute(
        "INSERT INTO indicators (doc, number, data) VALUES (?1, ?2, ?3) ON CONFLICT (doc) DO UPDATE SET data = ?3",
        params![doc.as_bytes(), edition.number, edition.to_text()],
    )?;
    Ok(())
}

/// Brings a campaign's row up to date.
pub fn put_campaign(connection: &Connection, campaign: &Campaign) -> Result<(), StorageError> {
    let period = campaign.period.map(|it| it.key()).unwrap_or_default();
    connection.execute(
        "INSERT INTO campaign (doc, period, data) VALUES (?1, ?2, ?3) ON CONFLICT (doc) DO UPDATE SET period = ?2, data = ?3",
        params![campaign.id.as_bytes(), period, to_json(campaign)?],
    )?;
    Ok(())
}

/// Brings a sheet's row up to date.
pub fn put_sheet(connection: &Connection, sheet: &Sheet) -> Result<(), StorageError> {
    connection.execute(
        "INSERT INTO value_sheet (doc, campaign, org, data) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (doc) DO UPDATE SET data = ?4",
        params![sheet.id.as_bytes(), sheet.campaign.as_bytes(), sheet.org.0, to_json(sheet)?],
    )?;
    Ok(())
}

/// Takes the row of a document away, whichever of the three it is.
pub fn remove(connection: &Connection, doc: &DocId) -> Result<(), StorageError> {
    for table in ["indicators", "campaign", "value_sheet"] {
        connection.execute(&format!("DELETE FROM {table} WHERE doc = ?1"), [doc.as_bytes()])?;
    }
    Ok(())
}

/// An edition by its number.
pub fn indicators(connection: &Connection, number: u32) -> Result<Option<Edition>, StorageError> {
    let mut statement =
        connection.prepare_cached("SELECT data FROM indicators WHERE number = ?1 ORDER BY doc LIMIT 1")?;
    let data: Option<String> = statement.query_row([number], |row| row.get(0)).optional()?;
    data.map(|it| from_json(&it)).transpose()
}

/// The edition with the highest number.
pub fn newest_indicators(connection: &Connection) -> Result<Option<Edition>, StorageError> {
    let mut statement =
        connection.prepare_cached("SELECT data FROM indicators ORDER BY number DESC, doc LIMIT 1")?;
    let data: Option<String> = statement.query_row([], |row| row.get(0)).optional()?;
    data.map(|it| from_json(&it)).transpose()
}

/// One campaign.
pub fn campaign(connection: &Connection, doc: &DocId) -> Result<Option<Campaign>, StorageError> {
    let mut statement = connection.prepare_cached("SELECT data FROM campaign WHERE doc = ?1")?;
    let data: Option<String> = statement.query_row([doc.as_bytes()], |row| row.get(0)).optional()?;
    data.map(|it| from_json(&it)).transpose()
}

/// All campaigns, the newest period first.
pub fn campaigns(connection: &Connection) -> Result<Vec<Campaign>, StorageError> {
    let mut statement = connection.prepare_cached("SELECT data FROM campaign ORDER BY period DESC, doc")?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    rows.map(|data| from_json(&data?)).collect()
}

/// An organisation's sheet in a campaign.
pub fn sheet(connection: &Connection, campaign: &DocId, org: OrgNo) -> Result<Option<Sheet>, StorageError> {
    let mut statement =
        connection.prepare_cached("SELECT data FROM value_sheet WHERE campaign = ?1 AND org = ?2")?;
    let data: Option<String> =
        statement.query_row(params![campaign.as_bytes(), org.0], |row| row.get(0)).optional()?;
    data.map(|it| from_json(&it)).transpose()
}

/// The sheets of a campaign, by organisation.
pub fn sheets(connection: &Connection, campaign: &DocId) -> Result<Vec<Sheet>, StorageError> {
    let mut statement =
        connection.prepare_cached("SELECT data FROM value_sheet WHERE campaign = ?1 ORDER BY org")?;
    let rows = statement.query_map([campaign.as_bytes()], |row| row.get::<_, String>(0))?;
    rows.map(|data| from_json(&data?)).collect()
}
