// One match: what it is worth, both sides next to each other, the names that changed, and the reasons with their bits.

let opened = -1;

function placeHeading(match, number) {
  const { link } = match.places[number];
  const file = fileOf(match, number);
  const where = placeOf(match, number) + (file.marked ? ` (${file.marked})` : "");
  return make("div", { class: `place side-${number}` },
    make("p", { class: "repository" }, data.repositories[file.repository].id),
    make("p", { class: "unit" }, unitOf(match, number).name),
    make("p", { class: "path" }, link.startsWith("https://") ? make("a", { href: link, rel: "noreferrer noopener" }, where) : where));
}

function names(match) {
  if (!match.renames.length) return "";
  const items = match.renames.map(([left, right, count], index) => {
    const classes = `name name-${index % NAME_COLOURS}${index >= NAME_COLOURS ? " again" : ""}`;
    return make("li", {}, make("code", { class: classes }, left), " → ", make("code", { class: classes }, right),
      make("span", { class: "times" }, ` ${number(count)}×`));
  });
  return make("section", {}, make("h4", {}, `Names, ${number(match.renames.length)} changed`), make("ul", { class: "renames" }, items));
}

function reasons(match) {
  if (!match.features.length) return "";
  const most = Math.max(...match.features.map((feature) => Number(feature[1].replaceAll(",", ""))), 1);
  const items = match.features.map(([text, worthBits, where, common], index) => make("li", { class: common ? "common" : null },
    make("button", { type: "button", "data-reason": index, "aria-pressed": "false" },
      make("span", { class: "amount" }, make("strong", {}, worthBits), " bits"),
      make("meter", { min: 0, max: most, value: Number(worthBits.replaceAll(",", "")), "aria-hidden": "true" }),
      make("code", {}, text || "a part of the syntax tree"), make("span", { class: "where" }, where))));
  return make("section", {}, make("h4", {}, "Reasons, the strongest first"),
    make("p", { class: "note" }, "What both sides share, and where else it occurs. Press one to see where it stands."),
    make("ol", { class: "reasons" }, items));
}

function facts(match) {
  const discounted = match.kept < 0.999 ? `${Math.round((1 - match.kept) * 100)}% of the evidence is discounted as common` : "";
  return make("ul", { class: "facts" }, [match.alike, match.chance, match.contained, discounted, match.origin, ...match.standing]
    .filter(Boolean).map((text) => make("li", {}, text)));
}

function sides(match) {
  const problems = [...new Set(match.problems)].filter(Boolean).map((text) => make("p", { class: "problem" }, text));
  const known = details(match);
  const rows = match.segments.length
    ? make("div", { class: `scroll both${match.kept < 0.5 ? " discounted" : ""}`, tabindex: 0, role: "region", "aria-label": "Both sides" }, codeTable(match))
    : "";
  if (!rows && !problems.length && !known.length) problems.push(make("p", { class: "problem" },
    "The source is left out to keep the page small; clonescan explain shows this match."));
  return [...problems, ...known, rows];
}

function openMatch(index, go = false) {
  const match = data.matches[index];
  opened = index;
  const at = shown.indexOf(index);
  const step = (words, to) => {
    const button = make("button", { type: "button", class: "quiet", disabled: shown[to] === undefined || at < 0 }, words);
    button.addEventListener("click", () => openMatch(shown[to], true));
    return button;
  };
  byId("match").replaceChildren(
    make("header", {}, make("h3", { id: "match-title" }, "Evidence ", make("strong", {}, match.evidence), make("span", { class: "kind" }, match.kind)),
      make("p", { class: "steps" }, step("Previous", at - 1), step("Next", at + 1))),
    facts(match),
    make("div", { class: "places" }, placeHeading(match, 0), placeHeading(match, 1)),
    ...sides(match),
    make("div", { class: "columns" }, reasons(match), names(match)),
    make("p", { class: "note" }, `Match ${match.id}; clonescan explain REPORT.json ${match.id.slice(0, 8)} shows it in a terminal.`));
  for (const button of document.querySelectorAll("[data-match]")) {
    if (Number(button.dataset.match) === index) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  if (!go) return;
  history.replaceState(null, "", `#match-${encodeURIComponent(match.id)}`);
  byId("match").focus({ preventScroll: true });
  byId("match").scrollIntoView({ block: "start" });
}

function openShown() {
  if (shown.length) openMatch(shown.includes(opened) ? opened : shown[0]);
}

function lightReason(button) {
  const wasPressed = button.getAttribute("aria-pressed") === "true";
  for (const other of document.querySelectorAll("[data-reason]")) other.setAttribute("aria-pressed", "false");
  for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
  if (wasPressed) return;
  button.setAttribute("aria-pressed", "true");
  const spans = [...document.querySelectorAll("[data-reasons]")].filter((span) => span.dataset.reasons.split(" ").includes(button.dataset.reason));
  for (const span of spans) span.classList.add("lit");
  spans[0]?.scrollIntoView({ block: "nearest" });
}

function watchMatch() {
  byId("match").addEventListener("click", (event) => {
    const button = event.target.closest("[data-reason]");
    if (button) lightReason(button);
  });
}
