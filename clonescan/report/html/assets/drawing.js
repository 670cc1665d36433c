// The graph as SVG: hulls, files, units and the lines between those that are visible, in the present state of folding.

const MOST_UNITS = 200; // more start folded to files
const MOST_FILES = 600; // more start folded to repositories
const open = { repositories: new Set(), files: new Set() };
const svg = byId("drawing");
const viewport = draw("g");
let nodes = []; // {key, x, y, radius, words, element, edges}
let edges = []; // {key, ends, numbers, words, element}

function unfoldTo(level) {
  open.repositories = new Set(level === "repositories" ? [] : data.repositories.keys());
  open.files = new Set(level === "units" ? data.files.keys() : []);
}

function startLevel() {
  if (data.units.length <= MOST_UNITS) return "units";
  return data.files.length <= MOST_FILES ? "files" : "repositories";
}

function representative(unit) {
  const file = data.units[unit].file;
  if (!open.repositories.has(data.files[file].repository)) return `r${data.files[file].repository}`;
  return open.files.has(file) ? `u${unit}` : `f${file}`;
}

function groupedEdges() {
  const found = new Map();
  for (const number of shown) {
    const ends = data.matches[number].places.map((place) => representative(place.unit));
    const key = `${ends[0]} ${ends[1]}`;
    if (ends[0] === ends[1]) continue;
    if (!found.has(key)) found.set(key, { key, ends, numbers: [], bits: 0 });
    const edge = found.get(key);
    edge.numbers.push(number);
    edge.bits += data.matches[number].bits;
  }
  return [...found.values()];
}

function mainFamily(units) {
  const counts = new Map();
  for (const unit of units) counts.set(data.units[unit].family, (counts.get(data.units[unit].family) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1] || one[0] - other[0])[0]?.[0] ?? -1;
}

function circle(place, attributes) {
  return draw("circle", { cx: place[0], cy: place[1], r: place[2], ...attributes });
}

function node(key, place, words, attributes, ...children) {
  const element = draw("g", { "data-key": key, role: "button", tabindex: -1, "aria-label": words, ...attributes }, ...children);
  return { key, x: place[0], y: place[1], radius: place[2], words, element, edges: [] };
}

function repositoryNode(number, inside) {
  const repository = data.repositories[number];
  const isOpen = open.repositories.has(number);
  const words = `${repository.id}, repository, ${counted(inside, "file")} with matches`;
  return node(`r${number}`, repository.circle, words,
    { class: `repository${isOpen ? "" : " folded"}`, "aria-expanded": String(isOpen) },
    circle(repository.circle, { class: "hull" }));
}

function fileNode(number, units) {
  const file = data.files[number];
  const isOpen = open.files.has(number);
  const mark = file.marked ? `, ${file.marked}` : "";
  const words = `${file.path}, file${mark}, ${counted(units.length, "unit")} with matches, in ${data.repositories[file.repository].id}`;
  return node(`f${number}`, file.circle, words,
    { class: `file ${familyClass(mainFamily(units))}${isOpen ? "" : " folded"}`, "aria-expanded": String(isOpen) },
    circle(file.circle, {}));
}

function unitNode(number) {
  const unit = data.units[number];
  const file = data.files[unit.file];
  const family = unit.family >= 0 ? `, family of ${counted(data.families[unit.family], "unit")}` : "";
  return node(`u${number}`, [...unit.at, 5], `${unit.name}, ${file.path}${family}`,
    { class: `unit ${familyClass(unit.family)}` }, circle([...unit.at, 5], {}));
}

function edgeWords(edge) {
  const first = data.matches[edge.numbers[0]];
  if (edge.numbers.length > 1) return `${counted(edge.numbers.length, "match", "matches")}, ${bits(edge.bits)} net bits`;
  return `${first.evidence}, ${first.alike}: ${unitOf(first, 0).name} and ${unitOf(first, 1).name}`;
}

function edgeElement(edge, from, to) {
  const first = data.matches[edge.numbers[0]];
  const bend = 0.08;
  const middle = [(from.x + to.x) / 2 - (to.y - from.y) * bend, (from.y + to.y) / 2 + (to.x - from.x) * bend];
  const path = `M${from.x},${from.y}Q${middle[0].toFixed(1)},${middle[1].toFixed(1)} ${to.x},${to.y}`;
  const width = (0.6 + Math.log2(1 + edge.bits) / 4).toFixed(2);
  return draw("g", { "data-key": edge.key, role: "button", tabindex: -1, "aria-label": edge.words, class: "edge" },
    draw("path", { d: path, class: "hit" }),
    draw("path", { d: path, class: `line ${kindClass(first.kind)} type-${first.type}`, "stroke-width": width }));
}

function visibleUnits() {
  const files = new Map();
  for (const unit of new Set(shown.flatMap((number) => data.matches[number].places.map((place) => place.unit)))) {
    const file = data.units[unit].file;
    if (!files.has(file)) files.set(file, []);
    files.get(file).push(unit);
  }
  return files;
}

function nodesInOrder() {
  const files = visibleUnits();
  const found = [];
  for (const repository of [...filters.repositories].sort((one, other) => one - other)) {
    const inside = [...files.keys()].filter((file) => data.files[file].repository === repository).sort((a, b) => a - b);
    found.push(repositoryNode(repository, inside.length));
    if (!open.repositories.has(repository)) continue;
    for (const file of inside) {
      found.push(fileNode(file, files.get(file)));
      if (open.files.has(file)) found.push(...files.get(file).sort((a, b) => a - b).map(unitNode));
    }
  }
  return found;
}

function redraw() {
  nodes = nodesInOrder();
  const places = new Map(nodes.map((one) => [one.key, one]));
  edges = groupedEdges();
  for (const edge of edges) {
    const ends = edge.ends.map((key) => places.get(key));
    edge.words = edgeWords(edge);
    edge.element = edgeElement(edge, ...ends);
    for (const end of ends) end.edges.push(edge);
  }
  svg.style.setProperty("--faint", Math.min(0.55, Math.max(0.16, 5 / Math.sqrt(edges.length + 1))).toFixed(2));
  const layer = (name, members) => draw("g", { class: name }, members.map((member) => member.element));
  const isHull = (one) => one.key[0] === "r" && open.repositories.has(Number(one.key.slice(1)));
  viewport.replaceChildren(
    layer("hulls", nodes.filter(isHull)), layer("edges", edges), layer("nodes", nodes.filter((one) => !isHull(one))),
    draw("g", { class: "labels", "aria-hidden": "true" }, nodes.filter((one) => one.key[0] !== "u").map(label)));
}

function label(one) {
  const number = Number(one.key.slice(1));
  const isRepository = one.key[0] === "r";
  const name = isRepository ? data.repositories[number].id : baseName(data.files[number].path);
  one.name = name.length > 34 ? `${name.slice(0, 33)}…` : name;
  one.label = draw("text", { class: isRepository ? "of-repository" : "of-file" }, one.name);
  return one.label;
}
