//! The table, the criteria and the figures as JSON.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

use serde_json::{Value, json};

use crate::crush::{CRUSH, Crush, FALLEN};
use crate::machine::{Machine, load};
use crate::numbers::{median, quartiles};
use crate::plan::{CROWD, Cell, Measure, Plan, Size, Way};
use crate::rounds::{Figures, Round};
use crate::stage::Rest;

/// What the run found.
#[derive(Debug)]
pub(crate) struct Report {
    machine: Machine,
    load_after: String,
    plan: Plan,
    figures: Figures,
    idle: Rest,
    after: Rest,
    crush: Crush,
}

/// Which figure of a round.
#[derive(Clone, Copy, Debug)]
enum Part {
    Middle,
    Tail,
}

impl Part {
    fn of(self, round: &Round) -> f64 {
        match self {
            Self::Middle => round.middle,
            Self::Tail => round.tail,
        }
    }
}

/// A figure that the project holds itself to.
struct Criterion {
    what: &'static str,
    most: f64,
    found: f64,
    unit: &'static str,
}

impl Report {
    pub(crate) fn new(
        machine: Machine,
        plan: Plan,
        figures: Figures,
        idle: Rest,
        after: Rest,
        crush: Crush,
    ) -> Self {
        Self { machine, load_after: load(), plan, figures, idle, after, crush }
    }

    fn rounds(&self, cell: Cell, way: Way) -> &[Round] {
        self.figures.get(&cell).and_then(|ways| ways.get(&way)).map_or(&[], Vec::as_slice)
    }

    fn each(&self, cell: Cell, way: Way, part: Part) -> Vec<f64> {
        self.rounds(cell, way).iter().map(|round| part.of(round)).collect()
    }

    fn plain(&self, cell: Cell, way: Way, part: Part) -> f64 {
        median(&self.each(cell, way, part))
    }

    /// What a way adds to asking directly, round by round: both sides of a difference were measured
    /// in turns, under the same load.
    fn added(&self, cell: Cell, way: Way, part: Part) -> Vec<f64> {
        let direct = self.each(cell, Way::Direct, part);
        self.each(cell, way, part).iter().zip(direct).map(|(all, direct)| all - direct).collect()
    }

    /// How many times what the hop adds.
    fn ratio(&self, cell: Cell, way: Way, part: Part) -> f64 {
        median(&self.added(cell, way, part)) / median(&self.added(cell, Way::Hop, part))
    }

    fn processor(&self, cell: Cell, way: Way) -> f64 {
        let all: Vec<f64> =
            self.rounds(cell, way).iter().filter_map(|round| round.processor).collect();
        median(&all)
    }

    pub(crate) fn table(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let Machine { cores, processor, kernel, load_before } = &self.machine;
        writeln!(
            out,
            "\n{cores} cores ({processor}), Linux {kernel}, which all programs and this rig share."
        )?;
        writeln!(
            out,
            "Load average before {load_before}, after {} (the run itself adds to it).",
            self.load_after
        )?;
        writeln!(
            out,
            "{} rounds of {} ms for each figure, ways in turns; medians of the rounds.\n",
            self.plan.rounds,
            self.plan.window.as_millis()
        )?;
        writeln!(
            out,
            "One connection, microseconds. \"added\" is over asking the vendor directly; × is that over what the hop adds;"
        )?;
        writeln!(out, "× all is the whole time over the hop's whole time.\n")?;
        writeln!(
            out,
            "{:<27} {:>8} {:>9} | {:>9} {:>6} {:>6} | {:>10} {:>6} {:>6}",
            "", "direct", "hop added", "same add", "×", "× all", "transl add", "×", "× all"
        )?;
        for cell in Cell::ALL.into_iter().filter(|cell| cell.measure != Measure::Ceiling) {
            for (part, name) in [(Part::Middle, "p50"), (Part::Tail, "p99")] {
                self.write_latency(out, cell, part, name)?;
            }
        }
        writeln!(
            out,
            "\n{CROWD} connections, whole answers: a second, and microseconds of the proxy's processor time each.\n"
        )?;
        writeln!(
            out,
            "{:<27} {:>8} {:>8} {:>6} | {:>8} {:>6} {:>6} | {:>8} {:>6} {:>6}",
            "", "direct", "hop", "cpu", "same", "/hop", "cpu", "transl", "/hop", "cpu"
        )?;
        for cell in Cell::ALL.into_iter().filter(|cell| cell.measure == Measure::Ceiling) {
            self.write_ceiling(out, cell)?;
        }
        self.write_memory(out)?;
        writeln!(out)?;
        for Criterion { what, most, found, unit } in self.criteria() {
            let word = if found <= most { "met    " } else { "NOT MET" };
            writeln!(out, "{word}  {what}: {found:.1}{unit}, at most {most:.1}{unit}")?;
        }
        Ok(())
    }

