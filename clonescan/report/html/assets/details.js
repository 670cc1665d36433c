// What the kinds beside code have to show: a config's keys, a tokenizer's vocabulary, a checkpoint's two trees.

const TOKENS_LISTED = 100; // tokens that a report lists of each side
const RELATIONS = { same: "same", renamed: "renamed", changed: "other value", moved: "moved", left: "left only", right: "right only" };

function table(heads, rows, attributes = {}) {
  return make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": attributes.label },
    make("table", { class: attributes.class },
      make("thead", {}, make("tr", {}, heads.map((head) => make("th", { scope: "col" }, head)))), make("tbody", {}, rows)));
}

const cells = (values, attributes = {}) => make("tr", attributes, values.map((value) => make("td", {}, value ?? "")));
const code = (text) => (text === null || text === undefined ? "" : make("code", {}, String(text)));
const number = (value) => (typeof value === "number" ? digits.format(value) : "–");

// What a table leaves out, in words.
const rest = (count) => (count ? make("p", { class: "note" }, `and ${counted(count, "more row")} in the JSON report`) : "");

function configTable(entries, counts, more) {
  const summary = Object.entries(counts ?? {}).map(([relation, count]) => `${number(count)} ${RELATIONS[relation] ?? relation}`).join(", ");
  const rows = entries.map((entry) => cells([
    code(entry.left?.key), code(entry.left?.value), RELATIONS[entry.relation] ?? entry.relation, code(entry.right?.key), code(entry.right?.value),
  ], { class: `relation-${Object.keys(RELATIONS).includes(entry.relation) ? entry.relation : "other"}` }));
  return [summary ? make("p", { class: "lead" }, summary) : "",
    table(["left key", "value", "", "right key", "value"], rows, { label: "Keys", class: "keys" }), rest(more)];
}

function share(words, part, whole) {
  const meter = make("meter", { min: 0, max: Math.max(whole ?? 0, 1), value: part ?? 0, "aria-label": words });
  return cells([words, meter, `${number(part)} of ${number(whole)}`]);
}

function tokenizerTables(detail, more) {
  const { vocabulary, merges, named, base, parts, texts } = detail;
  const rows = [];
  if (named) {
    rows.push(share("added tokens of the left that the right has", named.shared, named.left));
    rows.push(share("added tokens of the right that the left has", named.shared, named.right));
  }
  if (vocabulary) {
    rows.push(share("tokens of the left that the right has", vocabulary.shared, vocabulary.left));
    rows.push(share("tokens of the right that the left has", vocabulary.shared, vocabulary.right));
    rows.push(share("shared tokens under the same id", vocabulary.same_ids, vocabulary.shared));
  }
  if (merges) {
    rows.push(share("merges of the left that the right has", merges.shared, merges.left));
    rows.push(share("shared merges in the same order", merges.in_order, merges.shared));
  }
  const found = rows.length ? [make("h4", {}, "Shared"), table(["what", "share", "count"], rows, { label: "What is shared" })] : [];
  if (base) {
    const place = `${[base.repository, base.version].filter(Boolean).join(" ")} (${base.path})`;
    found.push(make("p", {}, base.tokens === undefined ? `Most of it is also in ${place}.`
      : `Of those in both, ${number(base.tokens)} are also in ${place}, ${number(base.same_ids)} of them under the same id.`));
  }
  if (parts && Object.keys(parts).length) {
    found.push(make("h4", {}, "Parts"), table(["part", "both sides"], Object.entries(parts).map(([part, how]) => cells([part, how])), { label: "Parts" }));
  }
  if (texts?.length) {
    found.push(make("h4", {}, "Texts that are not the same"), table(["left", "right"], texts.map((row) => cells([code(row.left), code(row.right)])), { label: "Texts" }), rest(more.texts));
  }
  return [...found, ...addedTokens(detail.added, detail.added_counts)];
}

function addedTokens(added, counts) {
  const names = { both: "In both, added", left: "On the left only", right: "On the right only" };
  return Object.entries(names).filter(([side]) => added?.[side]?.length).flatMap(([side, words]) => {
    const cut = added[side].length >= TOKENS_LISTED && (counts?.[side] ?? 0) > added[side].length; // "name_# (8)" stands for eight
    return [make("h4", {}, `${words}, ${number(counts?.[side] ?? added[side].length)}`),
      make("ul", { class: "tokens" }, added[side].map((token) => make("li", {}, code(token))), cut ? make("li", {}, "and more") : "")];
  });
}

// The rows as two trees side by side: a component is written once, further in for each level.
function treeRows(tree, renamed) {
  const rows = [];
  let before = [[], []];
  for (const group of tree) {
    const paths = [group.left, group.right].map((path) => (path ? path.split(".") : []));
    const depth = Math.max(...paths.map((path) => path.length));
    let differs = false;
    for (let level = 0; level < depth; level++) {
      differs ||= paths.some((path, side) => path[level] !== before[side][level]);
      if (!differs) continue;
      const last = level === depth - 1;
      rows.push(cells([...paths.map((path, side) => branch(path[level], level, renamed[side])),
        last ? shape(group) : "", last ? `${number(group.count)}×` : ""], { class: last ? "leaf" : "inner" }));
    }
    before = paths;
  }
  return rows;
}

function branch(component, level, renamed) {
  if (component === undefined) return "";
  const index = renamed.get(component);
  const classes = index === undefined ? null : `name name-${index % NAME_COLOURS}`;
  return make("span", { class: `branch level-${Math.min(level, 9)}` }, make("code", { class: classes }, component));
}

const shape = (group) => [group.shape ? `[${group.shape.join(", ")}]` : "", group.dtype ?? ""].filter(Boolean).join(" ");

function checkpointTables(detail, more) {
  const { tensors, prefixes, tree } = detail;
  const renamed = [new Map(), new Map()];
  (prefixes ?? []).forEach((prefix, index) => {
    renamed[0].set(String(prefix.left).split(".").at(-1), index);
    renamed[1].set(String(prefix.right).split(".").at(-1), index);
  });
  const found = [];
  if (detail.same_weights) found.push(make("p", {}, detail.same_weights.bytes ? `The same weights bit for bit, ${number(detail.same_weights.bytes)} bytes.` : "The same weights bit for bit."));
  if (tensors) found.push(make("p", {}, `${number(tensors.corresponding)} tensors correspond, of ${number(tensors.left)} on the left and ${number(tensors.right)} on the right.`));
  if (prefixes?.length) {
    found.push(make("h4", {}, "Renamed components"), table(["left", "right", "tensors", ""],
      prefixes.map((prefix) => cells([code(prefix.left), code(prefix.right), number(prefix.count), prefix.ambiguous ? "or another one like it" : ""])), { label: "Renamed components" }), rest(more.prefixes));
  }
  if (tree?.length) {
    found.push(make("h4", {}, "Tensors"), table(["left", "right", "shape", "how many"], treeRows(tree, renamed), { label: "Tensors", class: "trees" }), rest(more.tree));
  }
  return found;
}

function details(match) {
  const { detail, more } = match;
  const found = [];
  if (detail.entries) found.push(...configTable(detail.entries, detail.counts, more.entries));
  if (detail.vocabulary || detail.merges || detail.added || detail.parts || detail.base) found.push(...tokenizerTables(detail, more));
  if (detail.tree || detail.tensors || detail.prefixes || detail.same_weights) found.push(...checkpointTables(detail, more));
  return found;
}
