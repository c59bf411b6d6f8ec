//! A data directory and an export of one test, and the program run on them.

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use tempfile::TempDir;

/// The header row of the deals' table of the known layout.
pub(crate) const DEALS: &str =
    "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value";

/// Eight deals of four agents in three teams' worth of names, of which two people share one.
pub(crate) const SMALL: [(&str, &str); 4] = [
    (
        "sales_pipeline.csv",
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n\
         A1,Ann Lee,GTX Pro,Acme,Won,2026-01-05,2026-02-10,1000\n\
         A2,Ann Lee,GTXPro,Acme,Won,2026-01-20,2026-03-31,500\n\
         A3,Bo Chan,MG 1,,Lost,2026-01-15,2026-02-20,0\n\
         A4,Bo Chan,MG 1,Betacorp,Won,2026-02-01,2026-04-01,250.50\n\
         A5,Cy Dorn,GTX Pro,Acme,Won,2025-11-01,2025-12-31,70\n\
         A6,Cy Dorn,MG 1,Betacorp,Engaging,2026-02-15,,\n\
         A7,Ann Lee,MG 1,,Prospecting,,,\n",
    ),
    (
        "sales_teams.csv",
        "sales_agent,manager,regional_office\nAnn Lee,Max Roe,West\nBo Chan,Max Roe,East\nCy Dorn,Zoe Ash,East\n",
    ),
    ("products.csv", "product,series,sales_price\nGTX Pro,GTX,4821\nMG 1,MG,55\n"),
    ("accounts.csv", "account,sector,year_established\nAcme,retail,1996\nBetacorp,medical,1991\n"),
];

/// One test's files.
pub(crate) struct Fixture {
    dir: TempDir,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// With the organisation `demo` and the small export in it.
    pub(crate) fn imported() -> Self {
        let fixture = Self::new();
        fixture.ok(&["admin", "create-org", "Demo"]);
        fixture.write_export(&SMALL);
        fixture.import(&[]);
        fixture
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Writes files into the folder `export`.
    pub(crate) fn write_export(&self, files: &[(&str, &str)]) {
        for (name, text) in files {
            self.write(&format!("export/{name}"), text);
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_salescope"));
        command.current_dir(self.dir.path()).env("SALESCOPE_DATA_DIR", self.path("data"));
        command.args(arguments);
        command
    }

    /// The program, in the test's folder, with its data directory.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// A server on the data directory, ready.
    pub(crate) fn up(&self) -> Server {
        self.up_with(&[])
    }

    /// As [`Self::up`], with more options.
    pub(crate) fn up_with(&self, more: &[&str]) -> Server {
        let arguments = [&["up", "--listen", "127.0.0.1:0", "--json"], more].concat();
        let mut process = self.command(&arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|_| panic!("the server said {line:?}"));
        Server { process, ready, _out: out }
    }

    /// What the program prints when it succeeds.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What the program answers as JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        serde_json::from_str(&self.ok(&arguments)).unwrap()
    }

    /// The problem that the program reports, and its exit code.
    pub(crate) fn problem(&self, arguments: &[&str]) -> (Value, i32) {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        let output = self.run(&arguments);
        assert!(output.stdout.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
        let problem = serde_json::from_slice(&output.stderr);
        let problem = problem.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        (problem, output.status.code().unwrap())
    }

    /// Imports the folder `export`.
    pub(crate) fn import(&self, more: &[&str]) -> Value {
        let arguments = [&["import", "crm", "export", "--org", "demo"], more].concat();
        self.json(&arguments)
    }

    pub(crate) fn entries(&self) -> u64 {
        self.json(&["journal", "stats", "--org", "demo"])["entries"].as_u64().unwrap()
    }

    /// The groups of a KPI over the first quarter of 2026.
    pub(crate) fn quarter(&self, kpi: &str, more: &[&str]) -> Value {
        let range = ["kpi", "get", kpi, "--org", "demo", "--from", "2026-01-01", "--to", "2026-04-01"];
        self.json(&[&range, more].concat())["groups"].clone()
    }
}

/// A running server. It is killed when the test ends without having stopped it.
pub(crate) struct Server {
    process: Child,
    /// What it said when it was ready.
    pub(crate) ready: Value,
    _out: BufReader<ChildStdout>,
}

impl Server {
    /// Where its API is.
    pub(crate) fn url(&self) -> &str {
        self.ready["url"].as_str().unwrap()
    }

    /// Sends a signal and waits for the end.
    pub(crate) fn end_with(mut self, signal: Signal) -> ExitStatus {
        kill_process(Pid::from_child(&self.process), signal).unwrap();
        self.process.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already where the test ended it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The real export, beside the project.
pub(crate) fn shared_export() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/crm")
}

/// Read, imported, unchanged, rejected.
pub(crate) fn counts(summary: &Value) -> [u64; 4] {
    ["read", "imported", "unchanged", "rejected"].map(|name| summary[name].as_u64().unwrap())
}
