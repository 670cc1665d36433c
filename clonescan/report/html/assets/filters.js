// Which matches are shown: what the filters, the search and a click on the graph let through.

const filters = { kinds: new Set(), types: new Set(), repositories: new Set(), least: 0, words: [], focus: null };
const strongest = Math.max(0, ...data.matches.map((match) => match.bits));
const listeners = [];
let shown = [];
let haystacks = null;

function haystack(match) {
  const places = [0, 1].flatMap((side) => [
    data.repositories[repositoryOf(match, side)].id, fileOf(match, side).path, unitOf(match, side).name]);
  const names = match.renames.flatMap(([left, right]) => [left, right]);
  const details = Object.keys(match.detail).length ? [JSON.stringify(match.detail)] : [];
  return [match.id, ...places, ...names, ...match.features.map((feature) => feature[0]), ...details].join("\n").toLowerCase();
}

function found(number) {
  if (!filters.words.length) return true;
  haystacks ??= data.matches.map(haystack);
  return filters.words.every((word) => haystacks[number].includes(word));
}

function passes(match, number) {
  return filters.kinds.has(match.kind) && filters.types.has(match.type) && match.bits >= filters.least
    && [0, 1].every((side) => filters.repositories.has(repositoryOf(match, side)))
    && (!filters.focus || filters.focus.numbers.has(number)) && found(number);
}

function readFilters() {
  const checked = (name) => [...document.querySelectorAll(`input[name=${name}]:checked`)].map((box) => box.value);
  filters.kinds = new Set(checked("kind"));
  filters.types = new Set(checked("type"));
  filters.repositories = new Set(checked("repository").map(Number));
  filters.least = Math.round(10 * strongest * (byId("evidence").value / 100) ** 2) / 10;
  filters.words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  byId("least").value = bits(filters.least);
}

function update() {
  readFilters();
  shown = data.matches.map((match, number) => number).filter((number) => passes(data.matches[number], number));
  byId("shown").textContent = `${digits.format(shown.length)} of ${counted(data.matches.length, "match", "matches")} shown`;
  byId("clear").hidden = shown.length === data.matches.length;
  byId("focus").hidden = !filters.focus;
  if (filters.focus) byId("focus").firstElementChild.textContent = filters.focus.words;
  for (const listener of listeners) listener();
}

function focusOn(numbers, words) {
  filters.focus = numbers ? { numbers: new Set(numbers), words } : null;
  update();
}

function showPair(left, right) {
  const numbers = data.matches.map((_, number) => number).filter((number) => {
    const ends = [0, 1].map((side) => repositoryOf(data.matches[number], side));
    return ends.includes(left) && ends.includes(right);
  });
  focusOn(numbers, `${data.repositories[left].id} and ${data.repositories[right].id}`);
}

function watchFilters() {
  const form = byId("filters");
  let waiting = 0;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(update, 80);
  });
  byId("clear").addEventListener("click", () => {
    form.reset();
    focusOn(null);
  });
  byId("unfocus").addEventListener("click", () => focusOn(null));
}
