#!/usr/bin/env bash
# Keeps one comment on the pull request that says what the job summary says. It is written when there is something to say,
# and edited in place when that changes. Whatever happens here, the verdict stands.
set -uo pipefail

# Only what asks for it below gets the token.
export -n TOKEN
# Bytes of a comment that surely fit; GitHub takes 65,536 characters.
most=60000
# Pages of 100 comments that are looked through.
pages=50

end() { # result, level, a fixed sentence: no text of a server or a stranger is ever printed here
  echo "comment=$1" >>"$GITHUB_OUTPUT"
  [ -z "${2:-}" ] || printf '::%s title=gatecheck::%s\n' "$2" "$3"
  exit 0
}

# POSTs the query in the file; the answer is in the other. The token goes through standard input: no list of processes
# shows it. Only what asks is tried again: what writes could write twice.
ask() {
  local retries=(--retry 0)
  [ "$1" = read ] && retries=(--retry 2)
  status=$(printf 'Authorization: Bearer %s\n' "$TOKEN" |
    curl --silent --max-time 60 --connect-timeout 20 "${retries[@]}" --max-filesize 33554432 --header @- \
      --header 'Content-Type: application/json' --header 'User-Agent: gatecheck' --data-binary "@$query" \
      --output "$answer" --write-out '%{http_code}' -- "$GITHUB_GRAPHQL_URL")
  [[ $status =~ ^[0-9]{3}$ ]] || status=000
  # As a list of all there is: without it an empty answer would be no answer that says no.
  [ "$status" = 200 ] && jq -es 'length == 1 and (.[0] | .data and (.errors | not))' "$answer" >/dev/null 2>&1
}

# Why a question got no answer; GitHub says no with 200, too.
refused() {
  if [ "$status" = 401 ] || [ "$status" = 403 ] ||
    jq -es '[.[].errors[]?.type] | any(. == "FORBIDDEN" or . == "INSUFFICIENT_SCOPES")' "$answer" >/dev/null 2>&1; then
    end refused warning "The comment was refused: it needs \`permissions: { pull-requests: write }\`, which a pull request from a fork never has. The verdict and the job summary stand as they are."
  fi
  end failed warning "The comment could not be written (HTTP $status). The verdict and the job summary stand as they are."
}

[[ ${NUMBER:-} =~ ^[0-9]+$ ]] || end none notice "There is no pull request to comment on in this event."
for tool in curl jq; do
  command -v "$tool" >/dev/null || end failed warning "The comment needs curl and jq, which this runner does not have. The verdict and the job summary stand as they are."
done
[ -n "${TOKEN:-}" ] || end failed warning "The comment needs a token, and the input token is empty. The verdict and the job summary stand as they are."

query=$FOLDER/query.json
answer=$FOLDER/answer.json
body=$FOLDER/comment.md
rm -f "$answer"

digest() {
  if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1
}

# What this comment is about: two jobs do not take each other's.
key=$(printf '%s\n%s\n' "${GITHUB_WORKFLOW:-}" "${GITHUB_JOB:-}" | digest | cut -c 1-16)
if [ -z "${REPORT:-}" ]; then
  printf '## ❔ gatecheck: undecided\n\nNothing was judged; the log of the job says why.\n' >"$body"
elif [ "$(wc -c <"$REPORT")" -le "$most" ]; then
  cp "$REPORT" "$body"
else
  # The head of the report is plain paragraphs. What is cut off below could leave something open.
  head -n 5 "$REPORT" >"$body"
  printf '\nThe report is too long for a comment; the summary of the job has all of it.\n' >>"$body"
fi
state=$(digest <"$body")
marker="<!-- gatecheck $key "

# Own comments only: anybody can write the marker.
# shellcheck disable=SC2016 # the variables are those of GraphQL and jq
read_query='query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    id comments(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor } nodes { id body viewerDidAuthor }
    }
  } }
}'
subject='' comment='' known='' after=''
for ((page = 0; page < pages; page++)); do
  # shellcheck disable=SC2016
  jq -n --arg query "$read_query" --arg owner "${GITHUB_REPOSITORY%%/*}" --arg name "${GITHUB_REPOSITORY#*/}" \
    --argjson number "$NUMBER" --arg after "$after" '{ $query, variables: {
      $owner, $name, $number, after: (if $after == "" then null else $after end) } }' >"$query"
  ask read || refused
  subject=$(jq -r '.data.repository.pullRequest.id // ""' "$answer")
  [ -n "$subject" ] || refused
  # shellcheck disable=SC2016
  comment=$(jq -r --arg marker "$marker" '[.data.repository.pullRequest.comments.nodes[]
    | select(.viewerDidAuthor == true and (.body | startswith($marker)))][0].id // ""' "$answer")
  if [ -n "$comment" ]; then
    # shellcheck disable=SC2016
    known=$(jq -r --arg id "$comment" --arg marker "$marker" '.data.repository.pullRequest.comments.nodes[]
      | select(.id == $id).body | ltrimstr($marker) | split(" ")[0]' "$answer")
    break
  fi
  jq -e '.data.repository.pullRequest.comments.pageInfo.hasNextPage' "$answer" >/dev/null || break
  after=$(jq -r '.data.repository.pullRequest.comments.pageInfo.endCursor // ""' "$answer")
  [ -n "$after" ] || break
done

[ -z "$comment" ] || [ "$known" != "$state" ] || end unchanged
# Silence is the best news.
[ -n "$comment" ] || [ "$VERDICT" != passed ] || end none

if [ -n "$comment" ]; then
  # shellcheck disable=SC2016
  write_query='mutation($id: ID!, $body: String!) {
    updateIssueComment(input: { id: $id, body: $body }) { issueComment { id } } }' id=$comment result=updated
else
  # shellcheck disable=SC2016
  write_query='mutation($id: ID!, $body: String!) {
    addComment(input: { subjectId: $id, body: $body }) { subject { id } } }' id=$subject result=created
fi
# shellcheck disable=SC2016
jq -n --arg query "$write_query" --arg id "$id" --arg first "$marker$state -->" --rawfile body "$body" \
  '{ $query, variables: { $id, body: ($first + "\n" + $body) } }' >"$query"
ask write || refused
end "$result"
