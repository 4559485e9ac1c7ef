// Adds operations to the pruned description of GitHub's API, with all that they
// refer to and without descriptions and examples:
//
//   npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz package/generated/api.github.com.json
//   node add-operations.mjs package/generated/api.github.com.json github-openapi-pruned.json 'get /user' …
import { readFileSync, writeFileSync } from "node:fs";

const [full, pruned, ...wanted] = process.argv.slice(2);
const from = JSON.parse(readFileSync(full));
const into = JSON.parse(readFileSync(pruned));

const told = new Set(["description", "example", "examples", "externalDocs", "x-github", "x-octokit"]);

// Names of properties are no keywords: a schema may have a property "description".
function bare(value, names = false) {
  if (Array.isArray(value)) return value.map((v) => bare(v));
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([key]) => names || !told.has(key));
  return Object.fromEntries(kept.map(([key, v]) => [key, bare(v, !names && key === "properties")]));
}

function refer(value) {
  if (value === null || typeof value !== "object") return;
  if (typeof value.$ref === "string") add(value.$ref);
  Object.values(value).forEach(refer);
}

function add(ref) {
  const [kind, name] = ref.replace("#/components/", "").split("/");
  into.components[kind] ??= {};
  if (into.components[kind][name]) return;
  into.components[kind][name] = bare(from.components[kind][name]);
  refer(into.components[kind][name]);
}

for (const operation of wanted) {
  const [method, path] = operation.split(" ");
  const found = from.paths[path]?.[method];
  if (!found) throw new Error(`${full} has no ${operation}`);
  // An answer's description is demanded by OpenAPI itself.
  const answers = Object.entries(found.responses).map(([status, r]) => [status, { description: "", ...bare(r) }]);
  into.paths[path] = { ...into.paths[path], [method]: { ...bare(found), responses: Object.fromEntries(answers) } };
  refer(into.paths[path][method]);
}
for (const kind of ["responses"]) {
  for (const answer of Object.values(into.components[kind] ?? {})) answer.description ??= "";
}
writeFileSync(pruned, JSON.stringify(into));
