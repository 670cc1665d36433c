// Puts the page together: tables that sort, dark and light, links to matches.

function sortBy(head) {
  const table = head.closest("table");
  const column = [...head.parentNode.children].indexOf(head);
  const descending = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "ascending" : head.classList.contains("number");
  for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", descending ? "descending" : "ascending");
  const compare = (one, other) => ("value" in one.dataset
    ? Number(one.dataset.value) - Number(other.dataset.value)
    : one.textContent.localeCompare(other.textContent, "en", { numeric: true }));
  const rows = [...table.tBodies[0].rows].sort((one, other) => compare(one.children[column], other.children[column]));
  table.tBodies[0].append(...(descending ? rows.reverse() : rows));
}

function watchTables() {
  for (const head of document.querySelectorAll("table.sortable th")) {
    const button = make("button", { type: "button" }, ...head.childNodes);
    button.addEventListener("click", () => sortBy(head));
    head.replaceChildren(button);
  }
}

function watchTheme() {
  const button = byId("theme");
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const tell = () => { button.textContent = isDark() ? "Light" : "Dark"; };
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    tell();
  });
  tell();
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function openFromHash(go) {
  const [, id] = location.hash.match(/^#match-(.+)$/) ?? [];
  const number = id === undefined ? undefined : matchNumbers.get(decoded(id));
  if (number !== undefined) openMatch(number, go);
  return number !== undefined;
}

watchTheme();
watchTables();
if (data.matches.length) {
  listeners.push(() => { listed = LISTED; }, () => redrawKeeping(null), showList, openShown, () => view.own || fit());
  watchFilters();
  watchGraph();
  watchList();
  watchMatch();
  showFamilies();
  unfoldTo(startLevel());
  update();
  fit();
  for (const button of document.querySelectorAll(".pair")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      showPair(Number(button.dataset.left), Number(button.dataset.right));
      byId("graph").scrollIntoView();
    });
  }
  openFromHash(true);
  addEventListener("hashchange", () => openFromHash(true));
}
