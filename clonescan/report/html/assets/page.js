// The data of the page, the words for what it holds, and how elements are made: text only ever becomes text nodes.

const data = JSON.parse(document.getElementById("data").textContent);
const SVG = "http://www.w3.org/2000/svg";

const byId = (id) => document.getElementById(id);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

const make = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const draw = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

const digits = new Intl.NumberFormat("en");
const counted = (number, noun, plural = noun + "s") => `${digits.format(number)} ${number === 1 ? noun : plural}`;
const bits = (amount) => (amount >= 100 ? digits.format(Math.round(amount)) : amount.toFixed(1));

const unitOf = (match, side) => data.units[match.places[side].unit];
const fileOf = (match, side) => data.files[unitOf(match, side).file];
const repositoryOf = (match, side) => fileOf(match, side).repository;
const baseName = (path) => path.slice(path.lastIndexOf("/") + 1);
const placeOf = (match, side) => `${fileOf(match, side).path}:${match.places[side].lines.join("-")}`;

const matchNumbers = new Map(data.matches.map((match, number) => [match.id, number]));
const kindOrder = ["code", "config", "tokenizer", "checkpoint"];
const kindClass = (kind) => `kind-${kindOrder.includes(kind) ? kindOrder.indexOf(kind) : "other"}`;
const familyClass = (family) => (family >= 0 && family < data.coloured ? `family-${family}` : "family-none");
