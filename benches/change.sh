#!/usr/bin/env bash
# How long a developer waits for a verdict, beside what git itself needs for the same change.
#
#   benches/change.sh [REPOSITORY BASE HEAD]
#   benches/change.sh --all REPOSITORY [OTHER-GATECHECK]
#
# Without arguments it makes repositories of several sizes, all with the same change of 20 files, and shows that the
# time follows the change and not the repository. With arguments it measures a range of a real repository, or with
# `--all` every file of its work tree, beside git's own look at all of it and beside another build of gatecheck; the
# peak of the memory is printed as well, and the reports of both builds must be the same.
# Needs hyperfine and git. Compare the ratios of one run; absolute times belong to the machine.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --locked --quiet
gatecheck=$PWD/target/release/gatecheck
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1

# make FOLDER COMMITS FILES: a history with one change of a small file a commit, then 20 changed files.
make() {
  local dir=$1 commits=$2 files=$3
  git init --quiet --initial-branch=main "$dir"
  awk -v commits="$commits" -v files="$files" '
    function person(time) { return "A U Thor <author@example.com> " time " +0000" }
    function blob(text) { printf "data %d\n%s\n", length(text), text }
    BEGIN {
      for (c = 1; c <= commits; c++) {
        printf "commit refs/heads/main\ncommitter %s\n", person(1700000000 + c)
        blob("Change number " c)
        if (c == 1) for (f = 0; f < files; f++) {
          printf "M 100644 inline src/%d/%d/file%d.txt\n", f % 100, int(f / 100) % 100, f
          blob("line one of file " f "\nline two\nline three\n")
        }
        printf "M 100644 inline counter.txt\n"
        blob("count " c "\n")
      }
      printf "commit refs/heads/change\ncommitter %s\n", person(1700000000 + commits + 1)
      blob("Change twenty files"); printf "from refs/heads/main\n"
      for (f = 0; f < 20; f++) {
        g = int(f * files / 20)
        printf "M 100644 inline src/%d/%d/file%d.txt\n", g % 100, int(g / 100) % 100, g
        blob("line one of file " g "\nline two changed\nline three\nline four\n")
      }
    }' | git -C "$dir" fast-import --quiet
  git -C "$dir" repack -adq
  git -C "$dir" commit-graph write --reachable 2>/dev/null
  git -C "$dir" checkout --quiet change
  git -C "$dir" branch --quiet head change
  git -C "$dir" reset --quiet --soft main
}

run() { hyperfine --warmup 5 --runs "${RUNS:-40}" --shell=none --ignore-failure --style basic "$@" 2>/dev/null; }

measure() {
  local dir=$1 base=$2 head=$3
  run -n "git diff $base...$head" "git -C $dir diff $base...$head" \
      -n "gatecheck --base $base --head $head" "$gatecheck -C $dir --base $base --head $head"
}

# peak COMMAND...: the most memory that it held, in MiB.
peak() {
  python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, "MiB:", *sys.argv[1:])' "$@"
}

everything() {
  local dir=$1 other=${2:-$gatecheck}
  local now=(--now 2026-01-01T00:00:00Z)
  cmp <("$gatecheck" -C "$dir" --all "${now[@]}" --format json) <("$other" -C "$dir" --all "${now[@]}" --format json)
  run -n "git status" "git -C $dir status --porcelain" \
      -n "gatecheck --all" "$gatecheck -C $dir --all" -n "the other" "$other -C $dir --all"
  peak "$gatecheck" -C "$dir" --all
  peak "$other" -C "$dir" --all
}

if [ "${1:-}" = --all ]; then everything "$2" "${3:-}"; exit; fi
if [ $# -eq 3 ]; then measure "$@"; exit; fi

run -n "gatecheck --help" "$gatecheck --help"
for size in "1000 100" "100000 100" "1000 100000"; do
  read -r commits files <<<"$size"
  dir=$work/$commits-$files
  make "$dir" "$commits" "$files"
  echo "== $commits commits, $files files, 20 of them changed"
  measure "$dir" main head
  run -n "git diff-index --cached" "git -C $dir diff-index --cached main" -n "gatecheck --staged" "$gatecheck -C $dir --staged"
  run -n "gatecheck, empty change" "$gatecheck -C $dir --base main --head main"
done
