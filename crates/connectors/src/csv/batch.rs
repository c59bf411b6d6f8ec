//! A whole import: every table read, duplicates refused, names reconciled, statements in the order of the journal.
//!
//! Invariant: of every table, rows read = statements + rejected rows.

use super::config::{Kind, Mapping, Table};
use super::deals::{self, Scene};
use super::draft::{Draft, Drafted, Ids, Named, field_of};
use super::history::begin_histories;
use super::identity::natural_key;
use super::layout::Layout;
use super::reconcile::{Reconciled, Reconciler, References, Unknown};
use super::row::{RowFault, RowReader};
use super::sheet::{ROWS_MAX, Row, Sheet};
use super::{ImportError, Reject, facts, objects, text};
use salescope_domain::{DealId, Instant, Payload, StageOutcome, Zone, limits::Refusal};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A file of the export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its name in the export's directory.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What an import depends on beside the files.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The time of the import: what a snapshot states is as of then.
    pub now: Instant,
    /// The organisation's zone, in which times become dates.
    pub zone: &'a Zone,
}

/// What was read of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableReport {
    /// What the summary calls it.
    pub name: String,
    /// The file; absent for the pipelines that the mapping itself lists.
    pub file: Option<String>,
    /// What its rows are.
    pub kind: Kind,
    /// Rows read.
    pub read: u64,
    /// Rows among them that cannot go in.
    pub rejected: u64,
}

/// A payload and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Which table, by its position in [`Batch::tables`].
    pub table: usize,
    /// The line on which its row begins; 0 for what the mapping itself lists.
    pub line: u64,
    /// What it states.
    pub payload: Payload,
}

/// An import that has been read and is not yet journaled.
pub struct Batch {
    /// What was read of each table.
    pub tables: Vec<TableReport>,
    /// Names of optional tables whose file is not there.
    pub absent: Vec<String>,
    /// Rows that cannot go in, table by table.
    pub rejects: Vec<Reject>,
    /// Names that were read as others.
    pub reconciled: Vec<Reconciled>,
    /// Names that a reference table should have and does not.
    pub unknown: Vec<Unknown>,
    mapping: Mapping,
    now: Instant,
    drafts: Vec<Drawn>,
}

/// A draft and where it comes from.
pub(super) struct Drawn {
    pub(super) table: usize,
    pub(super) line: u64,
    pub(super) draft: Draft,
}

/// A table with its file, ready to be read.
struct Source<'a> {
    table: &'a Table,
    sheet: Sheet,
    layout: Layout,
}

impl Batch {
    /// Reads `files` as `mapping` says.
    ///
    /// # Errors
    /// When a file or a column is missing or cannot be read at all. Faults of single rows are [`Self::rejects`].
    pub fn read(mapping: Mapping, files: &[SourceFile], context: Context<'_>) -> Result<Self, ImportError> {
        let (sources, absent) = open(&mapping, files)?;
        let (references, stages) = look_up(&mapping, &sources, context.zone);
        let mut names = Reconciler::new(&references);
        let mut reading = Reading::new(&mapping, context, &stages);
        for source in &sources {
            reading.table(source, &mut names)?;
        }
        let Reading { mut tables, rejects, mut drafts, .. } = reading;
        begin_histories(&mut drafts, context.zone);
        // Objects before the deals that speak of them; a deal's history, oldest first, before the deal as it stands.
        drafts.sort_by_key(|drawn| {
            let kind = tables[drawn.table].kind;
            let at = match &drawn.draft {
                Draft::Deal { event, .. } if kind == Kind::StageHistory => {
                    (event.occurred_at, event.version.sequence)
                }
                _ => (Instant::MIN, 0),
            };
            (kind, at)
        });
        if !mapping.pipelines.is_empty() {
            let read = objects::listed(&mapping, context.now).len() as u64;
            let name = "pipelines".to_owned();
            tables.push(TableReport { name, file: None, kind: Kind::Stages, read, rejected: 0 });
        }
        let (reconciled, unknown) = names.finish();
        Ok(Self { tables, absent, rejects, reconciled, unknown, mapping, now: context.now, drafts })
    }

    /// The mapping that was read by.
    #[must_use]
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// How many statements there are.
    #[must_use]
    pub fn statement_count(&self) -> usize {
        objects::listed(&self.mapping, self.now).len() + self.drafts.len()
    }

