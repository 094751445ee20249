//! What was tried, with what, and how it went: one table that needs no other explanation.

use std::fmt;
use std::time::Instant;

use test_support::Engine;

use crate::components::Components;
use crate::stage::Stage;

#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
    components: Option<Components>,
}

struct Row {
    sidecar: String,
    broker: String,
    database: Engine,
    topology: &'static str,
    scenario: &'static str,
    began: Instant,
    result: String,
    figures: String,
}

impl Report {
    /// A row of a scenario that has not passed yet.
    pub(crate) fn begin(&mut self, stage: &Stage, scenario: &'static str) -> usize {
        self.rows.push(Row {
            sidecar: stage.sidecar_version.clone(),
            broker: stage.broker_version.clone(),
            database: Engine::of_this_run(),
            topology: stage.setting.form.topology(),
            scenario,
            began: Instant::now(),
            result: "FAILED".to_owned(),
            figures: String::new(),
        });
        self.rows.len() - 1
    }

    pub(crate) fn passed(&mut self, row: usize, figures: String) {
        if let Some(row) = self.rows.get_mut(row) {
            row.figures = figures;
            row.result = format!("ok, {:.1} s", row.began.elapsed().as_secs_f64());
        }
    }

    /// The whole matrix runs the same components; nothing is built anew for a broker.
    pub(crate) fn name_components(&mut self, components: &Components) {
        let known = self.components.get_or_insert_with(|| components.clone());
        assert_eq!(known, components, "the components changed on the way");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| sidecar | broker | database | topology | scenario | result | figures |")?;
        writeln!(f, "|---|---|---|---|---|---|---|")?;
        for row in &self.rows {
            let Row { sidecar, broker, database, topology, scenario, result, figures, .. } = row;
            let scenario = scenario.replace('_', " ");
            write!(f, "| {sidecar} | {broker} | {database} | {topology} | {scenario} ")?;
            writeln!(f, "| {result} | {figures} |")?;
        }
        let components = self.components.iter().flat_map(|Components(components)| components);
        writeln!(f, "\nComponents, the same in every row (SHA-256):")?;
        for (id, hash) in components {
            writeln!(f, "  {id:<12}{hash}")?;
        }
        Ok(())
    }
}
