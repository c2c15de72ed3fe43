// Holds `github.json` against GitHub's OpenAPI description, and the GraphQL queries of `src/fetch/github` with their
// answers against GitHub's GraphQL schema. The answers hold only what gatecheck reads: each field must be documented
// with that type, and one that gatecheck cannot do without must be documented as always present.
//
// Run by the tests: `node described.mjs ROOT`, with the packages beside it.

import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import { buildSchema, execute, parse, validate } from "graphql";

const require = createRequire(import.meta.url);
const here = new URL(".", import.meta.url);
const project = pathToFileURL(`${process.argv[2]}/`);
const ids = { "{head}": "1".repeat(40), "{base}": "2".repeat(40) };
const filled = (text) => Object.entries(ids).reduce((text, [name, id]) => text.replaceAll(name, id), text);
const script = JSON.parse(filled(readFileSync(new URL("tests/it/forge/github.json", project), "utf8")));
const problems = [];
let checked = 0;

// Fields that gatecheck does without where they are absent: the Rust side has an `Option` or a default.
const optional = new Set([
  "draft", "submitted_at", "parameters", "source_type", "ruleset_source_type", "permissions", "permissions.maintain",
  "permissions.triage", "bypass_actors", "event", "actor", "created_at", "dismissed_review", "commit_id", "message", "sha",
  "id", "commit.author.email", "commit.committer.email", "commit.author.name", "commit.committer.name", "check_runs.app.slug", "role_name",
  "bypass_actors.actor_id", "bypass_actors.bypass_mode",
  // A rule without a ruleset would be refused, not passed over.
  "ruleset_id", "ruleset_source",
  // Parts of what is handed on as it is.
  "url", "enforce_admins", "state",
]);

function relaxed(schema, inAllOf = false) {
  if (Array.isArray(schema)) return schema.map((it) => relaxed(it, inAllOf));
  if (schema === null || typeof schema !== "object") return schema;
  const made = {};
  for (const [key, value] of Object.entries(schema)) {
    if (["required", "example", "examples", "discriminator", "default", "deprecated"].includes(key)) continue;
    if (key === "oneOf") made.anyOf = relaxed(value);
    else if (key === "allOf") made.allOf = relaxed(value, true);
    // Parts of a whole know nothing of each other's fields.
    else if (key === "$ref" && inAllOf) made.$ref = value.replace("/schemas/", "/open/");
    else if (key === "properties") {
      made.properties = Object.fromEntries(Object.entries(value).map(([name, it]) => [name, relaxed(it)]));
    } else made[key] = typeof value === "object" ? relaxed(value) : value;
  }
  if (made.nullable) {
    delete made.nullable;
    return { anyOf: [relaxed(made), { type: "null" }] };
  }
  if (made.properties && !inAllOf && !("additionalProperties" in made)) made.additionalProperties = false;
  return made;
}

