// Both sides of a match line by line: highlighted, renamed names in one colour, differences and reasons marked.

const LONGEST_COMPARED = 250; // tokens of a line whose differences are looked for
const NAME_COLOURS = 8;
const WORDS = /[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu;

function lineOf(file, number) {
  const block = (data.sources[file] ?? []).find(([first, texts]) => first <= number && number < first + texts.length);
  return block ? { text: block[1][number - block[0]], styles: block[2][number - block[0]] } : { text: "", styles: "" };
}

function rowsOf(match) {
  const files = [0, 1].map((number) => unitOf(match, number).file);
  const isCommon = (number, line) => match.common[number].some(([first, last]) => first <= line && line <= last);
  const cell = (number, line) => (line ? { number: line, common: isCommon(number, line), ...lineOf(files[number], line) } : null);
  return match.segments.flatMap((segment) => {
    if (segment.length === 1) return [{ hidden: segment[0] }];
    const [left, right, count, aligned] = segment;
    return Array.from({ length: count }, (_, step) => (
      { cells: [cell(0, left && left + step), cell(1, right && right + step)], aligned: Boolean(aligned) }));
  });
}

function dedent(rows, number) {
  const cells = rows.map((row) => row.cells?.[number]).filter(Boolean);
  const indents = cells.filter((cell) => cell.text.trim()).map((cell) => cell.text.length - cell.text.trimStart().length);
  const margin = Math.min(...indents, 1000);
  for (const cell of cells) cell.margin = Math.min(margin, cell.text.length - cell.text.trimStart().length);
}

function tokens(cell) {
  const styles = [...cell.styles.matchAll(/([a-z_])(\d+)/g)].flatMap(([, style, length]) => Array(Number(length)).fill(style));
  let at = 0;
  return (cell.text.match(WORDS) ?? []).map((text) => {
    const start = at;
    at += [...text].length;
    return { text, start, end: at, style: styles[start] ?? "_", names: [], reasons: [] };
  }).filter((token) => token.end > (cell.margin ?? 0)).map((token) => (
    token.start < cell.margin ? { ...token, text: token.text.slice(cell.margin - token.start) } : token));
}

// The longest common subsequence; what is in it is the same on both sides, or renamed.
function markDifferences(left, right, same) {
  if (Math.max(left.length, right.length) > LONGEST_COMPARED) return;
  const table = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      table[i][j] = same(left[i], right[j]) ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  for (const token of [...left, ...right]) token.differs = token.text.trim() !== "";
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    if (same(left[i], right[j])) {
      left[i].kept = right[j].kept = left[i].text === right[j].text;
      left[i++].differs = right[j++].differs = false;
    } else if (table[i + 1][j] >= table[i][j + 1]) i++;
    else j++;
  }
}

// Where a reason stands: its words, blanks apart, in the aligned lines of either side.
function markReasons(rows, number, features) {
  let text = "";
  const at = [];
  for (const token of rows.filter((row) => row.aligned).flatMap((row) => [...(row.tokens[number] ?? []), null])) {
    const blank = !token || !token.text.trim();
    if (blank && text.endsWith(" ")) continue;
    for (const char of blank ? " " : token.text) {
      text += char;
      for (let unit = 0; unit < char.length; unit++) at.push(token);
    }
  }
  features.forEach((feature, index) => {
    const wanted = feature[0].replace(/…$/, "");
    const start = wanted ? text.indexOf(wanted) : -1;
    if (start < 0) return;
    for (const token of new Set(at.slice(start, start + wanted.length))) token?.reasons.push(index);
  });
}

function prepared(match) {
  const rows = rowsOf(match);
  const names = [new Map(), new Map()];
  match.renames.forEach(([left, right], index) => {
    names[0].set(left, index);
    names[1].set(right, index);
  });
  const same = (one, other) => one.text === other.text
    || (names[0].has(one.text) && names[0].get(one.text) === names[1].get(other.text));
  for (const number of [0, 1]) dedent(rows, number);
  for (const row of rows) {
    if (!row.cells) continue;
    row.tokens = row.cells.map((cell) => cell && tokens(cell));
    if (!row.aligned || !row.tokens[0] || !row.tokens[1]) continue;
    markDifferences(row.tokens[0], row.tokens[1], same);
    row.tokens.forEach((side, number) => {
      for (const token of side) token.name = token.kept ? undefined : names[number].get(token.text);
    });
  }
  for (const number of [0, 1]) markReasons(rows, number, match.features);
  return rows;
}

function tokenClasses(token, features) {
  const found = [];
  if (token.style !== "_") found.push(`t-${token.style}`);
  if (token.name !== undefined) found.push("name", `name-${token.name % NAME_COLOURS}`, token.name >= NAME_COLOURS ? "again" : "");
  if (token.reasons.length && token.reasons.every((index) => features[index][3])) found.push("common");
  else if (token.differs && token.name === undefined && token.style !== "c") found.push("differs");
  return found.filter(Boolean).join(" ");
}

function codeCell(line, features, renames, which) {
  const parts = [];
  for (const token of line) {
    const [classes, reasons] = [tokenClasses(token, features), token.reasons.join(" ")];
    const last = parts.at(-1);
    if (last && last.classes === classes && last.reasons === reasons && token.name === undefined) last.text += token.text;
    else parts.push({ classes, reasons, text: token.text, name: token.name });
  }
  return parts.map((part) => (part.classes || part.reasons
    ? make("span", { class: part.classes || null, "data-reasons": part.reasons || null,
        title: part.name === undefined ? null : `${renames[part.name][0]} → ${renames[part.name][1]}` }, part.text)
    : part.text));
}

// What the listed reasons are worth that begin on this row, on whichever side they were found.
function worth(row, features, seen) {
  let sum = 0;
  for (const index of new Set(row.tokens.flatMap((line) => (line ?? []).flatMap((token) => token.reasons)))) {
    if (!seen.has(index)) sum += Number(features[index][1]);
    seen.add(index);
  }
  return sum;
}

function codeTable(match) {
  const seen = new Set();
  const rows = prepared(match).map((row) => {
    if (row.hidden) return make("tr", { class: "hidden-rows" }, make("td", { colspan: 5 }, `${counted(row.hidden, "line")} not shown`));
    const bitsHere = row.aligned ? worth(row, match.features, seen) : 0;
    const cells = row.cells.map((cell, number) => [
      make("td", { class: `line-number side-${number}` }, cell ? String(cell.number) : ""),
      make("td", { class: `line side-${number}${cell ? "" : " none"}${cell?.common ? " idiom" : ""}` },
        cell ? codeCell(row.tokens[number], match.features, match.renames, number) : "")]);
    const middle = make("td", { class: "worth" }, bitsHere ? bitsHere.toFixed(1) : row.aligned && row.cells[0] && row.cells[1] ? "=" : "");
    return make("tr", { class: row.aligned ? "aligned" : "alone" }, ...cells[0], middle, ...cells[1]);
  });
  const heads = [0, 1].map((number) => make("th", { colspan: 2, scope: "colgroup", class: `side-${number}` }, placeOf(match, number)));
  const widths = ["digits", "text", "middle", "digits", "text"].map((name) => make("col", { class: `of-${name}` }));
  return make("table", { class: "code" }, make("colgroup", {}, widths),
    make("thead", {}, make("tr", {}, heads[0], make("th", { scope: "col", class: "worth" }, "bits"), heads[1])),
    make("tbody", {}, rows));
}
