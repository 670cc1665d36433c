// Moving in the graph: zoom and pan, hover, clicks, and the way through it by keyboard.

const view = { x: 0, y: 0, scale: 1, own: false };
const pointers = new Map();
let dragged = false;
let wheelWanted = false;
let current = null; // the node at the keyboard, and which of its lines
let currentEdge = -1;

function place() {
  viewport.setAttribute("transform", `translate(${view.x},${view.y}) scale(${view.scale})`);
  cancelAnimationFrame(place.waiting);
  place.waiting = requestAnimationFrame(placeLabels);
}

function placeLabels() {
  const taken = [];
  const free = (box) => !taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]);
  const inOrder = [...nodes].filter((one) => one.label).sort((one, other) => other.radius - one.radius);
  for (const one of inOrder) {
    const isRepository = one.label.classList.contains("of-repository");
    const size = isRepository ? 14 : 11;
    const inside = one.element.classList.contains("repository") && one.element.classList.contains("folded");
    const [x, y] = [one.x * view.scale, (inside ? one.y : one.y - one.radius) * view.scale + (inside ? 5 : -5)];
    const around = (text) => {
      const half = text.length * size * (isRepository ? 0.31 : 0.29) + 3;
      return [x - half, y - size, x + half, y + 3];
    };
    const roomy = isRepository && !inside && free(around(one.name));
    if (isRepository) one.label.textContent = roomy ? one.name : fitting(one.name, (inside ? 2.1 : 2.8) * one.radius * view.scale);
    const box = around(one.label.textContent);
    const fits = isRepository || ((one.radius * view.scale > 13 || nodes.length < 60) && free(box));
    one.label.setAttribute("visibility", fits ? "visible" : "hidden");
    if (!fits) continue;
    taken.push(box);
    one.label.setAttribute("x", one.x);
    one.label.setAttribute("y", y / view.scale);
    one.label.setAttribute("font-size", size / view.scale);
  }
}

// The name of a repository, without its owner or cut short where its circle is small.
function fitting(name, width) {
  const most = Math.max(10, Math.floor(width / 8));
  const short = name.length > most ? baseName(name) : name;
  return short.length > most ? `${short.slice(0, most - 1)}…` : short;
}

function fit() {
  const drawn = data.repositories.filter((_, number) => filters.repositories.has(number)).map((repository) => repository.circle);
  if (!drawn.length) return;
  const low = [0, 1].map((axis) => Math.min(...drawn.map((c) => c[axis] - c[2])));
  const high = [0, 1].map((axis) => Math.max(...drawn.map((c) => c[axis] + c[2])));
  const [width, height] = [svg.clientWidth, svg.clientHeight];
  view.scale = Math.min((width - 24) / (high[0] - low[0]), (height - 92) / (high[1] - low[1]), 3);
  view.x = (width - (low[0] + high[0]) * view.scale) / 2;
  view.y = (height + 64 - (low[1] + high[1]) * view.scale) / 2;
  view.own = false;
  place();
}

function zoom(factor, x = svg.clientWidth / 2, y = svg.clientHeight / 2) {
  const scale = Math.min(20, Math.max(0.02, view.scale * factor));
  view.x = x - ((x - view.x) * scale) / view.scale;
  view.y = y - ((y - view.y) * scale) / view.scale;
  view.scale = scale;
  view.own = true;
  place();
}

function pan(x, y) {
  view.x += x;
  view.y += y;
  view.own = true;
  place();
}

const keyOf = (target) => target.closest?.("[data-key]")?.getAttribute("data-key") ?? null;
const thing = (key) => nodes.find((one) => one.key === key) ?? edges.find((one) => one.key === key);

function hover(one, x, y) {
  const box = byId("hover");
  box.hidden = !one;
  svg.classList.toggle("dim", Boolean(one));
  for (const lit of svg.querySelectorAll(".near")) lit.classList.remove("near");
  if (!one) return;
  const near = one.ends ? [one] : one.edges;
  const ends = new Set(near.flatMap((edge) => edge.ends));
  for (const member of [one, ...near, ...nodes.filter((other) => ends.has(other.key))]) member.element.classList.add("near");
  box.textContent = one.words;
  box.style.left = `${Math.min(x + 14, Math.max(8, svg.clientWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${Math.min(y + 14, svg.clientHeight - box.offsetHeight - 8)}px`;
}

function hoverFocused(one) {
  const at = one.element.getBoundingClientRect();
  const stage = svg.getBoundingClientRect();
  hover(one, at.left + at.width / 2 - stage.left, at.top + at.height / 2 - stage.top);
}

function toggle(set, number) {
  if (!set.delete(number)) set.add(number);
}

function activate(key) {
  const one = thing(key);
  if (!one) return;
  const number = Number(key.slice(1));
  if (one.ends) openEdge(one);
  else if (key[0] === "u") openEdge({ numbers: shown.filter((n) => data.matches[n].places.some((p) => p.unit === number)), words: one.words });
  else {
    toggle(key[0] === "r" ? open.repositories : open.files, number);
    redrawKeeping(key);
  }
}

function openEdge(edge) {
  const numbers = edge.numbers;
  if (numbers.length > 1) focusOn(numbers, edge.words);
  openMatch(numbers[0], true);
}

