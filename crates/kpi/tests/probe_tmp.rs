//! Scratch.
use salescope_domain::*;
use salescope_kpi::*;
use salescope_testkit::*;

const BASE: &str = "\
id: x
name: X
description: d
unit: number
better: lower
anchor: a
counts: c
leaves_out: l
";
fn def(rest: &str) -> String { format!("{BASE}{rest}") }
fn q(kpi: &str) -> Query { Query::new(make::kpi(kpi), make::range("2026-01-01","2026-04-01"), make::moment("2026-07-01")) }
fn with(h: History, yaml: &str, id: &str) -> History {
    h.push(Payload::Kpi(KpiDefinitionEntry{kpi: make::kpi(id), version: Version::stated(1), yaml: Some(yaml.to_owned())}))
}
fn check(name: &str, rest: &str) {
    let e = Engine::new();
    println!("{name}: {:?}", e.check_definition(&def(rest)).map(|_| "ok").map_err(|e| e.to_string()));
}
fn run(name: &str, h: History, rest: &str) {
    let mut e = Engine::new(); e.apply(&with(h, &def(rest), "x").entries());
    println!("{name}: {:?}", e.query(&q("x")).map(|a| a.groups).map_err(|e| e.to_string()));
}
#[test] fn params() {
    check("formula_of typo", "inputs: {a: {fact: quota}}\nformula: a\nformula_of: nope\nformulas: {z: a}\nn: a\n");
    check("formula_of without formulas", "inputs: {a: {fact: quota}}\nformula: a\nformula_of: nope\nn: a\n");
    check("formulas without formula_of bad formula", "inputs: {a: {fact: quota}}\nformula: a\nformulas: {z: '((('}\nn: a\n");
    check("value not in formulas", "parameters: {p: {about: b, default: q, values: [q, r]}}\ninputs: {a: {fact: quota}}\nformula: a\nformula_of: p\nformulas: {z: a}\nn: a\n");
    check("param no effect", "parameters: {p: {about: b}}\ninputs: {a: {fact: quota}}\nformula: a\nn: a\n");
    check("default bad", "parameters: {days: {about: b, default: abc}}\ninputs: {a: {fact: quota}}\nformula: a\nn: a\n");
    check("default not in values", "parameters: {p: {about: b, default: abc, values: [x]}}\ninputs: {a: {fact: quota}}\nformula: a\nn: a\n");
    check("measure sum nofield", "inputs: {a: {fact: quota, measure: sum}}\nformula: a\nn: a\n");
    check("measure average nofield", "inputs: {a: {fact: quota, measure: average}}\nformula: a\nn: a\n");
    check("measure sum on slip", "inputs: {a: {fact: due_at_start, measure: sum amount}}\nformula: a\nn: a\n");
    check("n fraction", "inputs: {a: {fact: quota}}\nformula: a\nn: a / 2\n");
    check("mean interval of weighted", "inputs: {a: {fact: deal_open, measure: sum weighted}, b: {fact: deal_open}}\nformula: b\nn: b\ninterval: {mean: a}\n");
    check("empty values", "inputs: {a: {fact: deal_closed, where: {outcome: []}}}\nformula: a\nn: a\n");
    check("unused param name owner flag", "inputs: {a: {fact: deal_closed, where: {owner: true}}}\nformula: a\nn: a\n");
    check("long", &format!("inputs: {{a: {{fact: quota}}}}\nformula: {}a\nn: a\n", "a + ".repeat(2_000)));
    check("part named interval_low", "inputs: {a: {fact: quota}}\nformula: a\nn: a\nparts: {interval_low: {formula: a, unit: count}, rank: {formula: a, unit: count}}\n");
    check("input named range_days", "inputs: {range_days: {fact: quota}}\nformula: range_days\nn: range_days\n");
    check("input named Upper", "inputs: {Won: {fact: quota}}\nformula: Won\nn: Won\n");
    check("unused input bad", "inputs: {a: {fact: quota}, b: {fact: nonsense}}\nformula: a\nn: a\n");
    check("unit of unused", "inputs: {a: {fact: quota}}\nformula: a\nn: a\nparts: {x: {formula: a, unit: dollars}}\n");
    check("add days to count","inputs: {a: {fact: quota}}\nformula: a + range_days\nn: a\n");
    check("add number to money","unit2: x\ninputs: {a: {fact: quota}}\nformula: a + range_days\nn: a\n");
    check("kpi median via fold", "inputs: {a: {kpi: leaderboard}}\nformula: a\nn: a\n");
    check("kpi metric", "inputs: {a: {kpi: metric}}\nformula: a\nn: a\n");
    check("kpi stale_share", "inputs: {a: {kpi: stale_share}}\nformula: a\nn: 1\n");
}
#[test] fn silent() {
    let h = || History::new().at("2025-06-05").deal("A", DealStep::created().amount(100,"USD")).at("2026-03-30").activity(ActivityKind::Call,"ann",Some("A")).metric("nps","5").metric("csat","7");
    run("stale without days", h(), "inputs: {a: {fact: deal_open, where: {stale: true}}}\nformula: a\nn: a\n");
    run("stale_share via kpi", h(), "inputs: {a: {kpi: stale_share}}\nformula: a\nn: 1\n");
    run("metric w/o type", h(), "inputs: {a: {fact: metric_point, measure: sum value}}\nformula: a\nn: 1\n");
    run("frozen w/o week", h(), "inputs: {a: {fact: frozen_forecast}}\nformula: a\nn: a\n");
    run("n fraction", h(), "inputs: {a: {fact: deal_open}}\nformula: a\nn: a / 2\n");
    run("n negative", h(), "inputs: {a: {fact: deal_open}}\nformula: a\nn: a - 5\n");
    run("share above one", h(), "inputs: {a: {fact: deal_open}, b: {fact: deal_open}}\nformula: a\nn: a\ninterval: {share: {hits: a + 5, of: a}}\n");
    run("share fraction", h(), "inputs: {a: {fact: deal_open}, b: {fact: deal_open}}\nformula: a\nn: a\ninterval: {share: {hits: a / 3, of: a}}\n");
    run("interval mean count mismatch", h(), "inputs: {a: {fact: deal_open, measure: sum weighted}, b: {fact: deal_open}}\nformula: b\nn: b\ninterval: {mean: a}\n");
    run("part interval_low", h(), "inputs: {a: {fact: deal_open}, b: {fact: deal_open}}\nformula: a\nn: a\nparts: {interval_low: {formula: a, unit: count}}\ninterval: {share: {hits: a, of: a}}\n");
    run("empty where list", h(), "inputs: {a: {fact: deal_open, where: {category: []}}}\nformula: a\nn: a\n");
    run("missing where none owner", h(), "inputs: {a: {fact: deal_open, where: {owner: none}}}\nformula: a\nn: a\n");
    run("median metric", h(), "parameters: {metric_type: {about: x, default: nps}}\ninputs: {a: {fact: metric_point, measure: median value}, b: {fact: rep, measure: distinct deals}}\nformula: a\nn: b\n");
    run("mixed", h(), "inputs: {a: {fact: activity}, b: {fact: deal_open}, c: {fact: pipeline_step}, d: {fact: quota}, e: {fact: rep}}\nformula: a + b + c + d + e\nn: b\n");
    run("mismatched id", h(), "inputs: {a: {fact: deal_open}}\nformula: a\nn: a\n");
    let mut e = Engine::new(); e.apply(&with(h(), &def("inputs: {a: {fact: deal_open}}\nformula: a\nn: a\n").replace("id: x","id: bookings"), "x").entries());
    println!("entry x holding id bookings: {:?}", e.query(&q("bookings")).unwrap().groups[0].unit);
}
#[test] fn crc() {
    let entries = histories::random(3);
    let mut e = Engine::new(); e.apply(&entries);
    let bytes = e.snapshot();
    println!("snapshot {} bytes of {} entries", bytes.len(), entries.len());
    let fix = |b: &mut Vec<u8>| { let mut at = 8; while at + 16 <= b.len() { let len = u64::from_le_bytes(b[at+4..at+12].try_into().unwrap()) as usize; if at+16+len > b.len() {break;} let c = crc32fast::hash(&b[at+16..at+16+len]); b[at+12..at+16].copy_from_slice(&c.to_le_bytes()); at += 16+len; } };
    std::panic::set_hook(Box::new(|_| {}));
    let mut n = 0; let mut first = std::collections::BTreeMap::new();
    for at in (24..bytes.len()).step_by(7) { for flip in [1u8, 0x80] {
        let mut b = bytes.clone(); b[at] ^= flip; fix(&mut b);
        let r = std::panic::catch_unwind(|| { if let Ok(e) = Engine::restore(&b) { for k in ["bookings","pipeline_waterfall","stale_share","win_rate"] { let _ = e.query(&q(k)); } } });
        if let Err(p) = r { n += 1; let m = p.downcast_ref::<String>().cloned().or(p.downcast_ref::<&str>().map(|s| s.to_string())).unwrap_or_default(); let m: String = m.chars().filter(|c| !c.is_ascii_digit()).collect(); first.entry(m).or_insert(at); }
    } }
    let _ = std::panic::take_hook();
    println!("panics {n}: {first:#?}");
}
#[test] fn deep() {
    check("20k", &format!("inputs: {{a: {{fact: quota}}}}\nformula: {}a\nn: a\n", "a + ".repeat(20_000)));
    check("200k", &format!("inputs: {{a: {{fact: quota}}}}\nformula: {}a\nn: a\n", "a + ".repeat(200_000)));
}
#[test] fn chain() {
    let mut h = History::new();
    for i in 0..22 {
        let y = def(&if i == 0 { "inputs: {a: {fact: quota}}\nformula: a\nn: 1\n".to_owned() } else { format!("inputs: {{a: {{kpi: x{}}}}}\nformula: a + a\nn: 1\n", i-1) }).replace("id: x", &format!("id: x{i}"));
        h = with(h, &y, &format!("x{i}"));
        if i % 7 == 0 { let mut e = Engine::new(); e.apply(&h.clone().entries()); let t = std::time::Instant::now(); let r = e.query(&q(&format!("x{i}"))).map(|_| ()).map_err(|e| e.to_string()); println!("chain {i}: {r:?} {:?}", t.elapsed()); }
    }
    let mut e = Engine::new(); e.apply(&h.entries()); let t = std::time::Instant::now(); let r = e.query(&q("x21")).map(|_| ()).map_err(|e| e.to_string()); println!("chain 21: {r:?} {:?}", t.elapsed());
}
