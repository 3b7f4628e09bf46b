//! The report as JUnit XML: a test suite a scenario, a test case a copy; what a back end cannot stand for is skipped.

use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use super::model::{CheckReport, Report, ScenarioReport, TargetReport};
use super::outcome::{Answer, Outcome};

/// The report as JUnit XML. An unexpected verdict is a failure, an inconclusive one an error.
pub fn render(report: &Report) -> String {
    let mut junit = Junit::new("cloneproof");
    if let Some(check) = &report.check {
        junit.add_test_suite(answer(check));
    }
    for scenario in &report.scenarios {
        let mut suite = TestSuite::new(format!("{} ({})", scenario.name, scenario.backend));
        suite.set_system_out(&scenario.description);
        for target in &scenario.targets {
            suite.add_test_case(case(scenario, target));
        }
        junit.add_test_suite(suite);
    }
    // Serialising into memory fails only for names that XML cannot hold, which quick-junit replaces.
    junit.to_string().unwrap_or_default()
}

/// The answer to `cloneproof check` as a test case of its own.
fn answer(check: &CheckReport) -> TestSuite {
    let status = match check.outcome {
        Answer::Refused => TestCaseStatus::success(),
        outcome @ (Answer::Boots | Answer::Inconclusive) => {
            let kind = match outcome {
                Answer::Inconclusive => NonSuccessKind::Error,
                _ => NonSuccessKind::Failure,
            };
            let mut status = TestCaseStatus::non_success(kind);
            status.set_type(outcome.id());
            status.set_message(&check.sentence);
            status
        }
    };
    let mut case = TestCase::new("a copy does not run on another chip", status);
    case.set_classname("check");
    case.set_system_out(check.because.join("\n"));
    let mut suite = TestSuite::new("check");
    suite.set_system_out(&check.sentence);
    suite.add_test_case(case);
    suite
}

fn case(scenario: &ScenarioReport, target: &TargetReport) -> TestCase {
    let status = if target.is_not_applicable() {
        let mut status = TestCaseStatus::skipped();
        status.set_message(target.verdict.reason.to_string());
        status
    } else if target.as_expected {
        TestCaseStatus::success()
    } else {
        let kind = match target.verdict.outcome {
            Outcome::Inconclusive => NonSuccessKind::Error,
            _ => NonSuccessKind::Failure,
        };
        let mut status = TestCaseStatus::non_success(kind);
        status.set_type(target.verdict.outcome.id());
        status.set_message(format!(
            "expected: {}; verdict: {} ({})",
            target.expected, target.verdict.outcome, target.verdict.reason
        ));
        status
    };
    let mut case = TestCase::new(&target.name, status);
    case.set_classname(&scenario.name);
    case.set_system_out(evidence(target));
    case
}

fn evidence(target: &TargetReport) -> String {
    let mut out = format!("{}: {}\n", target.verdict.outcome, target.verdict.reason);
    if let (Some(line), Some(number)) = (&target.verdict.line, target.verdict.line_number) {
        out.push_str(&format!("console line {number}: {line}\n"));
    }
    if let Some(finding) = &target.finding {
        out.push_str(&format!("finding: {finding}\n"));
    }
    if let Some(chip) = &target.chip {
        out.push_str(&format!(
            "chip {} {}\nflash SHA-256 {}\nstopped: {}\n",
            chip.efuses.revision, chip.efuses.mac, chip.flash_sha256_before, chip.stop
        ));
    }
    out
}