function redrawKeeping(key) {
  const had = svg.contains(document.activeElement);
  redraw();
  place();
  hover(null);
  const again = nodes.find((one) => one.key === key) ?? nodes[0];
  current = again ?? null;
  currentEdge = -1;
  if (current) current.element.setAttribute("tabindex", 0);
  if (had && current) current.element.focus({ preventScroll: true });
}

function goTo(one) {
  (current?.edges[currentEdge] ?? current)?.element.setAttribute("tabindex", -1);
  if (!one.ends) [current, currentEdge] = [one, -1];
  else currentEdge = current.edges.indexOf(one);
  one.element.setAttribute("tabindex", 0);
  one.element.focus({ preventScroll: true });
  hoverFocused(one);
}

function step(key) {
  const along = key === "ArrowRight" ? 1 : -1;
  if (key === "ArrowUp" || key === "ArrowDown") {
    const at = nodes.indexOf(current) + (key === "ArrowDown" ? 1 : -1);
    goTo(nodes[(at + nodes.length) % nodes.length]);
  } else if (current?.edges.length) {
    const count = current.edges.length;
    goTo(current.edges[(Math.max(currentEdge, along < 0 ? 0 : -1) + along + count) % count]);
  }
}

function onKey(event) {
  const moves = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in moves) event.shiftKey ? pan(...moves[event.key]) : step(event.key);
  else if (event.key === "Enter" || event.key === " ") activate(keyOf(event.target));
  else if (event.key === "+" || event.key === "=") zoom(1.4);
  else if (event.key === "-") zoom(1 / 1.4);
  else if (event.key === "0") fit();
  else if (event.key === "Escape") hover(null);
  else return;
  event.preventDefault();
}

function onMove(event) {
  const before = pointers.get(event.pointerId);
  if (!before) return;
  const now = [event.offsetX ?? 0, event.offsetY ?? 0];
  const at = [event.clientX, event.clientY];
  const moved = [at[0] - before[0], at[1] - before[1]];
  if (!dragged && Math.hypot(...moved) < 4) return;
  if (!dragged) svg.setPointerCapture(event.pointerId);
  dragged = true;
  if (pointers.size === 2) {
    const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
    const reach = (one) => Math.hypot(one[0] - other[0], one[1] - other[1]);
    zoom(reach(at) / Math.max(reach(before), 1), ...now);
  } else pan(...moved);
  pointers.set(event.pointerId, at);
}

function watchGraph() {
  svg.append(viewport);
  svg.addEventListener("pointerdown", (event) => {
    dragged = pointers.size > 0;
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
    wheelWanted = true;
  });
  svg.addEventListener("pointermove", onMove);
  for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, (event) => pointers.delete(event.pointerId));
  svg.addEventListener("click", (event) => {
    if (!dragged && keyOf(event.target)) activate(keyOf(event.target));
    dragged = false;
  });
  svg.addEventListener("pointerover", (event) => {
    const stage = svg.getBoundingClientRect();
    if (!pointers.size) hover(thing(keyOf(event.target)), event.clientX - stage.left, event.clientY - stage.top);
  });
  svg.addEventListener("pointerleave", () => {
    hover(null);
    pointers.clear();
    wheelWanted = svg.contains(document.activeElement);
  });
  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey && !wheelWanted) return;
    event.preventDefault();
    const stage = svg.getBoundingClientRect();
    zoom(2 ** (-event.deltaY / 300), event.clientX - stage.left, event.clientY - stage.top);
  }, { passive: false });
  svg.addEventListener("keydown", onKey);
  // On the stage: Chromium makes an SVG that listens for focus a stop of the tab key.
  svg.parentNode.addEventListener("focusin", (event) => {
    const one = thing(keyOf(event.target));
    if (one && event.target.matches(":focus-visible")) hoverFocused(one);
  });
  svg.parentNode.addEventListener("focusout", () => hover(null));
  byId("zoom-in").addEventListener("click", () => zoom(1.4));
  byId("zoom-out").addEventListener("click", () => zoom(1 / 1.4));
  byId("zoom-reset").addEventListener("click", fit);
  for (const button of document.querySelectorAll("[data-level]")) {
    button.addEventListener("click", () => {
      unfoldTo(button.dataset.level);
      redrawKeeping(null);
    });
  }
  addEventListener("beforeprint", () => svg.setAttribute("viewBox", `0 0 ${svg.clientWidth} ${svg.clientHeight}`));
  addEventListener("afterprint", () => svg.removeAttribute("viewBox"));
  new ResizeObserver(() => view.own || fit()).observe(svg);
}

function showFamilies() {
  const members = data.families.slice(0, data.coloured).map((size, family) => {
    const inFamily = (number) => data.units[data.matches[number].places[0].unit].family === family;
    const button = make("button", { type: "button", class: "quiet" }, make("i", { class: `swatch dot ${familyClass(family)}` }),
      `family of ${counted(size, "unit")}`);
    button.addEventListener("click", () => focusOn([...data.matches.keys()].filter(inFamily), `Family of ${counted(size, "unit")}`));
    return make("li", {}, button);
  });
  byId("legend").append(...members);
  byId("legend").hidden = !members.length;
}