    fn write_latency(
        &self,
        out: &mut String,
        cell: Cell,
        part: Part,
        name: &str,
    ) -> std::fmt::Result {
        let what = match cell.measure {
            Measure::Latency => "whole answer",
            Measure::FirstToken => "first token",
            Measure::Ceiling => "ceiling",
        };
        let added = |way| median(&self.added(cell, way, part));
        let all = |way| self.plain(cell, way, part) / self.plain(cell, Way::Hop, part);
        writeln!(
            out,
            "{:<27} {:>8.0} {:>9.0} | {:>9.0} {:>6.2} {:>6.2} | {:>10.0} {:>6.2} {:>6.2}",
            format!("{what}, {}, {name}", cell.size.words()),
            self.plain(cell, Way::Direct, part),
            added(Way::Hop),
            added(Way::Same),
            self.ratio(cell, Way::Same, part),
            all(Way::Same),
            added(Way::Translated),
            self.ratio(cell, Way::Translated, part),
            all(Way::Translated),
        )
    }

    fn write_ceiling(&self, out: &mut String, cell: Cell) -> std::fmt::Result {
        let rate = |way| self.plain(cell, way, Part::Middle);
        let (direct, hop) = (rate(Way::Direct), rate(Way::Hop));
        write!(
            out,
            "{:<27} {direct:>8.0} {hop:>8.0} {:>6.0}",
            format!("ceiling, {}", cell.size.words()),
            self.processor(cell, Way::Hop)
        )?;
        for way in [Way::Same, Way::Translated] {
            let (rate, used) = (rate(way), self.processor(cell, way));
            write!(out, " | {rate:>8.0} {:>6.2} {used:>6.0}", rate / hop)?;
        }
        // The rig and the simulator then hold the figure down, not the proxy.
        let bound = [Way::Hop, Way::Same].iter().any(|way| rate(*way) > 0.7 * direct);
        writeln!(out, "{}", if bound { "  rig-bound" } else { "" })
    }

    fn write_memory(&self, out: &mut String) -> std::fmt::Result {
        let mega = |kilo: u32| f64::from(kilo) / 1000.0;
        writeln!(
            out,
            "\nResident memory, MB       idle, 10 s after start    after the load    at most"
        )?;
        for (name, idle, after) in [
            ("Switchyard", self.idle.switchyard, self.after.switchyard),
            ("hop", self.idle.hop, self.after.hop),
        ] {
            writeln!(
                out,
                "{name:<27} {:>20.1} {:>17.1} {:>10.1}",
                mega(idle.now),
                mega(after.now),
                mega(after.most)
            )?;
        }
        writeln!(
            out,
            "{:<27} {:>20} {:>17.1} {:>10.1}",
            format!("{CRUSH} of 200 KB at once"),
            "",
            mega(self.crush.memory.now),
            mega(self.crush.memory.most)
        )?;
        writeln!(out, "It had fallen that far {:.1} s after them.", self.crush.fell_within)?;
        writeln!(
            out,
            "\nSwitchyard recorded {} requests and dropped the records of {} when the queue to the disk was full.",
            self.after.recorded, self.after.dropped
        )
    }

