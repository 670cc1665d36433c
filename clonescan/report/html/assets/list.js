// The matches in words, the strongest first, a hundred at a time.

const LISTED = 100;
let listed = LISTED;

function side(match, number) {
  const { path } = fileOf(match, number);
  return make("span", { class: `side side-${number}` }, make("span", { class: "unit" }, unitOf(match, number).name),
    make("span", { class: "path" }, `${path}:${match.places[number].lines[0]}`));
}

function listItem(number) {
  const match = data.matches[number];
  const button = make("button", { type: "button", "data-match": number, "aria-current": number === opened ? "true" : null },
    make("span", { class: "strength" }, make("strong", {}, bits(match.bits)), match.kept < 0.999 ? " net bits" : " bits"),
    make("span", { class: "what" }, data.kinds.length > 1 ? `${match.kind}, ${match.type}` : match.type),
    side(match, 0), side(match, 1));
  return make("li", {}, button);
}

function showList() {
  byId("list").replaceChildren(...shown.slice(0, listed).map(listItem));
  if (!shown.length) byId("list").append(make("li", { class: "empty" }, "No match is let through by these filters."));
  byId("more").hidden = shown.length <= listed;
  byId("more").textContent = `Show ${Math.min(LISTED, shown.length - listed)} more of ${digits.format(shown.length - listed)}`;
}

function watchList() {
  byId("list").addEventListener("click", (event) => {
    const button = event.target.closest("[data-match]");
    if (button) openMatch(Number(button.dataset.match), true);
  });
  byId("more").addEventListener("click", () => {
    const first = listed;
    listed += LISTED;
    showList();
    byId("list").children[first]?.firstElementChild.focus();
  });
}