function checkRest(api, name) {
  const schemas = api.components.schemas;
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema({ $id: "doc", components: {
    schemas: Object.fromEntries(Object.entries(schemas).map(([key, it]) => [key, relaxed(it)])),
    open: Object.fromEntries(Object.entries(schemas).map(([key, it]) => [key, relaxed(it, true)])),
  } });
  const inDoc = (schema) => JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"doc#/components'));
  const resolved = (schema) => {
    while (schema?.$ref) schema = schemas[schema.$ref.split("/").pop()];
    return schema;
  };
  const alternatives = (schema) => {
    schema = resolved(schema);
    if (!schema) return [];
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices) return choices.flatMap(alternatives);
    if (!schema.allOf) return [schema];
    const parts = schema.allOf.flatMap(alternatives);
    return [{ properties: Object.assign({}, ...parts.map((it) => it.properties)), required: parts.flatMap((it) => it.required ?? []) }];
  };
  const required = (value, schema, at, told) => {
    if (Array.isArray(value)) {
      const items = alternatives(schema).find((it) => it.items)?.items;
      for (const each of value) required(each, items, at, told);
    } else if (value && typeof value === "object") {
      const keys = Object.keys(value);
      const fits = alternatives(schema).filter((it) => it.properties && keys.every((key) => key in it.properties));
      for (const key of keys) {
        const place = at ? `${at}.${key}` : key;
        if (fits.length && !fits.some((it) => it.required?.includes(key)) && !optional.has(place) && !optional.has(key)) told.add(place);
        if (fits.length) required(value[key], fits[0].properties[key], place, told);
      }
    }
  };
  for (const answer of script.answers) {
    const operation = api.paths[answer.openapi]?.get;
    if (!operation) {
      problems.push(`${name}: ${answer.openapi} is not documented`);
      continue;
    }
    const query = [...new URLSearchParams(answer.get.split("?")[1] ?? "").keys()];
    const known = (operation.parameters ?? []).map((it) => (it.$ref ? api.components.parameters[it.$ref.split("/").pop()] : it).name);
    for (const key of query.filter((key) => !known.includes(key))) problems.push(`${name}: ${answer.get}: no parameter \`${key}\``);
    if (answer.pages.length > 1 && !known.includes("page") && !known.includes("after")) problems.push(`${name}: ${answer.get} has no pages`);
    const schema = operation.responses["200"].content["application/json"].schema;
    const check = ajv.compile(inDoc(relaxed(schema)));
    for (const page of answer.pages) {
      checked += 1;
      if (!check(page)) {
        const errors = check.errors.slice(0, 4).map((it) => `${it.instancePath} ${it.message} ${JSON.stringify(it.params)}`);
        problems.push(`${name}: ${answer.get}: ${errors.join("; ")}`);
      }
      const told = new Set();
      required(page, schema, "", told);
      if (told.size) problems.push(`${name}: ${answer.get}: may be absent: ${[...told].join(", ")}`);
    }
  }
}

function queries() {
  const folder = new URL("src/fetch/github/", project);
  const found = [];
  for (const file of readdirSync(folder).filter((it) => it.endsWith(".rs"))) {
    const text = readFileSync(new URL(file, folder), "utf8");
    for (const [, query] of text.matchAll(/: &str = "(query\([^"]*)";/g)) found.push(query);
  }
  return found;
}

async function checkGraphql() {
  const text = readFileSync(new URL("node_modules/@octokit/graphql-schema/schema.graphql", here), "utf8");
  // This version of the package defines two fields twice.
  const schema = buildSchema(text, { assumeValidSDL: true });
  const all = queries();
  if (all.length !== 4) problems.push(`graphql: ${all.length} queries were found, not 4`);
  for (const query of all) {
    const document = parse(query);
    const name = ["mergeQueue", "reviewThreads", "reviews", "commits"].find((it) => query.includes(`${it}(`));
    for (const error of validate(schema, document)) problems.push(`graphql ${name}: ${error.message}`);
    for (const answer of script.graphql.filter((it) => it.of.split("#")[0] === name)) {
      checked += 1;
      const variableValues = { owner: "acme", name: "app", number: 7, branch: "main" };
      const result = await execute({ schema, document, rootValue: answer.data, variableValues });
      for (const error of result.errors ?? []) problems.push(`graphql ${answer.of}: ${error.message} at ${error.path?.join(".")}`);
      const [told, given] = [result.data, answer.data].map((it) => JSON.stringify(it, (key, value) =>
        value && !Array.isArray(value) && typeof value === "object" ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))) : value));
      if (told !== given) problems.push(`graphql ${answer.of}: the answer is not what was asked for:\n  ${given}\n  ${told}`);
    }
  }
}

const root = require.resolve("@octokit/openapi").replace(/[^/]*$/, "generated/");
// The oldest and the newest server that is supported, the cloud, and github.com.
for (const name of ["api.github.com", "ghec", "ghes-3.17", "ghes-3.19"]) {
  let api;
  try {
    api = JSON.parse(readFileSync(`${root}${name}.json`, "utf8"));
  } catch {
    console.log(`${name}: not described by this version of the package`);
    continue;
  }
  checkRest(api, name);
}
await checkGraphql();
for (const problem of problems) console.error(problem);
console.log(`${checked} answers checked, ${problems.length} problems`);
process.exitCode = problems.length === 0 && checked > 0 ? 0 : 1;
