//! Results of test programs as text: what each case changed in each operand set's record; and their comparison.

/// SplitMix64, so that the sets are the same everywhere and always.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ mixed >> 31) >> 32) as u32
    }
}

/// The words of `record` that differ from `base`, as `index=value`.
fn differing<const N: usize>(record: &[u32; N], base: &[u32; N]) -> String {
    let words: Vec<String> = record
        .iter()
        .zip(base)
        .enumerate()
        .filter(|(_, (word, base))| word != base)
        .map(|(index, (word, _))| format!("{index}={word:x}"))
        .collect();
    words.join(" ")
}

/// All results as text.
pub fn write<'a, const N: usize>(
    header: &str,
    names: impl Iterator<Item = &'a str>,
    results: &[Vec<[u32; N]>],
    inputs: &[[u32; N]],
) -> String {
    let mut text = header.to_owned();
    for (name, sets) in names.zip(results) {
        text.push_str(name);
        for (record, input) in sets.iter().zip(inputs) {
            text.push_str(" | ");
            text.push_str(&differing(record, input));
        }
        text.push('\n');
    }
    text
}

/// The results that `text` records for the cases called `names`, in that order.
pub fn parse<const N: usize>(
    text: &str,
    names: &[&str],
    inputs: &[[u32; N]],
) -> Vec<Vec<[u32; N]>> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let recorded: Vec<&str> = lines
        .iter()
        .map(|line| line.split(" |").next().unwrap_or(line))
        .collect();
    assert_eq!(recorded, names, "the vectors were recorded for other cases");
    lines
        .iter()
        .map(|line| {
            let sets: Vec<&str> = line.split('|').skip(1).collect();
            assert_eq!(sets.len(), inputs.len(), "operand sets of {line}");
            sets.iter()
                .zip(inputs)
                .map(|(changes, input)| apply(changes, input))
                .collect()
        })
        .collect()
}

fn apply<const N: usize>(changes: &str, input: &[u32; N]) -> [u32; N] {
    let mut record = *input;
    for change in changes.split_whitespace() {
        let (index, value) = change.split_once('=').expect("index=value");
        let index: usize = index.parse().expect("decimal index");
        record[index] = u32::from_str_radix(value, 16).expect("hexadecimal value");
    }
    record
}

/// Fails with every difference, not only the first.
pub fn assert_same<const N: usize>(
    names: &[&str],
    inputs: &[[u32; N]],
    expected: &[Vec<[u32; N]>],
    found: &[Vec<[u32; N]>],
) {
    assert_eq!(expected.len(), names.len(), "vectors for other cases");
    assert_eq!(found.len(), names.len(), "results of other cases");
    let mut differences = Vec::new();
    for ((name, expected), found) in names.iter().zip(expected).zip(found) {
        let sets = expected.iter().zip(found).zip(inputs);
        for ((expected, found), input) in sets.filter(|((expected, found), _)| expected != found) {
            differences.push(format!(
                "{name}:\n  input    {}\n  expected {}\n  found    {}",
                differing(input, &[0; N]),
                differing(expected, input),
                differing(found, input)
            ));
        }
    }
    assert!(
        differences.is_empty(),
        "{} differences\n{}",
        differences.len(),
        differences.join("\n")
    );
}
