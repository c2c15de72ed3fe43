#!/usr/bin/env bash
# Asks the forge what only it knows about the pull request: who approved, what ran, what protects the target. Where that
# fails, the rules that need it are undecided; all others are judged.
set -uo pipefail

# Only what asks for it below gets the token.
export -n TOKEN

case ${GITHUB_EVENT_NAME:-} in
  pull_request* | merge_group) ;;
  *) exit 0 ;;
esac

file=$FOLDER/forge.json
if GH_TOKEN=$TOKEN "$PROGRAM" facts fetch --repo "$REPOSITORY" --output "$file" && [ -f "$file" ]; then
  echo "facts=$file" >>"$GITHUB_OUTPUT"
else
  printf '::warning title=gatecheck::%s\n' "The forge did not tell all that was asked; the log says why. Rules that need it are undecided."
fi
