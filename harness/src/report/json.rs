//! The report as JSON; `report/model.rs` is the schema.

use super::model::Report;

/// The report as indented JSON with a final newline.
pub fn render(report: &Report) -> String {
    // The model has string keys only and no floats: it cannot fail to serialise.
    let mut text = serde_json::to_string_pretty(report).unwrap_or_default();
    text.push('\n');
    text
}
