#!/usr/bin/env bash
# Judges the change that the event is about, and says how that ended. The last step of the action exits with the code.
set -uo pipefail

usage() { # a fixed sentence
  printf '::error title=gatecheck::%s\n' "$1"
  printf 'verdict=undecided\nexit-code=2\n' >>"$GITHUB_OUTPUT"
  exit 0
}

# A value with a line end would be two outputs.
for value in "$REPOSITORY" "$POLICY" "$PACK" "$PROFILE" "$FACTS" "$SARIF"; do
  [[ $value != *[$'\n\r']* ]] || usage "Only the inputs rules and arguments have more than one line."
done

[[ $STICKY_COMMENT =~ ^(true|false|)$ ]] || usage "The input sticky-comment is true or false."

[[ $FORGE_FACTS =~ ^(true|false|)$ ]] || usage "The input forge-facts is true or false."
[ "$FORGE_FACTS" != true ] || [ -z "$FACTS" ] || usage "The inputs facts and forge-facts exclude each other."

call=(check "--repo=$REPOSITORY" "--output=json=$FOLDER/report.json" "--output=markdown=$FOLDER/report.md")
option() { [ -z "$2" ] || call+=("$1=$2"); }
option --policy "$POLICY"
option --pack "$PACK"
option --profile "$PROFILE"
option --facts "${FACTS:-$TOLD}"
[ -z "$SARIF" ] || call+=("--output=sarif=$SARIF")
while IFS= read -r rule; do
  option --rule "$rule"
done <<<"$RULES"
while IFS= read -r argument; do
  [ -z "$argument" ] || call+=("$argument")
done <<<"$ARGUMENTS"

code=0
"$PROGRAM" "${call[@]}" || code=$?
grep -q '^verdict=' "$GITHUB_OUTPUT" 2>/dev/null || echo 'verdict=undecided' >>"$GITHUB_OUTPUT"
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
for report in json markdown sarif; do
  case $report in
    json) path=$FOLDER/report.json ;;
    markdown) path=$FOLDER/report.md ;;
    sarif) path=$SARIF ;;
  esac
  if [ -n "$path" ] && [ -f "$path" ]; then
    echo "$report=$path" >>"$GITHUB_OUTPUT"
  fi
done
