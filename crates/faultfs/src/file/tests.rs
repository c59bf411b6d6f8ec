//! The simulated file against a model: what readers see, and what a power cut leaves.

use super::*;
use proptest::prelude::*;

/// A real file in memory.
#[derive(Default, Clone)]
struct Memory(Vec<u8>);

impl Real for Memory {
    fn read(&mut self, offset: u64, target: &mut [u8]) -> Result<(), Code> {
        target.copy_from_slice(&self.0[offset as usize..offset as usize + target.len()]);
        Ok(())
    }

    fn write(&mut self, offset: u64, data: &[u8]) -> Result<(), Code> {
        let end = offset as usize + data.len();
        self.0.resize(self.0.len().max(end), 0);
        self.0[offset as usize..end].copy_from_slice(data);
        Ok(())
    }

    fn truncate(&mut self, size: u64) -> Result<(), Code> {
        self.0.resize(size as usize, 0);
        Ok(())
    }

    fn sync(&mut self, _flags: c_int) -> Result<(), Code> {
        Ok(())
    }
}

#[derive(Debug, Clone)]
enum Step {
    Write { offset: u64, data: Vec<u8>, early: Early },
    Truncate { size: u64, early: bool },
    Sync,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let early = prop_oneof![Just(Early::None), Just(Early::All), any::<u64>().prop_map(Early::Some)];
    let data = prop::collection::vec(1..=255u8, 1..1500);
    let step = prop_oneof![
        5 => (0..4000u64, data, early).prop_map(|(offset, data, early)| Step::Write { offset, data, early }),
        1 => (0..4000u64, any::<bool>()).prop_map(|(size, early)| Step::Truncate { size, early }),
        1 => Just(Step::Sync),
    ];
    prop::collection::vec(step, 0..40)
}

/// What the file is to its readers.
fn model(steps: &[Step]) -> Vec<u8> {
    let mut model = Memory::default();
    for step in steps {
        match step {
            Step::Write { offset, data, .. } => model.write(*offset, data).unwrap(),
            Step::Truncate { size, .. } => model.truncate(*size).unwrap(),
            Step::Sync => {}
        }
    }
    model.0
}

fn run(steps: &[Step]) -> (File, Memory) {
    let (mut file, mut real) = (File::new(0), Memory::default());
    for step in steps {
        match step {
            Step::Write { offset, data, early } => file.write(&mut real, *offset, data, *early).unwrap(),
            Step::Truncate { size, early } => file.truncate(&mut real, *size, *early).unwrap(),
            Step::Sync => file.sync(&mut real, 0).unwrap(),
        }
    }
    (file, real)
}

fn seen(file: &File, real: &mut Memory) -> Vec<u8> {
    let mut all = vec![0; file.size() as usize];
    assert_eq!(file.read(real, 0, &mut all).unwrap(), ReadOutcome::Whole);
    all
}

proptest! {
    #[test]
    fn readers_see_what_was_written_last(steps in steps(), offset in 0..6000u64, length in 1..2000usize) {
        let (file, mut real) = run(&steps);
        let model = model(&steps);
        prop_assert_eq!(seen(&file, &mut real), &model[..]);
        let mut part = vec![7; length];
        let outcome = file.read(&mut real, offset, &mut part).unwrap();
        let there = (model.len() as u64).saturating_sub(offset).min(length as u64) as usize;
        prop_assert_eq!(outcome == ReadOutcome::Whole, there == length);
        prop_assert!(there == 0 || part[..there] == model[offset as usize..][..there]);
        prop_assert!(part[there..].iter().all(|byte| *byte == 0));
    }

    #[test]
    fn a_sync_makes_the_real_file_what_readers_see(steps in steps()) {
        let (mut file, mut real) = run(&steps);
        file.sync(&mut real, 0).unwrap();
        prop_assert!(file.is_clean());
        prop_assert_eq!(real.0, model(&steps));
    }

    #[test]
    fn a_power_cut_keeps_synced_sectors_and_any_written_form_of_the_others(steps in steps()) {
        let synced = steps.iter().rposition(|step| matches!(step, Step::Sync)).map_or(0, |last| last + 1);
        let (_, mut real) = run(&steps);
        // Every form that the file had from the last sync on; a cut may reach the disk before what was written earlier.
        let mut forms: Vec<_> = (synced..=steps.len()).map(|until| model(&steps[..until])).collect();
        for (nth, step) in steps.iter().enumerate().skip(synced) {
            if let Step::Truncate { size, .. } = step {
                let cut = |form: &Vec<u8>| form[..form.len().min(*size as usize)].to_vec();
                let earlier: Vec<_> = forms[..=nth - synced].iter().map(cut).collect();
                forms.extend(earlier);
            }
        }
        let longest = forms.iter().map(Vec::len).max().unwrap_or(0);
        prop_assert!(real.0.len() <= longest);
        real.0.resize(longest, 0);
        for (number, sector) in real.0.chunks(SECTOR_BYTES).enumerate() {
            let padded = |form: &Vec<u8>| {
                let mut form = form.clone();
                form.resize(longest, 0);
                form.chunks(SECTOR_BYTES).nth(number).unwrap().to_vec()
            };
            let known = forms.iter().any(|form| padded(form) == sector);
            // A hole that a later sector left behind reads as zeros, as it does on a real disk.
            prop_assert!(known || sector.iter().all(|byte| *byte == 0));
        }
    }
}

#[test]
fn what_is_not_synced_does_not_reach_the_real_file() {
    let (mut file, mut real) = (File::new(0), Memory::default());
    file.write(&mut real, 0, &[1; 2000], Early::None).unwrap();
    assert!(real.0.is_empty());
    file.write(&mut real, 0, &[2; 2000], Early::Some(0b10)).unwrap();
    assert_eq!(real.0, [vec![0; 512], vec![2; 512]].concat());
}

#[test]
fn a_failed_sync_gives_up_what_it_was_to_write_and_the_next_one_claims_success() {
    let (mut file, mut real) = (File::new(0), Memory::default());
    file.write(&mut real, 0, &[1; 1024], Early::None).unwrap();
    assert_eq!(file.fail_sync(), SQLITE_IOERR_FSYNC);
    file.write(&mut real, 512, &[2; 512], Early::None).unwrap();
    file.sync(&mut real, 0).unwrap();
    assert_eq!(seen(&file, &mut real), [vec![1; 512], vec![2; 512]].concat());
    assert_eq!(real.0, [vec![0; 512], vec![2; 512]].concat());
    assert!(!file.is_clean());
}