    fn criteria(&self) -> [Criterion; 7] {
        let cell = |size| Cell { measure: Measure::Latency, size };
        let latency = |size| self.ratio(cell(size), Way::Same, Part::Middle);
        let long = self.added(cell(Size::Large), Way::Translated, Part::Middle);
        [
            Criterion {
                what: "added p50, same dialect, 0.2 KB, times the hop's",
                most: 2.5,
                found: latency(Size::Small),
                unit: "",
            },
            Criterion {
                what: "added p50, same dialect, 200 KB, times the hop's",
                most: 3.0,
                found: latency(Size::Large),
                unit: "",
            },
            Criterion {
                what: "added p50, translated, 0.2 KB, times the hop's",
                most: 3.0,
                found: self.ratio(cell(Size::Small), Way::Translated, Part::Middle),
                unit: "",
            },
            Criterion {
                what: "added p50, translated, 200 KB",
                most: 1.5,
                found: median(&long) / 1000.0,
                unit: " ms",
            },
            Criterion {
                what: "memory with 500 translated requests of 200 KB at once",
                most: 250.0,
                found: f64::from(self.crush.memory.most) / 1000.0,
                unit: " MB",
            },
            Criterion {
                what: "memory after them",
                most: f64::from(FALLEN) / 1000.0,
                found: f64::from(self.crush.memory.now) / 1000.0,
                unit: " MB",
            },
            Criterion {
                what: "idle memory",
                most: 30.0,
                found: f64::from(self.idle.switchyard.now) / 1000.0,
                unit: " MB",
            },
        ]
    }

    pub(crate) fn json(&self) -> Value {
        let cells: Vec<Value> = Cell::ALL.into_iter().map(|cell| self.cell_json(cell)).collect();
        let criteria: Vec<Value> = self
            .criteria()
            .iter()
            .map(|criterion| {
                json!({
                    "what": criterion.what, "at_most": criterion.most,
                    "found": criterion.found, "met": criterion.found <= criterion.most,
                })
            })
            .collect();
        json!({
            "machine": self.machine, "load_after": self.load_after, "plan": self.plan,
            "cells": cells, "idle": self.idle, "after": self.after, "crush": self.crush,
            "criteria": criteria,
        })
    }

    fn cell_json(&self, cell: Cell) -> Value {
        let ways: BTreeMap<String, Value> = Way::ALL
            .into_iter()
            .map(|way| {
                let middles = self.each(cell, way, Part::Middle);
                let mut value = json!({
                    "median": median(&middles),
                    "quartiles": quartiles(&middles),
                    "tail": self.plain(cell, way, Part::Tail),
                    "rounds": self.rounds(cell, way),
                });
                if cell.measure != Measure::Ceiling {
                    value["added_p50"] = median(&self.added(cell, way, Part::Middle)).into();
                    value["added_p50_quartiles"] =
                        json!(quartiles(&self.added(cell, way, Part::Middle)));
                    value["added_p99"] = median(&self.added(cell, way, Part::Tail)).into();
                    if way != Way::Direct {
                        value["added_p50_over_hop"] = self.ratio(cell, way, Part::Middle).into();
                    }
                }
                (format!("{way:?}").to_lowercase(), value)
            })
            .collect();
        json!({ "measure": cell.measure, "size": cell.size, "ways": ways })
    }
}

/// What very many at once did to memory, in one line.
pub(crate) fn told(crush: &Crush) -> String {
    let mega = |kilo: u32| f64::from(kilo) / 1000.0;
    let Crush { memory, fell_within } = crush;
    format!(
        "{CRUSH} of 200 KB at once: {:.1} MB at most, {:.1} MB {fell_within:.1} s after them.",
        mega(memory.most),
        mega(memory.now)
    )
}

/// Prints on standard output. A closed pipe is no error.
pub(crate) fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

/// Prints why the run failed.
pub(crate) fn complain(error: &anyhow::Error) {
    let _ = writeln!(std::io::stderr().lock(), "bench: {error:#}");
}
