//! What earlier migrations said about the models of an app.

use std::collections::BTreeMap;

/// The models of one app as its migrations made them. Migrations name fields and models; which columns and tables these
/// are was said where they were declared, often in an earlier file. Files are to be read in their order with one state.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct DjangoState {
    pub(super) app: String,
    pub(super) models: BTreeMap<String, Model>,
}

/// One model.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Model {
    pub(super) table: Option<String>,
    /// Where it has no table of its own, or one that somebody else makes.
    pub(super) is_unmanaged: bool,
    pub(super) fields: BTreeMap<String, Stored>,
    /// How many sets of fields are unique together.
    pub(super) unique_sets: usize,
}

/// How a field is stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Stored {
    /// In a column of this name.
    Column(String),
    /// In a table of its own of this name.
    Table(String),
    /// Not at all.
    Nowhere,
}

impl DjangoState {
    /// An app without models. The label is the one that names of tables begin with.
    #[must_use]
    pub fn new(app_label: &str) -> Self {
        Self { app: app_label.to_owned(), models: BTreeMap::new() }
    }

    /// An app whose label is the folder that its migrations lie in, as it is unless the app says otherwise: of
    /// `shop/orders/migrations/0001_initial.py` it is `orders`.
    #[must_use]
    pub fn at(path: &str) -> Self {
        let mut folders: Vec<&str> = path.split('/').collect();
        folders.pop();
        let migrations = folders.iter().rposition(|it| it.contains("migrations")).unwrap_or(folders.len());
        let label = migrations.checked_sub(1).and_then(|it| folders.get(it)).copied().unwrap_or_default();
        Self::new(label)
    }

    /// The table of a model, and whether it was declared in what was read.
    pub(super) fn table(&self, model: &str) -> (String, bool) {
        let key = model.to_lowercase();
        match self.models.get(&key) {
            Some(found) => (found.table.clone().unwrap_or_else(|| self.default_table(&key)), true),
            None => (self.default_table(&key), false),
        }
    }

    pub(super) fn default_table(&self, model: &str) -> String {
        format!("{}_{}", self.app, model.to_lowercase())
    }

    pub(super) fn model(&mut self, model: &str) -> &mut Model {
        self.models.entry(model.to_lowercase()).or_default()
    }

    pub(super) fn stored(&self, model: &str, field: &str) -> Option<&Stored> {
        self.models.get(&model.to_lowercase())?.fields.get(field)
    }
}