    /// Everybody that the statements speak of, once each.
    #[must_use]
    pub fn people(&self) -> Vec<Named> {
        let mut people: BTreeMap<String, Option<String>> = BTreeMap::new();
        for drawn in &self.drafts {
            let mut person = |id: &str, name: Option<&str>| {
                let known = people.entry(id.to_owned()).or_default();
                *known = known.take().or(name.map(str::to_owned));
            };
            drawn.draft.names(&mut person, &mut |_| {});
        }
        people.into_iter().map(|(external_id, name)| Named { external_id, name }).collect()
    }

    /// Every team that the statements speak of, once each.
    #[must_use]
    pub fn teams(&self) -> Vec<Named> {
        let mut teams = BTreeSet::new();
        for drawn in &self.drafts {
            drawn.draft.names(&mut |_, _| {}, &mut |team| {
                teams.insert(team.to_owned());
            });
        }
        teams.into_iter().map(|team| Named { name: Some(team.clone()), external_id: team }).collect()
    }

    /// The statements, in the order in which they are to be journaled.
    ///
    /// # Panics
    /// When `ids` lacks one of [`Self::people`] or [`Self::teams`].
    pub fn statements(self, ids: &Ids) -> impl Iterator<Item = Statement> {
        let Self { tables, mapping, now, drafts, .. } = self;
        let ids = ids.clone();
        let listed = objects::listed(&mapping, now).into_iter();
        let own = tables.len().saturating_sub(1);
        listed.map(move |payload| Statement { table: own, line: 0, payload }).chain(drafts.into_iter().map(
            move |Drawn { table, line, draft }| Statement {
                table,
                line,
                payload: draft.into_payload(&mapping.source, &ids, now),
            },
        ))
    }
}

/// Finds each table's file and its columns.
fn open<'a>(
    mapping: &'a Mapping,
    files: &[SourceFile],
) -> Result<(Vec<Source<'a>>, Vec<String>), ImportError> {
    let (mut sources, mut absent) = (Vec::new(), Vec::new());
    for table in &mapping.tables {
        let Some(file) = files.iter().find(|file| file.name == table.file) else {
            if table.optional {
                absent.push(table.label().to_owned());
                continue;
            }
            let (table, file) = (table.label().to_owned(), table.file.clone());
            return Err(ImportError::FileMissing { table, file });
        };
        let encoding = table.encoding.unwrap_or(mapping.encoding);
        let text = text::decode(&file.name, &file.bytes, encoding)?;
        let delimiter = table.delimiter.and_then(|delimiter| u8::try_from(delimiter).ok());
        let sheet = Sheet::new(&file.name, text, delimiter)?;
        let layout = Layout::new(table, &sheet.headers, mapping.is_preset)?;
        sources.push(Source { table, sheet, layout });
    }
    Ok((sources, absent))
}

/// The names of the reference tables, and what each stage means.
fn look_up(
    mapping: &Mapping,
    sources: &[Source<'_>],
    zone: &Zone,
) -> (References, BTreeMap<String, StageOutcome>) {
    let (mut references, mut stages) = (References::default(), BTreeMap::new());
    for stage in mapping.stages() {
        references.add(Kind::Stages, stage.stage.as_str());
        stages.insert(stage.stage.as_str().to_owned(), stage.outcome);
    }
    for Source { table, sheet, layout } in sources {
        let key = match table.kind {
            Kind::People => "person",
            Kind::Accounts => "account",
            Kind::Products => "product",
            Kind::Stages => "stage",
            _ => continue,
        };
        for Row { cells, .. } in sheet.rows().filter(|row| row.fault.is_none()) {
            let row = RowReader { layout, cells: &cells, locale: &mapping.locale, zone };
            let Some(name) = row.text(key) else { continue };
            references.add(table.kind, &name);
            if let (Kind::Stages, Ok(Some(outcome))) = (table.kind, row.word("outcome")) {
                stages.insert(name.into_owned(), outcome);
            }
        }
    }
    (references, stages)
}

/// The state of reading one table after another.
struct Reading<'a> {
    mapping: &'a Mapping,
    context: Context<'a>,
    stages: &'a BTreeMap<String, StageOutcome>,
    tables: Vec<TableReport>,
    rejects: Vec<Reject>,
    drafts: Vec<Drawn>,
    /// Where each object was stated: a file can state it only once.
    stated: HashMap<String, (String, u64)>,
    /// Entries of one deal at one time, which the version's sequence tells apart.
    entered: HashMap<(DealId, Instant), u32>,
}

