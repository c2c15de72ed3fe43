use super::*;
use crate::report::sample;

fn shown(report: &Report, options: &Options) -> String {
    let mut out = Vec::new();
    let written = render(report, options, &mut out);
    assert!(written.is_ok());
    String::from_utf8_lossy(&out).into_owned()
}

#[test]
fn sample_print() {
    for width in [80, 120] {
        eprintln!("{}", shown(&sample::report(), &Options { width, ..Options::default() }));
    }
}