impl<'a> Reading<'a> {
    fn new(mapping: &'a Mapping, context: Context<'a>, stages: &'a BTreeMap<String, StageOutcome>) -> Self {
        Self {
            mapping,
            context,
            stages,
            tables: Vec::new(),
            rejects: Vec::new(),
            drafts: Vec::new(),
            stated: HashMap::new(),
            entered: HashMap::new(),
        }
    }

    fn table(&mut self, source: &Source<'_>, names: &mut Reconciler<'_>) -> Result<(), ImportError> {
        let Source { table, sheet, .. } = source;
        let at = self.tables.len();
        let mut report = TableReport {
            name: table.label().to_owned(),
            file: Some(table.file.clone()),
            kind: table.kind,
            read: 0,
            rejected: 0,
        };
        for row in sheet.rows() {
            report.read += 1;
            if report.read > ROWS_MAX as u64 {
                return Err(ImportError::TooMany { file: table.file.clone(), what: "rows", max: ROWS_MAX });
            }
            let drafted = self.row(source, &row, names);
            names.end_row(&report.name, drafted.is_ok());
            match drafted {
                Ok(draft) => self.drafts.push(Drawn { table: at, line: row.line, draft }),
                Err(RowFault { column, code, reason }) => {
                    report.rejected += 1;
                    let (file, line, code) = (table.file.clone(), row.line, code.into());
                    self.rejects.push(Reject { table: at, file, line, column, code, reason, row: row.cells });
                }
            }
        }
        self.tables.push(report);
        Ok(())
    }

    fn row(&mut self, source: &Source<'_>, row: &Row, names: &mut Reconciler<'_>) -> Drafted {
        let Source { table, layout, .. } = source;
        if let Some((code, reason)) = &row.fault {
            return Err(RowFault { column: String::new(), code, reason: reason.clone() });
        }
        let Context { now, zone } = self.context;
        let reader = RowReader { layout, cells: &row.cells, locale: &self.mapping.locale, zone };
        let scene = Scene { table, source: &self.mapping.source, stages: self.stages, now };
        let mut draft = match table.kind {
            Kind::Stages => objects::stage(&reader, &scene),
            Kind::People => objects::person(&reader, &scene),
            Kind::Accounts => objects::account(&reader, &scene),
            Kind::Products => objects::product(&reader, &scene),
            Kind::Rates => facts::rate(&reader, &scene),
            Kind::Quotas => facts::quota(&reader, &scene, names),
            Kind::StageHistory => deals::stage_entry(&reader, &scene, names),
            Kind::Deals => deals::deal(&reader, &scene, names),
            Kind::Activities => facts::activity(&reader, &scene, names),
        }?;
        draft
            .check(now)
            .map_err(|Refusal { code, path, message }| reader.fault(field_of(path), code, message))?;
        self.claim(&draft, source, row)?;
        self.sequence(table.kind, &mut draft);
        Ok(draft)
    }

    /// Refuses what an earlier row has stated.
    fn claim(&mut self, draft: &Draft, source: &Source<'_>, row: &Row) -> Result<(), RowFault> {
        let key = natural_key(draft, source.table.kind);
        if let Some((file, line)) = self.stated.get(&key) {
            let field = super::fields::of(source.table.kind)[0].name;
            return Err(RowFault {
                column: source.layout.column_of(field),
                code: "duplicate_key",
                reason: format!("line {line} of {file} states the same already"),
            });
        }
        self.stated.insert(key, (source.table.file.clone(), row.line));
        Ok(())
    }

    fn sequence(&mut self, kind: Kind, draft: &mut Draft) {
        if let (Kind::StageHistory, Draft::Deal { event, .. }) = (kind, draft) {
            let next = self.entered.entry((event.deal.clone(), event.occurred_at)).or_default();
            event.version.sequence = *next;
            *next += 1;
        }
    }
}
